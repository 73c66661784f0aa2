from backend.errors import N_, DomainError


class PhoneInvalid(DomainError):
    status = 409
    code = "phone_invalid"
    sentence = N_("Số điện thoại chưa đúng. Xin nhập số di động 10 chữ số, ví dụ 0912 345 678.")


class DeviceLost(DomainError):
    """The phone was reported lost: it wipes what it holds."""

    status = 401
    code = "device_lost"
    sentence = N_(
        "Máy này đã được báo mất nên không dùng được nữa. Dữ liệu của ứng dụng trên máy sẽ được xóa."
    )


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


class CommonFinalNotForMinors(DomainError):
    status = 409
    code = "common_final_not_for_minors"
    sentence = N_(
        "Danh sách chung kết của nhiều xã chỉ dành cho người từ đủ 18 tuổi. Kết quả và thứ hạng của em ở xã vẫn giữ nguyên."
    )


class LoginSuspended(DomainError):
    status = 403
    code = "login_suspended"
    sentence = N_("Tài khoản này đang tạm khóa. Xin liên hệ người vận hành hệ thống.")
    keeps_writes = True


class OneTimePasswordOver(DomainError):
    status = 409
    code = "one_time_password_over"
    sentence = N_("Mật khẩu dùng một lần đã hết hạn. Xin người vận hành hệ thống cấp mật khẩu mới.")
    keeps_writes = True


class PasswordChangeNeeded(DomainError):
    """The name and the one-time password are right; an own password must be chosen before anything else."""

    status = 403
    code = "password_change_needed"
    sentence = N_("Đây là mật khẩu dùng một lần. Xin đặt mật khẩu riêng trước khi làm việc.")
    keeps_writes = True


class PasswordWeak(DomainError):
    status = 409
    code = "password_weak"
    sentence = N_(
        "Mật khẩu mới cần ít nhất %(least)s ký tự, không chứa tên đăng nhập và khác mật khẩu cũ. Nên ghép vài từ dễ nhớ."
    )


class UsernameInvalid(DomainError):
    status = 409
    code = "username_invalid"
    sentence = N_(
        "Tên đăng nhập gồm 3 đến 60 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch nối; bắt đầu bằng chữ."
    )


class UsernameTaken(DomainError):
    status = 409
    code = "username_taken"
    sentence = N_("Tên đăng nhập này đã có người dùng. Xin chọn tên khác.")


class StaffNameInvalid(DomainError):
    status = 409
    code = "staff_name_invalid"
    sentence = N_("Họ tên gồm 1 đến 80 ký tự. Xin nhập lại.")


class ChangedMeanwhile(DomainError):
    status = 409
    code = "changed_meanwhile"
    sentence = N_(
        "Đã có người sửa trước nên chưa lưu việc vừa làm. Xin xem lại nội dung mới rồi làm lại nếu vẫn cần."
    )


class RoleUnknown(DomainError):
    status = 409
    code = "role_unknown"
    sentence = N_("Xin chọn một vai trò trong danh sách.")


class RoleHeldAlready(DomainError):
    status = 409
    code = "role_held"
    sentence = N_("Người này đã giữ vai trò ấy ở đơn vị ấy trong thời gian đó.")


class RoleDatesWrong(DomainError):
    status = 409
    code = "role_dates_wrong"
    sentence = N_("Ngày bắt đầu phải từ hôm nay trở đi, ngày cuối không được trước ngày bắt đầu.")


class NotForOneself(DomainError):
    status = 403
    code = "not_for_oneself"
    sentence = N_("Không ai tự trao vai trò cho mình. Xin nhờ một người vận hành khác.")


class LastOperator(DomainError):
    status = 409
    code = "last_operator"
    sentence = N_(
        "Đây là người vận hành hệ thống cuối cùng. Xin trao vai trò này, không ghi ngày cuối, cho một người khác trước."
    )


class BoardNameInvalid(DomainError):
    status = 409
    code = "board_name_invalid"
    sentence = N_(
        "Tên trên bảng gồm 2 đến 40 ký tự, có chữ cái, không có số điện thoại hay địa chỉ mạng. Xin chọn tên khác."
    )


class BoardNameNotForMinors(DomainError):
    status = 409
    code = "board_name_not_for_minors"
    sentence = N_("Bảng xếp hạng không ghi tên người dưới 18 tuổi. Em vẫn được thi và xem thứ hạng của mình.")


class HonourNameNotForMinors(DomainError):
    status = 409
    code = "honour_name_not_for_minors"
    sentence = N_(
        "Bảng vinh danh không ghi tên người dưới 18 tuổi. Phần thưởng và giấy khen của em vẫn giữ nguyên."
    )


class JoinCodeUnknown(DomainError):
    status = 404
    code = "join_code_unknown"
    sentence = N_("Không có đơn vị nào dùng mã này. Xin hỏi lại người đã đưa mã.")


class JoinCodeNotForAge(DomainError):
    status = 409
    code = "join_code_not_for_age"
    sentence = N_("Mã này dành cho người từ đủ 18 tuổi.")


class ReasonNamesPerson(DomainError):
    status = 409
    code = "reason_names_person"
    sentence = N_(
        "Lý do được giữ lâu dài trong nhật ký nên không ghi tên hay số điện thoại của người dân. Xin chỉ ghi số và ngày của yêu cầu."
    )


class SeveralOnPhone(DomainError):
    status = 409
    code = "several_on_phone"
    sentence = N_(
        "Số điện thoại này có nhiều người dùng chung. Xin nhập thêm tên người yêu cầu, đúng như tên đã đăng ký."
    )
