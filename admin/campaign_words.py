"""Words for campaigns: states, parts, stages, settings; said once for all pages about them."""

from typing import Any

from flask_babel import gettext

from admin import shown
from backend.errors import N_

STATES = {
    "draft": N_("Bản nháp"),
    "scheduled": N_("Đã phát hành, chờ mở"),
    "running": N_("Đang diễn ra"),
    "paused": N_("Tạm dừng"),
    "closed": N_("Đã đóng"),
    "archived": N_("Đã lưu trữ"),
}
ORDER = ("draft", "running", "paused", "scheduled", "closed", "archived")
"""The list's order: what waits for somebody first."""
KINDS = {
    "outreach": N_("Thông tin, tuyên truyền"),
    "emulation": N_("Phong trào thi đua"),
    "literacy": N_("Bình dân học vụ số"),
}
STAGES = {"pilot": N_("Thí điểm"), "evaluated": N_("Đã đánh giá"), "scaled": N_("Nhân rộng")}
PARTS = {
    "lead": N_("Cơ quan chủ trì"),
    "releasing": N_("Cơ quan phát hành"),
    "coordinating": N_("Cơ quan phối hợp"),
    "organising": N_("Ban Tổ chức"),
    "questions": N_("Ban Đề thi"),
    "jury": N_("Ban Giám khảo"),
    "secretariat": N_("Tổ thư ký"),
}
FORMS = {
    "single": N_("chọn một"),
    "several": N_("chọn nhiều"),
    "true_false": N_("đúng/sai"),
    "ordering": N_("sắp xếp"),
    "matching": N_("ghép đôi"),
}
DIFFICULTIES = {1: N_("dễ"), 2: N_("vừa"), 3: N_("khó")}
SETTINGS = {
    "tags": N_("Chủ đề thi đua"),
    "units": N_("Đơn vị đăng ký thi đua"),
    "firms": N_("Nhận doanh nghiệp, hộ kinh doanh, hợp tác xã"),
    "unit_kinds": N_("Loại đơn vị được đăng ký"),
    "questions_per_attempt": N_("Số câu mỗi đề"),
    "time_limit_s": N_("Thời gian làm bài (phút)"),
    "grace_s": N_("Nhận bài đến muộn vì mất sóng (giây)"),
    "attempts_per_person": N_("Số lượt thi mỗi người"),
    "counting_attempt": N_("Lượt được tính"),
    "age_floor": N_("Tuổi tối thiểu"),
    "open_to": N_("Chỉ dành cho"),
    "pass_right": N_("Số câu đúng để đạt"),
    "shuffle_questions": N_("Trộn thứ tự câu hỏi"),
    "shuffle_options": N_("Trộn thứ tự phương án"),
    "show_result": N_("Báo số câu đúng"),
    "show_answers": N_("Mở đáp án và lời giải thích"),
    "prediction": N_("Hỏi dự đoán số người trả lời đúng tất cả"),
    "predict_over": N_("Dự đoán so với số người đúng hết của"),
    "settle": N_("Chốt kết quả"),
    "bank": N_("Câu hỏi của đợt"),
}
HINTS = {
    "attempts_per_person": N_("Để trống: không giới hạn."),
    "open_to": N_("Không chọn ô nào: ai đủ tuổi cũng dự thi được."),
    "bank": N_("Phần riêng: đáp án mở sau đợt này không làm lộ câu hỏi của đợt sau."),
    "settle": N_("Chốt bằng tay để có thời gian xem lại các bài cần xem trước khi xác định người đạt giải."),
    "prediction": N_("Dùng để xếp thứ tự những người bằng điểm."),
}
CHOICES = {
    "patriotic": N_("thi đua yêu nước"),
    "new_rural": N_("xây dựng nông thôn mới"),
    "startup": N_("khởi nghiệp sáng tạo"),
    "innovation": N_("đổi mới sáng tạo"),
    "digital": N_("chuyển đổi số"),
    "hamlet": N_("xóm, tổ dân phố"),
    "agency": N_("cơ quan"),
    "school": N_("trường học"),
    "association": N_("hội, đoàn thể"),
    "commune": N_("xã, phường"),
    "first": N_("lượt đầu tiên"),
    "best": N_("lượt tốt nhất"),
    "last": N_("lượt cuối cùng"),
    "at_submit": N_("ngay khi nộp bài"),
    "after_settled": N_("sau khi chốt kết quả"),
    "never": N_("không công bố"),
    "auto": N_("tự động, khi hết giờ bài cuối"),
    "here": N_("xã này"),
    "common": N_("tất cả các xã cùng thi"),
    "dealt": N_("phần riêng, không trùng đợt khác"),
    "whole": N_("cả ngân hàng"),
    "by_hand": N_("bằng tay, khi Ban Tổ chức bấm"),
    "lives_in": N_("người sinh sống trên địa bàn"),
    "works_at": N_("cán bộ, người lao động của cơ quan, đơn vị"),
    "studies_at": N_("học sinh đã vào lớp bằng mã lớp"),
    "party_cell": N_("đảng viên các chi bộ"),
    "youth_branch": N_("đoàn viên các chi đoàn"),
    "body": N_("thành viên các tổ, ban"),
}
EDITED = {
    "title": N_("tên, lời giới thiệu"),
    "document": N_("văn bản phát động"),
    "themes": N_("chủ đề"),
    "stage": N_("thí điểm"),
    "bodies": N_("cơ quan tham gia"),
    "dates": N_("ngày giờ các đợt"),
    "rules": N_("thể lệ"),
}
STEPS = {
    "pack": N_("Chọn gói"),
    "who": N_("Ai tổ chức"),
    "when": N_("Khi nào"),
    "rules": N_("Thể lệ"),
    "check": N_("Xem lại"),
}


def said(words: dict[Any, str], code: Any) -> str:
    """The word for a code in the reader's language; the code itself where there is none."""
    return gettext(words[code]) if code in words else str(code)


def reason(deed: str, text: str | None) -> str:
    """Why something was done, as the timeline shows it; which parts were edited is kept as codes."""
    if deed == "campaign.edit":
        return ", ".join(said(EDITED, part) for part in (text or "").split())
    return text or ""


def stratum(row: dict[str, Any], topics: dict[str, Any]) -> str:
    """'5 câu dễ: VNeID, Chữ ký số' of a part of the paper."""
    names = ", ".join(shown.words(topics[code]) if code in topics else code for code in row.get("topics", ()))
    level = said(DIFFICULTIES, row["difficulty"]) if row.get("difficulty") else ""
    first = gettext("%(count)s câu %(level)s", count=row["count"], level=level).strip()
    return f"{first}: {names}" if names else first
