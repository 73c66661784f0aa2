"""Words for the codes of this room, as people in an office say them."""

from backend.errors import N_

STATES = {
    "open": N_("Đang soạn"),
    "drafted": N_("Chờ thẩm định"),
    "reviewed": N_("Chờ ký"),
    "signed": N_("Chờ văn thư cho số"),
    "numbered": N_("Chờ gửi"),
    "sent": N_("Đã gửi, chờ tiếp nhận"),
    "received": N_("Cấp trên đã tiếp nhận"),
    "returned": N_("Trả lại để bổ sung"),
    "locked": N_("Đã khóa"),
}
DEEDS = {
    "draft": N_("Trình thẩm định"),
    "review": N_("Thẩm định xong, trình ký"),
    "sign": N_("Xác nhận đã ký"),
    "number": N_("Cho số, ghi ngày"),
    "send": N_("Gửi lên cấp trên"),
    "receive": N_("Tiếp nhận"),
    "lock": N_("Khóa"),
    "give_back": N_("Trả lại để bổ sung"),
    "reopen": N_("Mở lại văn bản đã khóa"),
}
DONE = {
    "draft": N_("Đã soạn và trình thẩm định"),
    "review": N_("Đã thẩm định"),
    "sign": N_("Đã xác nhận ký"),
    "number": N_("Đã cho số"),
    "send": N_("Đã gửi"),
    "receive": N_("Đã tiếp nhận"),
    "lock": N_("Đã khóa"),
    "give_back": N_("Đã trả lại để bổ sung"),
    "reopen": N_("Đã mở lại"),
}
PARTS = {
    "drafter": N_("Soạn thảo"),
    "reviewer": N_("Thẩm định"),
    "signer": N_("Ký"),
    "clerk": N_("Văn thư"),
    "receiving": N_("Cấp trên tiếp nhận"),
}
LINES = {"party": N_("Bên Đảng"), "state": N_("Bên chính quyền")}
INTERVALS = {
    "month": N_("hằng tháng"),
    "quarter": N_("3 tháng"),
    "half": N_("6 tháng"),
    "year": N_("12 tháng"),
    "mid_term": N_("giữa nhiệm kỳ"),
    "term": N_("cuối nhiệm kỳ"),
    "two_and_half_years": N_("2 năm rưỡi"),
    "ad_hoc": N_("đột xuất"),
    "week": N_("hằng tuần"),
    "own": N_("theo từng kỳ của lịch tự đặt"),
}
FIELDS = {
    "results": N_("Kết quả thực hiện"),
    "difficulties": N_("Khó khăn, vướng mắc"),
    "proposals": N_("Kiến nghị, đề xuất"),
    "tasks": N_("Nhiệm vụ thời gian tới"),
}
REVIEW_FIELDS = {
    "leadership": N_("Công tác lãnh đạo, chỉ đạo"),
    "results": N_("Kết quả thực hiện"),
    "difficulties": N_("Hạn chế, khó khăn và nguyên nhân"),
    "lessons": N_("Bài học kinh nghiệm"),
    "tasks": N_("Phương hướng, nhiệm vụ giai đoạn tới"),
    "proposals": N_("Kiến nghị, đề xuất"),
}
SECTIONS = {
    "phase": N_("Số liệu của cả giai đoạn, theo từng năm"),
    "targets": N_("Mức đạt được so với mục tiêu"),
}
"""Parts of a review that nobody types."""
NOTHING = N_("Chưa có số liệu")
HIDDEN = N_("Ẩn để không lộ cá nhân")
NO_DENOMINATOR = N_("Chưa có mẫu số")
NOT_OF_PERIOD = N_("Không tính riêng được cho kỳ này")
"""What stands in place of a figure that is not there: never 0."""


def fields_of(form: str) -> dict[str, str]:
    """What people write in a report of that form: field -> heading."""
    return REVIEW_FIELDS if form in ("interim", "final") else FIELDS
