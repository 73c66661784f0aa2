"""What the pages about documents between levels call things."""

from flask_babel import gettext

from admin.refusal_words import WHY
from backend.errors import N_

STATES = {
    "fetched": N_("Đã nhận, chờ áp dụng"),
    "waiting": N_("Chờ đến ngày"),
    "applied": N_("Đang áp dụng"),
    "refused": N_("Chưa áp dụng được"),
    "rolled_back": N_("Đang dùng lại bản trước"),
    "withdrawn": N_("Cấp trên đã thu hồi"),
}
LOOKS = {
    "fetched": "wait", "waiting": "wait", "applied": "open", "refused": "off", "rolled_back": "off", "withdrawn": "off",
}  # fmt: skip
ADDITIONS = {
    "questions": N_("sửa câu hỏi"),
    "rules": N_("sửa thể lệ"),
    "dates": N_("đổi ngày giờ"),
}
REASONS = {
    "software-too-old": N_("phần mềm cũ hơn yêu cầu"),
    "kind-unknown": N_("phần mềm chưa biết loại văn bản này"),
    "body-invalid": N_("nội dung sai khuôn dạng"),
    "conflicts-here": N_("trái với số liệu đã ghi ở đó"),
    "failed": N_("phần mềm ở đó gặp lỗi khi áp dụng"),
    "unit_unknown": N_("ở đó không có đơn vị được nêu"),
    "template_changed": N_("ở đó đã dùng số bản này cho mẫu khác"),
    "calendar_differs": N_("ở đó đã có lịch cùng mã với nghĩa khác"),
    "document_cannot_take_back": N_("loại văn bản này không lùi lại được"),
    "not-yet": N_("chưa tới ngày hiệu lực"),
    "outside-reach": N_("nói về đơn vị ngoài phạm vi của nơi ban hành"),
    "wrong-line": N_("loại văn bản này không đi trong hệ thống này"),
    "names_somebody": N_("có số điện thoại, số giấy tờ hoặc thư điện tử của người"),
    "targets_refused": N_("có dòng chỉ tiêu không dùng được"),
    "template_invalid": N_("mẫu phiếu có chỗ viết sai"),
    "units_event_does_not_fit": N_("không khớp với danh sách đơn vị ở đó"),
    "units_event_differs": N_("việc sắp xếp này đã ghi ở đó với nội dung khác"),
}
"""Codes a node below answers with, as an office reads them."""


def reason(code: str) -> str:
    """Why it does not stand there, as it follows a point."""
    known = REASONS.get(code) or WHY.get(code)
    return gettext(known) if known else gettext("lý do khác (%(code)s), xin hỏi nơi nhận", code=code)
