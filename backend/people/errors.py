from backend.errors import N_, DomainError


class PhoneInvalid(DomainError):
    status = 409
    code = "phone_invalid"
    sentence = N_("Số điện thoại chưa đúng. Xin nhập số di động 10 chữ số, ví dụ 0912 345 678.")


class WrongCode(DomainError):
    status = 403
    code = "wrong_code"
    sentence = N_("Mã chưa đúng. Còn %(tries_left)s lần nhập; xin xem lại tin nhắn.")
    keeps_writes = True


class CodeExpired(DomainError):
    status = 409
    code = "code_expired"
    sentence = N_("Mã đã hết hạn hoặc đã dùng. Xin bấm “Gửi lại mã”.")


class TooManyTries(DomainError):
    status = 429
    code = "too_many_tries"
    sentence = N_("Nhập sai quá nhiều lần. Xin đợi %(retry_after_s)s giây rồi thử lại từ đầu.")
    keeps_writes = True


class WrongPin(DomainError):
    status = 403
    code = "pin_wrong"
    sentence = N_("Mã PIN chưa đúng. Còn %(tries_left)s lần nhập.")
    keeps_writes = True


class TicketExpired(DomainError):
    status = 409
    code = "ticket_expired"
    sentence = N_("Bước xác nhận số điện thoại đã quá lâu. Xin nhập lại số điện thoại để nhận mã mới.")


class PersonUnknown(DomainError):
    status = 404
    code = "person_unknown"
    sentence = N_("Không có người này trên số điện thoại vừa xác nhận.")


class PersonTaken(DomainError):
    status = 409
    code = "person_taken"
    sentence = N_("Mã người dùng này đã thuộc về một số điện thoại khác. Xin đăng ký lại từ đầu.")


class PersonThere(DomainError):
    status = 409
    code = "person_there"
    sentence = N_("Người này vừa được đăng ký trên số điện thoại này. Xin thử lại.")


class PhoneFull(DomainError):
    status = 409
    code = "phone_full"
    sentence = N_(
        "Số điện thoại này đã có %(most)s người tham gia. Xin dùng số khác, hoặc chọn tên mình trong danh sách."
    )


class WrongPassword(DomainError):
    status = 403
    code = "password_wrong"
    sentence = N_("Tên đăng nhập hoặc mật khẩu chưa đúng.")
    keeps_writes = True


class ConsentTextUnknown(DomainError):
    status = 409
    code = "consent_text_unknown"
    sentence = N_("Nội dung đồng ý đã được cập nhật. Xin đọc bản mới rồi đồng ý lại.")


class NotAMinor(DomainError):
    status = 409
    code = "not_a_minor"
    sentence = N_("Người này không cần cha mẹ hoặc người giám hộ đồng ý.")


class GuardianNeeded(DomainError):
    status = 409
    code = "guardian_needed"
    sentence = N_("Nội dung này do cha, mẹ hoặc người giám hộ đồng ý, bằng mã gửi đến số điện thoại.")
