"""Why a deed about an award does not count, in words. Codes are kept for ever; sentences may improve."""

from backend.errors import N_

DEEDS = {
    "award_unknown": N_("Không thấy phần khen thưởng này của Ông/Bà ở đây. Xin tải lại rồi thử lại."),
    "appeal_late": N_("Đã hết thời hạn kiến nghị trong ứng dụng. Ông/Bà vẫn gửi được đơn đến đơn vị quyết định khen thưởng."),
    "appeal_twice": N_("Ông/Bà đã gửi kiến nghị về việc này. Xin chờ trả lời."),
    "appeal_empty": N_("Xin ghi nội dung kiến nghị."),
}  # fmt: skip
