"""What movements count: entrants, each once, where they are. The subject of a fact is the enrolment, never a person."""

from backend.errors import N_
from backend.participation.measures import Measure

ENROLLED = "movement.enrolled"
FIRMS = "movement.firms"
ASSESSED = "movement.assessed"
COMPLETED = "movement.completed"

OF_FIRMS = frozenset({FIRMS, ASSESSED})
"""A household business is a person: few of them are told no more than few people are."""

MEASURES = (
    Measure(ENROLLED, N_("Đơn vị đăng ký thi đua đã được xác nhận"), "sum"),
    Measure(FIRMS, N_("Doanh nghiệp, hộ kinh doanh, hợp tác xã đăng ký"), "sum"),
    Measure(ASSESSED, N_("Doanh nghiệp, hộ kinh doanh, hợp tác xã đã tự đánh giá"), "sum"),
    Measure(COMPLETED, N_("Đơn vị đạt mọi tiêu chí đã đăng ký"), "sum"),
)
