"""What pledges count: each member once a year, in the cell where membership is held on that day. Never a class."""

from backend.errors import N_
from backend.participation.measures import Measure

REGISTERED = "pledge.registered"
CONFIRMED = "pledge.confirmed"
DIGITAL = "pledge.digital_items"
MIDYEAR = "pledge.midyear_checked"
REVIEWED = "pledge.reviewed"
ASSESSED = "pledge.assessed"

MEASURES = (
    Measure(REGISTERED, N_("Đảng viên đã đăng ký nêu gương"), "distinct", line="party", is_sensitive=True),
    Measure(
        CONFIRMED,
        N_("Đảng viên có bản đăng ký được chi bộ xác nhận"),
        "distinct",
        line="party",
        is_sensitive=True,
    ),
    Measure(DIGITAL, N_("Việc chuyển đổi số đã được xác nhận"), "sum", line="party", is_sensitive=True),
    Measure(MIDYEAR, N_("Đảng viên đã được kiểm tra giữa năm"), "distinct", line="party", is_sensitive=True),
    Measure(REVIEWED, N_("Đảng viên đã tự đánh giá cuối năm"), "distinct", line="party", is_sensitive=True),
    Measure(
        ASSESSED,
        N_("Đảng viên đã có mức xếp loại được quyết định"),
        "distinct",
        line="party",
        is_sensitive=True,
    ),
)
