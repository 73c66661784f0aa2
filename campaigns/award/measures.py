"""What awards count. The subject of a fact is the entry of the register, so each counts once and a revoked one no more."""

from backend.errors import N_
from backend.participation.measures import Measure

GIVEN = "award.given"
COLLECTIVE = "award.collective"
APPEALED = "award.appealed"

MEASURES = (
    Measure(GIVEN, N_("Cá nhân được khen thưởng, ghi nhận"), "sum"),
    Measure(COLLECTIVE, N_("Tập thể được khen thưởng, ghi nhận"), "sum"),
    Measure(APPEALED, N_("Người có kiến nghị về khen thưởng"), "distinct", is_sensitive=True),
)
