"""Words for the codes of proposals, as people in an office say them."""

from backend.errors import N_

SORTS = {
    "difficulty": N_("Khó khăn, vướng mắc"),
    "proposal": N_("Đề xuất, kiến nghị"),
    "question": N_("Câu hỏi"),
}
TOPICS = {
    "ha-tang": N_("Hạ tầng, đường truyền, thiết bị"),
    "phan-mem": N_("Phần mềm, dữ liệu"),
    "nhan-luc": N_("Con người, đào tạo"),
    "kinh-phi": N_("Kinh phí"),
    "chi-tieu": N_("Chỉ tiêu, cách tính điểm"),
    "van-ban": N_("Văn bản, quy trình"),
    "an-toan": N_("An toàn thông tin, dữ liệu cá nhân"),
    "khac": N_("Việc khác"),
}
"""Codes go between nodes: they are added to and never given another meaning."""
DEEDS = {"raised": N_("Đã gửi"), "escalated": N_("Đã chuyển lên cấp trên"), "answered": N_("Đã trả lời")}
