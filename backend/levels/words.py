"""Why a figure is not there, or a sum not exact: the same words at the console and on the public page."""

from backend.errors import N_

FLAGS = {
    "S": N_("ẩn vì số người ít"),
    "C": N_("ẩn kèm để không suy ra được"),
    "N": N_("chưa có số liệu"),
    "X": N_("chưa tính được"),
}
WHY = {
    "hidden": N_("%(count)s đơn vị giữ kín số của nhóm ít người"),
    "missing": N_("%(count)s đơn vị chưa có số trong tổng này"),
    "not_counted": N_("%(count)s đơn vị chưa có ai đếm"),
    "may_repeat": N_("một người có thể có ở hai đơn vị"),
    "no_bound": N_("chưa biết được nhiều nhất là bao nhiêu"),
    "estimated": N_("ước tính: chia theo tỷ lệ ghi trong văn bản"),
}
