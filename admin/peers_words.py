"""What the pages about links between nodes call things."""

from admin import refusal_words, stream_words
from backend.errors import N_
from backend.units.offices import LINE_WORDS as LINES

__all__ = ["LINES", "LOOKS", "SIDES", "STATES", "stream", "why"]

SIDES = {"parent": N_("Cấp trên"), "child": N_("Cấp dưới")}
STATES = {
    "proposed": N_("Chờ người thứ hai xác nhận"),
    "active": N_("Đang kết nối"),
    "suspended": N_("Đang tạm dừng"),
    "revoked": N_("Đã thu hồi"),
}
LOOKS = {"proposed": "wait", "active": "open", "suspended": "off", "revoked": "off"}

why, stream = refusal_words.why, stream_words.name
