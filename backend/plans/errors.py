"""What cannot be done with a document or a task, and what to do instead."""

from backend.errors import N_, DomainError


class DocumentHere(DomainError):
    code = "plan_document_here"
    sentence = N_("Văn bản này (cùng nơi ban hành, số và ngày) đã có trong sổ.")


class DocumentIncomplete(DomainError):
    status = 400
    code = "plan_document_incomplete"
    sentence = N_("Xin ghi nơi ban hành và trích yếu của văn bản. Số và ngày có thể để trống nếu không rõ.")


class DayAhead(DomainError):
    status = 400
    code = "plan_day_ahead"
    sentence = N_("Ngày này chưa tới. Xin ghi ngày đã có kết quả hoặc hôm nay.")


class RelationWrong(DomainError):
    status = 400
    code = "plan_relation_wrong"
    sentence = N_(
        "Xin chọn một văn bản khác trong sổ; một văn bản không thể thay thế hay cụ thể hoá chính nó."
    )


class RelationCircular(DomainError):
    code = "plan_relation_circular"
    sentence = N_("Hai văn bản không thể thay thế hay cụ thể hoá lẫn nhau. Xin xem lại chiều của liên kết.")


class PhaseWrong(DomainError):
    status = 400
    code = "plan_phase_wrong"
    sentence = N_("Xin ghi số và tên giai đoạn; ngày cuối không đứng trước ngày đầu.")


class TaskChanged(DomainError):
    code = "plan_task_changed"
    sentence = N_("Nhiệm vụ vừa được người khác cập nhật. Xin xem lại rồi ghi tiếp.")


class TaskIncomplete(DomainError):
    status = 400
    code = "plan_task_incomplete"
    sentence = N_(
        "Xin ghi nội dung nhiệm vụ, đơn vị chủ trì và thời hạn (một ngày, hoặc chữ như “thường xuyên”)."
    )


class TaskHere(DomainError):
    code = "plan_task_here"
    sentence = N_("Văn bản này đã có nhiệm vụ mang số ấy.")


class WhyMissing(DomainError):
    status = 400
    code = "plan_why_missing"
    sentence = N_("Xin ghi lý do thôi thực hiện, hoặc kết quả khi báo hoàn thành.")


class LinkUnknown(DomainError):
    status = 400
    code = "plan_link_unknown"
    sentence = N_("Không tìm thấy cuộc vận động hoặc chỉ tiêu này. Xin chọn trong danh sách.")
