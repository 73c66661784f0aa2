from backend.errors import N_, DomainError, NotFound


class NothingTold(NotFound):
    code = "nothing_told"
    sentence = N_(
        "Chưa nhận được số liệu nào của đơn vị này cho kỳ này. Xin chọn kỳ khác, hoặc nhắc đơn vị gửi."
    )


class AlreadyAnswered(DomainError):
    code = "already_answered"
    sentence = N_("Bản số liệu này đã có câu trả lời; câu trả lời không đổi được. Xin tải lại trang.")


class NotTheNewest(DomainError):
    code = "not_the_newest"
    sentence = N_("Đơn vị đã gửi bản mới hơn trong lúc Ông/Bà xem. Xin tải lại, đọc bản mới rồi trả lời.")


class NotApproved(DomainError):
    code = "not_approved_below"
    sentence = N_(
        "Đơn vị gửi chưa duyệt xong phiếu của mình nên cấp trên chưa chấp nhận được. Xin chờ đơn vị duyệt và gửi lại."
    )


class ReasonMissing(DomainError):
    status = 400
    code = "reason_missing"
    sentence = N_("Xin ghi rõ lý do, ít nhất 10 chữ cái, để đơn vị gửi biết phải sửa gì.")


class NamesSomebody(DomainError):
    status = 400
    code = "words_name_somebody"
    sentence = N_(
        "Nội dung này được gửi sang cơ quan khác nên không được có số điện thoại, số giấy tờ hay thư điện tử của ai. Xin bỏ đi rồi gửi lại."
    )


class NothingAccepted(DomainError):
    code = "nothing_accepted"
    sentence = N_(
        "Chưa chấp nhận số liệu của đơn vị nào cho kỳ này nên chưa công bố được. Xin chấp nhận trước."
    )


class NothingNew(DomainError):
    code = "nothing_new"
    sentence = N_("Bản công bố gần nhất đã nói đúng những con số này; không có gì mới để công bố.")


class KeptInTheParty(DomainError):
    code = "kept_in_the_party"
    sentence = N_("Số liệu trên hệ thống của Đảng không công bố cho mọi người. Xin dùng báo cáo của Đảng.")
