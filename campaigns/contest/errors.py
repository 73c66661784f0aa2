"""What cannot be done with a contest of many communes, and what to do instead."""

from backend.errors import N_, DomainError

# --- in a commune -----------------------------------------------------------------------------------------------------


class CountNotSent(DomainError):
    status = 409
    code = "count_not_sent"
    sentence = N_(
        "Đây là đợt thi chung. Xin xem các bài có dấu hiệu lạ, rồi bấm “Gửi số của xã”. Có số chung của tất cả các xã thì hệ thống tự chốt."
    )


class AwaitsTotal(DomainError):
    status = 409
    code = "awaits_total"
    sentence = N_(
        "Số của xã đã gửi. Đang đợi %(organiser)s gửi về số người trả lời đúng hết của tất cả các xã, chậm nhất %(until)s. Có số là hệ thống tự chốt."
    )


class RoundIsElsewhere(DomainError):
    status = 409
    code = "wrong_state"
    sentence = N_("Đợt thi đang ở bước khác nên không làm được việc này. Xin tải lại trang.")


class PapersStillCome(DomainError):
    status = 409
    code = "still_running"
    sentence = N_("Vẫn còn bài đang trong thời gian làm. Xin đợi hết giờ làm bài rồi gửi số của xã.")


class StillWaiting(DomainError):
    status = 409
    code = "still_waiting"
    sentence = N_("Chưa hết hạn đợi số chung (%(until)s) nên chưa chốt theo số riêng của xã được. Xin đợi.")


class WhyAlone(DomainError):
    status = 409
    code = "reason_missing"
    sentence = N_(
        "Xin ghi lý do chốt theo số riêng của xã, ít nhất vài chữ: lý do được công bố cùng kết quả."
    )


class NoNewTotal(DomainError):
    status = 409
    code = "no_new_total"
    sentence = N_("Kết quả đang xếp theo đúng số chung mới nhất, không có gì để xếp lại.")


class NotCommon(DomainError):
    status = 409
    code = "not_common"
    sentence = N_(
        "Đợt này là của riêng xã, không thuộc cuộc thi chung nào. Xin dùng trang chốt kết quả như thường lệ."
    )


# --- at the level above ----------------------------------------------------------------------------------------------


class RunsAlready(DomainError):
    status = 409
    code = "common_runs_already"
    sentence = N_(
        "Cuộc thi chung này đã có đợt mở nên ngày giờ và thể lệ không đổi được nữa. Xin phát hành một gói mới, mã khác."
    )


class NothingShared(DomainError):
    status = 409
    code = "nothing_shared"
    sentence = N_("Gói này không phải gói của cuộc thi chung. Xin chọn gói khác.")


class CommonUnknown(DomainError):
    status = 404
    code = "common_unknown"
    sentence = N_("Không có cuộc thi chung này ở đây.")


class TooEarly(DomainError):
    status = 409
    code = "common_too_early"
    sentence = N_("Đợt thi chưa đóng nên chưa cộng số được. Xin đợi đến sau giờ đóng.")


class StillMissing(DomainError):
    status = 409
    code = "common_still_missing"
    sentence = N_(
        "Còn %(count)s nơi chưa gửi số. Xin đợi; muốn chốt mà không đợi thì ghi rõ lý do, nơi chưa gửi sẽ không được cộng vào."
    )


class ReasonNeeded(DomainError):
    status = 409
    code = "reason_missing"
    sentence = N_("Số chung của đợt này đã gửi xuống. Muốn gửi số khác thay thế, xin ghi rõ lý do.")


class SameTotal(DomainError):
    status = 409
    code = "common_same_total"
    sentence = N_("Số của các nơi không đổi so với lần gửi trước, không có gì để gửi lại.")


class NoRows(DomainError):
    status = 409
    code = "common_no_rows"
    sentence = N_("Chưa xã nào gửi dòng kết quả lên nên chưa có danh sách chung kết để công bố.")


class SameList(DomainError):
    status = 409
    code = "common_same_list"
    sentence = N_("Danh sách không đổi so với bản đã công bố.")


class Refused(Exception):
    """A packet whose content this node does not take. `code` is told to the sender, `pointer`: where in it."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code, self.pointer = code, pointer


# --- between the two --------------------------------------------------------------------------------------------------


class NotWhatItSays(DomainError):
    status = 409
    code = "series_is_another"
    sentence = N_("Văn bản ghi sai tên cuộc thi hoặc đợt thi nên không dùng được. Xin báo nơi phát hành.")
