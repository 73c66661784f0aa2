"""What cannot be done with an inspection file, and what to do instead."""

from backend.errors import N_, DomainError


class FileIncomplete(DomainError):
    status = 400
    code = "inspection_incomplete"
    sentence = N_("Xin ghi tên, lý do, và chọn ít nhất một đơn vị, một loại tài liệu, một người trong đoàn.")


class DaysWrong(DomainError):
    status = 400
    code = "inspection_days_wrong"
    sentence = N_("Ngày cuối đứng trước ngày đầu. Xin xem lại.")


class DaysOver(DomainError):
    status = 400
    code = "inspection_days_over"
    sentence = N_("Ngày kết thúc đã qua nên hồ sơ sẽ không mở được gì. Xin chọn ngày khác.")


class OutOfReach(DomainError):
    status = 403
    code = "inspection_out_of_reach"
    sentence = N_("Có đơn vị nằm ngoài phạm vi của cơ quan kiểm tra. Xin chỉ chọn đơn vị thuộc phạm vi.")


class PaperMissing(DomainError):
    status = 400
    code = "inspection_paper_missing"
    sentence = N_("Xin ghi số hồ sơ và văn bản làm căn cứ mở cuộc kiểm tra.")


class NumberTaken(DomainError):
    code = "inspection_number_taken"
    sentence = N_("Số hồ sơ này đã dùng cho cuộc kiểm tra khác. Xin ghi số khác.")


class CommitteeDecides(DomainError):
    status = 403
    code = "inspection_committee_decides"
    sentence = N_("Hồ sơ có nêu bản đăng ký nêu gương nên phải do cấp ủy có thẩm quyền quyết định mở.")


class PlannerDecides(DomainError):
    status = 403
    code = "inspection_planner_decides"
    sentence = N_(
        "Người ghi cuộc kiểm tra vào chương trình không tự quyết định mở. Xin người khác có thẩm quyền quyết định."
    )


class NotOneOfTheTeam(DomainError):
    status = 400
    code = "inspection_not_of_the_team"
    sentence = N_("Người trong đoàn phải đang giữ vai trò kiểm tra, giám sát.")


class NotOpen(DomainError):
    status = 403
    code = "inspection_not_open"
    sentence = N_(
        "Hồ sơ kiểm tra không mở tài liệu này: đã hết hạn, chưa tới ngày, hoặc không nằm trong phạm vi đã ghi."
    )


class FileClosed(DomainError):
    code = "inspection_closed"
    sentence = N_("Cuộc kiểm tra đã kết thúc hoặc đã có kết luận nên không ghi thêm phát hiện được.")


class FindingIncomplete(DomainError):
    status = 400
    code = "inspection_finding_incomplete"
    sentence = N_("Xin chọn đơn vị trong phạm vi, loại phát hiện, số liệu liên quan và ghi rõ nội dung.")


class SubjectUnknown(DomainError):
    status = 400
    code = "inspection_subject_unknown"
    sentence = N_(
        "Số liệu này không có ở đơn vị, hoặc ngoài thời gian hồ sơ được xem. Xin chọn trong danh sách."
    )


class RemedyIncomplete(DomainError):
    status = 400
    code = "inspection_remedy_incomplete"
    sentence = N_("Thiếu sót hoặc vi phạm cần ghi việc phải khắc phục và thời hạn.")


class ConclusionIncomplete(DomainError):
    status = 400
    code = "inspection_conclusion_incomplete"
    sentence = N_("Xin ghi nội dung kết luận, số và ngày của văn bản kết luận.")


class AnswerMissing(DomainError):
    status = 400
    code = "inspection_answer_missing"
    sentence = N_("Xin ghi đã khắc phục thế nào.")


class FileChanged(DomainError):
    code = "inspection_changed"
    sentence = N_("Hồ sơ vừa được người khác thay đổi. Xin xem lại rồi làm tiếp.")
