"""Why a peer is not taken in, not believed, or not changed."""

from backend.errors import N_, DomainError


class UnknownPeer(DomainError):
    status = 401
    code = "unknown-peer"
    sentence = N_(
        "Máy chủ này chưa kết nối với đơn vị gửi, hoặc đã ngừng kết nối. Xin liên hệ người vận hành."
    )


class OfferUnreadable(DomainError):
    status = 400
    code = "offer_unreadable"
    sentence = N_("Không đọc được tệp này. Xin chọn đúng tệp bên kia gửi, chưa ai sửa.")


class OfferForged(DomainError):
    status = 409
    code = "offer_forged"
    sentence = N_("Chữ ký trong tệp không khớp: tệp đã bị sửa. Xin bên kia gửi lại tệp khác.")


class OfferOver(DomainError):
    status = 409
    code = "offer_over"
    sentence = N_("Tệp này đã quá hạn hoặc đã dùng rồi. Xin lập đề nghị mới.")


class OfferAhead(DomainError):
    status = 409
    code = "offer_ahead"
    sentence = N_(
        "Tệp này ghi một ngày chưa đến: đồng hồ của máy chủ bên kia đã đi trước. Xin bên kia chỉnh giờ, chạy lệnh lantoa new-epoch rồi lập đề nghị mới."
    )


class CodeDiffers(DomainError):
    status = 409
    code = "enrol_code_differs"
    sentence = N_(
        "Mã đọc qua điện thoại không khớp với tệp. Xin nghe lại mã; nếu vẫn không khớp, tệp không phải của bên đang nói chuyện."
    )


class FingerprintDiffers(DomainError):
    status = 409
    code = "fingerprint_differs"
    sentence = N_(
        "Mã kiểm vừa nhập không khớp với khóa trong tệp. Xin gọi số điện thoại chính thức của bên kia và nghe đọc lại; nếu vẫn không khớp thì thu hồi đề nghị này."
    )


class SamePerson(DomainError):
    status = 403
    code = "same_person"
    sentence = N_("Người nhập đề nghị không được tự xác nhận. Xin người vận hành thứ hai xác nhận.")


class AlreadyPeer(DomainError):
    status = 409
    code = "already_peer"
    sentence = N_("Đơn vị này đã kết nối trong hệ thống này. Muốn đổi khóa, xin dùng việc thay khóa đã mất.")


class NotThatState(DomainError):
    status = 409
    code = "peer_not_that_state"
    sentence = N_("Kết nối này không còn ở bước ấy. Xin tải lại trang.")


class UnitUnknown(DomainError):
    status = 409
    code = "peer_unit_unknown"
    sentence = N_("Máy chủ này không có đơn vị mang mã %(code)s. Xin nạp danh sách đơn vị rồi thử lại.")


class UnitTaken(DomainError):
    status = 409
    code = "peer_unit_taken"
    sentence = N_(
        "Máy chủ “%(name)s” đang báo số liệu của đơn vị mang mã %(code)s, và mỗi đơn vị chỉ một máy chủ được báo. Nếu đây là máy chủ thay thế, xin thu hồi kết nối kia rồi xác nhận lại."
    )


class OwnNode(DomainError):
    status = 409
    code = "peer_is_own_node"
    sentence = N_("Tệp này do chính máy chủ này lập. Xin gửi tệp cho bên kia.")


class OtherNode(DomainError):
    status = 409
    code = "peer_is_other_node"
    sentence = N_("Tệp này không phải của máy chủ đang thay khóa. Xin chọn đúng tệp.")


class ReasonMissing(DomainError):
    status = 400
    code = "peer_reason_missing"
    sentence = N_("Xin ghi lý do để người sau hiểu vì sao.")


class KeyGivenUp(DomainError):
    status = 409
    code = "peer_key_given_up"
    sentence = N_(
        "Khóa này đã được báo mất, không dùng lại được. Xin bên kia tạo khóa mới rồi lập đề nghị khác."
    )
