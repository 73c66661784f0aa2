from backend.errors import N_, DomainError


class CardUnknown(DomainError):
    status = 404
    code = "card_unknown"
    sentence = N_("Đơn vị này chưa mở phiếu điểm cho kỳ này.")


class TemplateUnknown(DomainError):
    status = 404
    code = "template_unknown"
    sentence = N_("Không có mẫu phiếu %(template)s. Xin chọn mẫu trong danh sách.")


class TemplateInvalid(DomainError):
    """`errors`: everything that is wrong with it, a sentence each."""

    status = 422
    code = "template_invalid"
    sentence = N_("Mẫu phiếu chưa đúng: %(errors)s")


class TemplateChanged(DomainError):
    status = 409
    code = "template_changed"
    sentence = N_(
        "Bản số %(version)s của mẫu %(template)s đã dùng rồi, không sửa được nữa. Xin đặt số bản mới cho nội dung mới."
    )


class TemplateAsItIs(DomainError):
    status = 409
    code = "template_as_it_is"
    sentence = N_("Nội dung giống hệt bản mới nhất của “%(template)s”, không cần bản mới.")


class TemplateOfAbove(DomainError):
    status = 403
    code = "template_of_above"
    sentence = N_(
        "Mẫu %(template)s do cấp trên ban hành; đơn vị không thay được. Xin đặt mã khác cho mẫu của đơn vị."
    )


class TemplateOfProduct(DomainError):
    status = 403
    code = "template_of_product"
    sentence = N_(
        "Mẫu %(template)s dùng chung cho mọi đơn vị; bản mới do cấp trên ban hành. Xin đặt mã khác cho mẫu của đơn vị."
    )


class TemplateRatesItself(DomainError):
    status = 403
    code = "template_rates_itself"
    sentence = N_(
        "Đơn vị không tự ban hành mẫu để xếp loại chính mình. Xin để mẫu ở chế độ chạy thử, hoặc đề nghị cấp trên ban hành."
    )


class TemplateBackdated(DomainError):
    status = 422
    code = "template_backdated"
    sentence = N_("Mẫu phiếu chỉ áp dụng từ kỳ đang diễn ra trở đi: sớm nhất là ngày %(day)s.")


class NothingNewer(DomainError):
    status = 409
    code = "nothing_newer"
    sentence = N_("Phiếu này đang theo đúng bản mẫu của kỳ, không có bản nào mới hơn.")


class NotForThisUnit(DomainError):
    status = 409
    code = "not_for_this_unit"
    sentence = N_("Mẫu phiếu này không dành cho loại đơn vị này.")


class NotThereThen(DomainError):
    status = 409
    code = "not_there_then"
    sentence = N_("Đơn vị này chưa thành lập hoặc đã kết thúc trong kỳ ấy nên không có phiếu điểm cho kỳ ấy.")


class EvidenceNotHandedIn(DomainError):
    status = 422
    code = "evidence_not_handed_in"
    sentence = N_(
        "Tiêu chí “%(criterion)s” bắt buộc có minh chứng mà đơn vị chưa nộp, nên chỉ chấm 0 điểm hoặc để trống."
    )


class PeriodAhead(DomainError):
    status = 409
    code = "period_ahead"
    sentence = N_("Kỳ này chưa bắt đầu. Xin chọn kỳ đang diễn ra hoặc đã qua.")


class PeriodRunning(DomainError):
    status = 409
    code = "period_running"
    sentence = N_("Kỳ này chưa hết. Xin chờ hết kỳ rồi công bố phiếu điểm.")


class WrongState(DomainError):
    status = 409
    code = "card_state"
    sentence = N_(
        "Phiếu điểm đang ở bước khác nên chưa làm được việc này. Xin tải lại trang để xem bước hiện tại."
    )


class ReasonMissing(DomainError):
    status = 422
    code = "reason_missing"
    sentence = N_("Xin ghi lý do (ít nhất 10 chữ cái), vì lý do sẽ đứng cạnh con số mãi mãi.")


class NothingMoved(DomainError):
    status = 409
    code = "nothing_moved"
    sentence = N_("Tính lại từ sổ gốc ra đúng như bản đã công bố. Không cần bản mới.")


class KnownBefore(DomainError):
    status = 422
    code = "known_before"
    sentence = N_("Thời điểm chốt số phải sau thời điểm của bản trước và không ở tương lai.")


class CriterionUnknown(DomainError):
    status = 422
    code = "criterion_unknown"
    sentence = N_("Phiếu này không có tiêu chí %(criterion)s.")


class PointsOutside(DomainError):
    status = 422
    code = "points_outside"
    sentence = N_("Điểm của “%(criterion)s” phải từ 0 đến %(most)s.")


class PointsUnread(DomainError):
    status = 422
    code = "points_unread"
    sentence = N_("Điểm của “%(criterion)s” phải là một số, ví dụ 8 hoặc 8,5. Để trống nếu chưa chấm.")


class EvidenceMissing(DomainError):
    status = 422
    code = "evidence_missing"
    sentence = N_(
        "Tiêu chí “%(criterion)s” bắt buộc có minh chứng. Xin ghi số văn bản, đường dẫn, nơi lưu, hoặc nộp tệp."
    )


UNFIT = {
    "empty": N_("Chưa có tệp nào, hoặc tệp trống. Xin chọn tệp rồi nộp lại."),
    "too_large": N_("Tệp lớn hơn 5 MB. Xin quét ở độ phân giải thấp hơn rồi nộp lại."),
    "not_a_picture": N_("Chỉ nhận PDF và ảnh JPEG, PNG, WebP đọc được. Xin nộp tệp khác."),
    "too_many_pixels": N_("Ảnh quá lớn. Xin chụp lại ở cỡ nhỏ hơn."),
    "pdf_broken": N_("Tệp PDF bị hỏng hoặc không có trang nào. Xin xuất lại tệp."),
    "pdf_encrypted": N_("Tệp PDF đặt mật khẩu. Xin xuất lại tệp không có mật khẩu."),
    "pdf_active": N_("Tệp PDF mang mã chạy hoặc tệp đính kèm. Xin in lại thành PDF thường."),
}


class EvidenceUnfit(DomainError):
    """For each reason a sentence of its own."""

    status = 422
    code = "evidence_unfit"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.sentence = UNFIT[reason]


class EvidenceTooMany(DomainError):
    status = 409
    code = "evidence_too_many"
    sentence = N_("Mỗi tiêu chí nhận nhiều nhất %(most)s tệp. Xin bỏ bớt tệp không cần rồi nộp lại.")


class DifferenceUnexplained(DomainError):
    status = 422
    code = "difference_unexplained"
    sentence = N_("Điểm chấm khác điểm máy tính ở “%(criterion)s”. Xin ghi lý do để đơn vị được biết.")


class OwnScoreUnexplained(DomainError):
    status = 422
    code = "own_score_unexplained"
    sentence = N_("Điểm chấm khác điểm đơn vị tự chấm ở “%(criterion)s”. Xin ghi lý do để đơn vị được biết.")


class ScoredEarly(DomainError):
    status = 409
    code = "scored_early"
    sentence = N_("Kỳ này chưa hết nên chưa chấm chính thức được. Xin chờ hết kỳ.")


class AppealWaits(DomainError):
    status = 409
    code = "appeal_waits"
    sentence = N_(
        "“%(criterion)s” đang có kiến nghị chưa trả lời. Điểm mới xin ghi trong câu trả lời kiến nghị."
    )


class AppealTwice(DomainError):
    status = 409
    code = "appeal_twice"
    sentence = N_("Tiêu chí này đã kiến nghị rồi. Chỉ kiến nghị lại được khi cấp trên chấm lại điểm.")


class OwnCard(DomainError):
    status = 403
    code = "own_card"
    sentence = N_("Điểm chính thức do cấp trên chấm. Đơn vị tự chấm ở mục “Tự chấm”.")


class AppealLate(DomainError):
    status = 409
    code = "appeal_late"
    sentence = N_("Hạn kiến nghị đã hết ngày %(day)s.")


class AppealAnswered(DomainError):
    status = 409
    code = "appeal_answered"
    sentence = N_("Kiến nghị này đã được trả lời.")


class AppealOpen(DomainError):
    status = 409
    code = "appeal_open"
    sentence = N_("Còn kiến nghị chưa trả lời. Xin trả lời trước khi khóa phiếu.")


class AppealRunning(DomainError):
    status = 409
    code = "appeal_running"
    sentence = N_(
        "Đơn vị còn quyền kiến nghị đến hết ngày %(day)s. Xin khóa sau ngày đó, hoặc khi đơn vị đã ghi là không kiến nghị."
    )


class HeadMissing(DomainError):
    status = 422
    code = "head_missing"
    sentence = N_("Xin ghi chức danh và họ tên người chịu trách nhiệm về phiếu điểm của đơn vị.")


class CheckWrong(DomainError):
    status = 422
    code = "check_wrong"
    sentence = N_("Số đã kiểm tra phải lớn hơn 0 và không ít hơn số đúng.")
