"""Why a document is not given out, not taken in, or not taken back."""

from typing import Any

from backend.errors import N_, DomainError


class DocumentRefused(DomainError):
    """A frame that says it is a document or a catalogue of a level above and is not believed. `code` with hyphens:
    not-a-document, key-not-believed, wrong-direction, wrong-node, wrong-line, out-of-scope, not-in-catalogue, chain-broken,
    number-taken, old-catalogue, malformed."""

    status = 422
    sentence = N_(
        "Văn bản hoặc danh mục nhận về không đúng của cấp trên nên không được nhận. Xin lấy lại từ nơi gửi."
    )

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(**values)
        self.code = code


class DocumentUnknown(DomainError):
    status = 404
    code = "document_unknown"
    sentence = N_("Máy chủ này không có văn bản ấy.")


class DocumentTooLarge(DomainError):
    code = "document_too_large"
    sentence = N_("Nội dung quá lớn để gửi xuống: tối đa %(most)s MB. Xin bớt ảnh hoặc chia thành nhiều gói.")


class DocumentAsItIs(DomainError):
    code = "document_as_it_is"
    sentence = N_("Bản đang ban hành đã có đúng nội dung này; không cần ban hành lại.")


class GivenMeanwhile(DomainError):
    code = "document_given_meanwhile"
    sentence = N_("Người khác vừa ban hành một bản mới của văn bản này. Xin tải lại trang rồi xem bản ấy.")


class ScopeUnknown(DomainError):
    status = 400
    code = "document_scope_unknown"
    sentence = N_("Xin chọn nơi nhận trong danh sách đơn vị của mình: mã %(unit_code)s không có.")


class ReleaseUnreadable(DomainError):
    status = 400
    code = "document_release_unreadable"
    sentence = N_(
        "Xin ghi phiên bản phần mềm bằng số, ví dụ 0.2 hoặc 1.4.1; để trống nếu bản nào cũng nhận được."
    )


class WithdrawnAlready(DomainError):
    code = "document_withdrawn_already"
    sentence = N_("Văn bản này đã được thu hồi trước đó.")


class ReasonMissing(DomainError):
    status = 400
    code = "document_reason_missing"
    sentence = N_("Xin ghi lý do, ít nhất vài chữ, để cấp trên và người sau hiểu vì sao.")


class ReasonNamesSomebody(DomainError):
    code = "document_reason_names_somebody"
    sentence = N_(
        "Lý do được gửi tới mọi nơi nhận nên không ghi số điện thoại, số giấy tờ hay địa chỉ thư của ai. Xin bỏ phần ấy đi."
    )


class NothingStands(DomainError):
    code = "document_nothing_stands"
    sentence = N_("Văn bản này chưa được áp dụng ở đây hoặc vừa có người thay đổi. Xin tải lại trang.")


class CannotTakeBack(DomainError):
    code = "document_cannot_take_back"
    sentence = N_(
        "Loại văn bản này đã áp dụng thì không lùi lại được: số liệu đã ghi theo đó. Xin báo cấp trên ban hành bản sửa."
    )


class SoftwareTooOld(DomainError):
    code = "software-too-old"
    sentence = N_(
        "Văn bản này cần phần mềm từ phiên bản %(needed)s; máy chủ này đang dùng %(have)s. Xin cập nhật rồi thử lại."
    )


class OutsideReach(DomainError):
    code = "outside-reach"
    sentence = N_(
        "Văn bản nói về đơn vị %(unit_code)s hoặc nhân danh đơn vị ấy, nhưng cấp trên gửi văn bản không phụ trách. Xin báo cấp trên."
    )


class WrongLine(DomainError):
    code = "wrong-line"
    sentence = N_(
        "Sắp xếp đơn vị và thông báo khóa bị lộ chỉ gửi trong hệ thống Chính quyền. Xin gửi theo hệ thống ấy."
    )


class TooManyStand(DomainError):
    code = "document_too_many_stand"
    sentence = N_(
        "Đã có %(most)s văn bản đang ban hành, danh mục gửi xuống không chứa thêm được. Xin thu hồi những văn bản không còn dùng."
    )


class KindUnknown(DomainError):
    code = "kind-unknown"
    sentence = N_(
        "Phần mềm trên máy chủ này chưa đọc được loại văn bản này. Xin cập nhật phần mềm, máy chủ sẽ tự thử lại."
    )


class BodyInvalid(DomainError):
    code = "body-invalid"
    sentence = N_("Nội dung văn bản không đúng khuôn dạng nên không đọc được. Xin báo cấp trên ban hành lại.")


class Failed(DomainError):
    code = "failed"
    sentence = N_(
        "Phần mềm trên máy chủ này gặp lỗi khi áp dụng văn bản nên chưa áp dụng; máy chủ sẽ tự thử lại. Nếu vẫn lỗi, xin báo người vận hành."
    )


class Conflicts(DomainError):
    code = "conflicts-here"
    sentence = N_("Nội dung văn bản trái với những gì đã ghi ở đây nên không áp dụng được. Xin báo cấp trên.")
