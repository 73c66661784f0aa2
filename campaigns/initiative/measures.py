"""What initiatives count. The subject of a fact is the initiative, so each counts once; members are counted by their key.

Registered is not recognised: that is counted by a decision alone.
"""

from backend.errors import N_
from backend.participation.measures import Measure

REGISTERED = "initiative.registered"
SMALL = "initiative.small"
VALID = "initiative.valid"
RECOGNISED = "initiative.recognised"
REPLICATED = "initiative.replicated"
MEMBERS = "initiative.members"

MEASURES = (
    Measure(REGISTERED, N_("Hồ sơ sáng kiến đã gửi"), "sum"),
    Measure(SMALL, N_("Ý tưởng nhỏ đã gửi"), "sum"),
    Measure(VALID, N_("Hồ sơ sáng kiến hợp lệ"), "sum"),
    Measure(RECOGNISED, N_("Sáng kiến được công nhận"), "sum"),
    Measure(REPLICATED, N_("Sáng kiến đã nhân rộng"), "sum"),
    Measure(MEMBERS, N_("Đảng viên đã gửi sáng kiến"), "distinct", line="party", is_sensitive=True),
)
