"""What certificates refuse."""

from backend.errors import N_, DomainError


class CertificateNotEarned(DomainError):
    status = 409
    code = "certificate_not_earned"
    sentence = N_("Chưa có giấy chứng nhận: giấy được cấp sau khi chốt kết quả, cho kết quả đạt yêu cầu.")


class NameNotPrintable(DomainError):
    status = 409
    code = "name_not_printable"
    sentence = N_("Tên này có ký hiệu không in được. Xin nhập họ tên bằng chữ cái, dài không quá 60 ký tự.")


class CertificateUnknown(DomainError):
    status = 404
    code = "certificate_unknown"
    sentence = N_("Không có giấy chứng nhận nào mang số này. Xin kiểm tra lại số đã nhập.")


class DesignUnknown(DomainError):
    status = 404
    code = "design_unknown"
    sentence = N_("Không có mẫu giấy này, hoặc mẫu thuộc đơn vị khác. Xin chọn lại trong danh sách mẫu.")


class PictureUnfit(DomainError):
    status = 422
    code = "picture_unfit"
    sentence = N_(
        "Tệp này không dùng được. Xin chọn ảnh PNG hoặc JPEG, nhỏ hơn 1 MB và không quá 4 triệu điểm ảnh."
    )


class BatchExists(DomainError):
    status = 409
    code = "batch_exists"
    sentence = N_("Giấy của danh sách này đã được lập trước đó. Xin mở lô giấy đã có, không lập lại.")


class BatchUnknown(DomainError):
    status = 404
    code = "batch_unknown"
    sentence = N_("Không có lô giấy này trong phạm vi của ông/bà.")


class BatchEmpty(DomainError):
    status = 409
    code = "batch_empty"
    sentence = N_("Danh sách chưa có ai để cấp giấy.")


class EntriesRefused(DomainError):
    status = 422
    code = "entries_refused"
    sentence = N_("%(count)s tên chưa in được. Xin sửa tên, hoặc cấp giấy cho những người còn lại.")


class BatchNotStopped(DomainError):
    status = 409
    code = "batch_not_stopped"
    sentence = N_("Lô giấy này đang chạy hoặc đã xong, không cần chạy tiếp.")


class BatchIsDone(DomainError):
    status = 409
    code = "batch_is_done"
    sentence = N_("Lô giấy này đã xong, không dừng được nữa. Giấy sai thì thu hồi từng giấy.")


class PaperTakenBack(DomainError):
    status = 409
    code = "paper_taken_back"
    sentence = N_("Giấy này đã bị thu hồi hoặc đã được cấp lại, nên không cấp lại lần nữa từ số này.")


class NameOfChild(DomainError):
    status = 409
    code = "name_of_child"
    sentence = N_("Giấy của người dưới 16 tuổi chỉ in chữ cái đầu của tên; không ghi tên khác vào được.")


class NameIsChosen(DomainError):
    status = 409
    code = "name_is_chosen"
    sentence = N_(
        "Tên trên giấy này do người nhận tự chọn: xin người ấy sửa tên trong ứng dụng rồi tự lấy giấy."
    )


class NothingToMend(DomainError):
    status = 409
    code = "nothing_to_mend"
    sentence = N_("Dòng này không còn gì để sửa: giấy đã in, đã có giấy khác, hoặc không cấp nữa.")


class NameOfAnother(DomainError):
    status = 409
    code = "name_of_another"
    sentence = N_(
        "Tên mới khác tên cũ quá nhiều. Ở đây chỉ sửa được lỗi gõ: dấu, chữ hoa, một chữ cái, hoặc bỏ bớt từ cho vừa giấy."
    )


class PaperDoesNotFit(DomainError):
    status = 409
    code = "paper_does_not_fit"
    sentence = N_(
        "Chữ trên giấy không vừa mẫu giấy đang dùng. Xin báo đơn vị cấp giấy chọn mẫu khác; tên không sai."
    )
