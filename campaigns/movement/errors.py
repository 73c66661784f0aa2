"""What cannot be done with a movement, and what to do instead."""

from backend.errors import N_, DomainError


class NoDocument(DomainError):
    status = 409
    code = "movement_no_document"
    sentence = N_(
        "Phong trào thi đua cần văn bản phát động có số, ngày. Xin ghi văn bản ở phần Phát động rồi mở."
    )


class NoCriterion(DomainError):
    status = 409
    code = "movement_no_criterion"
    sentence = N_("Phong trào chưa có tiêu chí nào cho đơn vị hoặc doanh nghiệp tham gia.")


class DocumentMissing(DomainError):
    status = 409
    code = "movement_document_missing"
    sentence = N_("Xin ghi đủ số, ngày, tên văn bản và người ký. Ngày văn bản không ở sau hôm nay.")


class LineWrong(DomainError):
    status = 409
    code = "movement_line_wrong"
    sentence = N_("Cơ quan này không thuộc hệ thống đã chọn. Xin chọn đúng cơ quan hoặc đúng hệ thống.")


class LaunchedAlready(DomainError):
    status = 409
    code = "movement_launched_already"
    sentence = N_("Cơ quan này đã có văn bản phát động ở đây. Muốn sửa, xin bỏ văn bản cũ rồi ghi lại.")


class Over(DomainError):
    status = 409
    code = "movement_over"
    sentence = N_("Phong trào đã tổng kết nên không đổi được nữa.")


class NotOpenYet(DomainError):
    status = 409
    code = "movement_not_open"
    sentence = N_("Phong trào chưa mở nên chưa đăng ký được.")


class NotHere(DomainError):
    status = 409
    code = "movement_not_here"
    sentence = N_("Đơn vị này không thuộc phạm vi của phong trào.")


class EnrolledAlready(DomainError):
    status = 409
    code = "movement_enrolled_already"
    sentence = N_("Đã đăng ký từ trước. Xin mở bản đăng ký có sẵn để xem hoặc sửa.")


class ChangedSince(DomainError):
    status = 409
    code = "movement_changed"
    sentence = N_("Bản đăng ký đã có thay đổi sau khi trang này được mở. Xin xem lại rồi làm tiếp.")


class PromiseFrozen(DomainError):
    status = 409
    code = "movement_promise_frozen"
    sentence = N_("Đã có sơ kết nên mức đăng ký giữ nguyên. Kết quả làm được đến đâu ghi ở phần kê khai.")


class PromiseTooLow(DomainError):
    status = 409
    code = "movement_promise_too_low"
    sentence = N_("“%(title)s”: mức đăng ký thấp nhất là %(least)s. Xin ghi lại.")


class CriterionUnknown(DomainError):
    status = 409
    code = "movement_criterion_unknown"
    sentence = N_("Không có tiêu chí này trong phong trào. Xin tải lại trang.")


class NumberInvalid(DomainError):
    status = 400
    code = "movement_number_invalid"
    sentence = N_("“%(title)s”: xin ghi một số, ví dụ 1.250 hoặc 25,5.")


class PaperMissing(DomainError):
    status = 409
    code = "movement_paper_missing"
    sentence = N_("“%(title)s”: số kê khai cần ghi nguồn: số văn bản, sổ sách hoặc nơi kiểm tra lại được.")


class WordsMissing(DomainError):
    status = 409
    code = "movement_words_missing"
    sentence = N_("Xin ghi rõ cần bổ sung gì để nơi đăng ký biết mà sửa.")


class WrongState(DomainError):
    status = 409
    code = "movement_wrong_state"
    sentence = N_("Bản đăng ký đang ở bước khác nên không làm được việc này. Xin tải lại trang.")


class DraftThere(DomainError):
    status = 409
    code = "movement_review_drafted"
    sentence = N_("Đang có một bản sơ kết, tổng kết soạn dở. Xin công bố hoặc bỏ bản đó trước.")


class DayWrong(DomainError):
    status = 409
    code = "movement_day_wrong"
    sentence = N_(
        "Số liệu tính đến một ngày từ khi mở phong trào đến hôm nay, sau lần sơ kết trước. Xin chọn lại."
    )


class Published(DomainError):
    status = 409
    code = "movement_review_published"
    sentence = N_("Bản này đã công bố nên giữ nguyên. Có điều cần nói thêm, xin lập bản sơ kết tiếp theo.")


class FirmThere(DomainError):
    status = 409
    code = "movement_firm_there"
    sentence = N_("Ở xóm này đã có tên này. Xin tìm trong danh sách rồi đăng ký cho nơi đã có.")


class AgreementMissing(DomainError):
    status = 409
    code = "movement_agreement_missing"
    sentence = N_("Xin ghi chủ nơi này đã đồng ý cách nào, ngày nào. Chưa đồng ý thì không ghi tên vào đây.")


class OwnersOwn(DomainError):
    status = 409
    code = "movement_firm_owners_own"
    sentence = N_(
        "Nơi này do chủ tự đăng ký trên điện thoại. Chủ tự rút, hoặc rời đi và xóa trên máy của mình."
    )


class NameMissing(DomainError):
    status = 409
    code = "movement_name_missing"
    sentence = N_("Xin ghi tên, loại và xóm.")


class ModelIncomplete(DomainError):
    status = 409
    code = "exemplary_incomplete"
    sentence = N_("Xin ghi đủ bốn phần: tên mô hình, làm gì, kết quả, cách làm theo.")


class NotEnrolled(DomainError):
    status = 409
    code = "exemplary_not_enrolled"
    sentence = N_("Đơn vị này chưa đăng ký phong trào đã chọn. Xin chọn phong trào khác hoặc để trống.")


class VisitWrong(DomainError):
    status = 409
    code = "exemplary_visit_wrong"
    sentence = N_("Xin ghi ngày đến (không ở sau hôm nay), số người từ 1 đến 10.000 và điều muốn làm theo.")


class VisitTwice(DomainError):
    status = 409
    code = "exemplary_visit_twice"
    sentence = N_("Lượt đến thăm của đơn vị trong ngày này đã được ghi.")


class OwnModel(DomainError):
    status = 409
    code = "exemplary_own_model"
    sentence = N_("Đây là mô hình của chính đơn vị mình; lượt thăm do đơn vị đến học ghi.")
