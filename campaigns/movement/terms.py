"""What movements are spoken of in: themes, reviews, and how a figure stands to the one before. Every page says the same."""

from backend.errors import N_

THEMES = {
    "patriotic": N_("Thi đua yêu nước"),
    "new_rural": N_("Xây dựng nông thôn mới"),
    "startup": N_("Khởi nghiệp sáng tạo"),
    "innovation": N_("Đổi mới sáng tạo"),
    "digital": N_("Chuyển đổi số"),
}
REVIEWS = {"interim": N_("Sơ kết"), "final": N_("Tổng kết")}
WAYS = {
    "up": N_("tăng so với trước"),
    "down": N_("giảm so với trước"),
    "same": N_("bằng trước"),
    "unknown": N_("chưa so được với trước"),
}
