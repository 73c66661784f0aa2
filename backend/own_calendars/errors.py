"""What can be wrong with calendars of units' own."""

from backend.errors import N_, DomainError


class CalendarInUse(DomainError):
    code = "calendar_in_use"
    sentence = N_(
        "Lịch đã lập thì không sửa và không xóa: số liệu đã ghi theo lịch này phải giữ nguyên nghĩa. Xin lập lịch mới."
    )


class CalendarTaken(DomainError):
    code = "calendar_taken"
    sentence = N_("Đơn vị đã có lịch mang mã %(code)s. Xin đặt tên khác.")


class TitleMissing(DomainError):
    status = 422
    code = "calendar_title_missing"
    sentence = N_("Xin đặt tên cho lịch, có ít nhất một chữ cái.")


class NoList(DomainError):
    status = 422
    code = "calendar_no_list"
    sentence = N_("Lịch theo tháng không có danh sách kỳ để thêm.")


class BeforeTheLast(DomainError):
    status = 422
    code = "calendar_before_the_last"
    sentence = N_("Kỳ thêm vào phải bắt đầu sau kỳ cuối cùng đã có (%(last)s): những kỳ trước đã được dùng.")
