"""Why a visit waits or does not count, in words. Codes are kept for ever; sentences may improve."""

from backend.errors import N_

DEEDS = {
    "not_in_team": N_("Hôm đó Ông/Bà chưa có tên trong Tổ nào. Bản ghi được giữ lại chờ Tổ trưởng hoặc cán bộ xem."),
    "household_unknown": N_("Hệ thống chưa có hộ này. Bản ghi được giữ lại và tự tính khi hộ được ghi vào danh sách."),
    "hamlet_unknown": N_("Không tìm thấy thôn, xóm này. Bản ghi được giữ lại chờ cán bộ xem."),
    "consent_not_told": N_("Có ghi việc đã hướng dẫn nhưng chưa ghi người gặp đã nghe đọc và đồng ý. Xin ghi lại lần thăm."),
    "not_own_visit": N_("Chỉ người đã ghi lần thăm mới sửa được lần thăm ấy."),
    "not_accepted": N_("Cán bộ đã xem và không nhận bản ghi này."),
}  # fmt: skip
