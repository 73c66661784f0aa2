from backend.errors import N_, DomainError


class TeamUnknown(DomainError):
    status = 404
    code = "team_unknown"
    sentence = N_("Không có tổ công nghệ số cộng đồng này trong danh sách.")


class HouseholdUnknown(DomainError):
    status = 404
    code = "household_unknown"
    sentence = N_("Không có hộ này trong danh sách. Xin xem lại mã hộ.")


class NotInTeam(DomainError):
    status = 409
    code = "not_in_team"
    sentence = N_("Người này không ở trong tổ vào ngày ấy. Xin ghi vào tổ trước.")


class NotThatWeek(DomainError):
    status = 409
    code = "not_that_week"
    sentence = N_("Có việc không nằm trong tuần này. Xin chọn ngày từ thứ Hai đến Chủ nhật của tuần.")


class MovedSince(DomainError):
    status = 409
    code = "household_moved_since"
    sentence = N_("Hộ này đã chuyển chỗ vào hoặc sau ngày ấy. Xin chọn ngày muộn hơn.")


class AlreadyMerged(DomainError):
    status = 409
    code = "household_merged"
    sentence = N_("Hộ này đã được gộp vào hộ khác. Xin dùng mã của hộ còn lại.")


class CannotMergeHouseholds(DomainError):
    status = 409
    code = "cannot_merge_households"
    sentence = N_("Chỉ gộp được hai hộ khác nhau, cùng loại.")


class NotMerged(DomainError):
    status = 409
    code = "household_not_merged"
    sentence = N_("Hộ này không còn nằm trong hộ khác: có thể đã có người tách lại.")


class TeamChanged(DomainError):
    status = 409
    code = "team_changed"
    sentence = N_("Thành viên hoặc hộ của tổ vừa thay đổi. Xin xem lại bản dưới đây rồi đồng ý.")
