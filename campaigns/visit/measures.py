"""What visits and sessions count. Codes of services come from the catalogue; each has a title per stage."""

from backend.errors import N_
from backend.participation.measures import Measure
from campaigns.visit.catalogue import STANDARD
from campaigns.visit.schemas import STAGES

HOUSEHOLDS = "visit.households"
VISITS = "visit.visits"
FOLLOW_UPS = "visit.follow_ups_kept"
SESSIONS = "visit.sessions"
ASSISTED = "visit.assisted"
DISTINCT = frozenset({HOUSEHOLDS})
"""Measures that count a household once; whoever merges households moves these facts."""

TITLES = {
    "vneid": (
        N_("VNeID: người được giải thích"), N_("VNeID: người đã cài đặt"), N_("VNeID: người đã kích hoạt"), N_("VNeID: người tự dùng được"),
    ),
    "online_service": (
        N_("Dịch vụ công trực tuyến: người được giải thích"), N_("Dịch vụ công trực tuyến: người đã cài đặt"),
        N_("Dịch vụ công trực tuyến: người đã có tài khoản"), N_("Dịch vụ công trực tuyến: người tự dùng được"),
    ),
    "cashless": (
        N_("Thanh toán không dùng tiền mặt: người được giải thích"), N_("Thanh toán không dùng tiền mặt: người đã cài đặt"),
        N_("Thanh toán không dùng tiền mặt: người đã kích hoạt"), N_("Thanh toán không dùng tiền mặt: người tự dùng được"),
    ),
    "signature": (
        N_("Chữ ký số: người được giải thích"), N_("Chữ ký số: người đã cài đặt"), N_("Chữ ký số: người đã kích hoạt"),
        N_("Chữ ký số: người tự dùng được"),
    ),
    "e_commerce": (
        N_("Mua bán trên mạng: người được giải thích"), N_("Mua bán trên mạng: người đã cài đặt"),
        N_("Mua bán trên mạng: người đã có gian hàng hoặc tài khoản"), N_("Mua bán trên mạng: người tự dùng được"),
    ),
    "scam_advice": (
        N_("Phòng tránh lừa đảo: người được giải thích"), N_("Phòng tránh lừa đảo: người đã cài công cụ chặn"),
        N_("Phòng tránh lừa đảo: người đã bật bảo vệ"), N_("Phòng tránh lừa đảo: người tự nhận ra được"),
    ),
    "health_book": (
        N_("Sổ sức khỏe điện tử: người được giải thích"), N_("Sổ sức khỏe điện tử: người đã cài đặt"),
        N_("Sổ sức khỏe điện tử: người đã kích hoạt"), N_("Sổ sức khỏe điện tử: người tự dùng được"),
    ),
    "provincial_app": (
        N_("Ứng dụng của tỉnh: người được giải thích"), N_("Ứng dụng của tỉnh: người đã cài đặt"),
        N_("Ứng dụng của tỉnh: người đã kích hoạt"), N_("Ứng dụng của tỉnh: người tự dùng được"),
    ),
    "device_basics": (
        N_("Dùng điện thoại, mạng: người được giải thích"), N_("Dùng điện thoại, mạng: người đã cài đặt"),
        N_("Dùng điện thoại, mạng: người đã kích hoạt"), N_("Dùng điện thoại, mạng: người tự dùng được"),
    ),
    "other": (
        N_("Việc khác: người được giải thích"), N_("Việc khác: người đã cài đặt"), N_("Việc khác: người đã kích hoạt"),
        N_("Việc khác: người tự dùng được"),
    ),
}  # fmt: skip
"""In the order of STAGES."""


def guided(service: str, stage: str) -> str:
    """The measure of people brought that far with a service."""
    return f"visit.{service}.{stage}"


MEASURES = (
    Measure(HOUSEHOLDS, N_("Hộ đã được đến thăm"), "distinct", of_one_node=True),
    Measure(VISITS, N_("Lượt thăm hộ"), "sum"),
    Measure(FOLLOW_UPS, N_("Lượt thăm lại đúng hẹn"), "sum"),
    Measure(SESSIONS, N_("Buổi hướng dẫn chung"), "sum"),
    Measure(ASSISTED, N_("Người được hướng dẫn tại buổi chung"), "sum"),
    *(
        Measure(guided(service, stage), title, "sum")
        for service in STANDARD
        for stage, title in zip(STAGES, TITLES[service], strict=True)
    ),
)
