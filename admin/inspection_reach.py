"""What a running inspection file opens to its team on pages that others read by their role; every look is written down."""

import uuid
from datetime import date

from admin.blueprint import INSPECTORS, actor
from backend import clock, http
from backend.inspection import queries, rules
from backend.inspection.errors import NotOpen
from backend.inspection.queries import FileLine, Finding

Days = tuple[date, date]


def opened(*materials: str, days: Days | None = None, whole: bool = False) -> dict[uuid.UUID, FileLine]:
    """Unit -> the running file that opens one of these materials of it to the member; with `days` one that covers them."""
    bodies = http.staff().roles.get(INSPECTORS[0], frozenset())
    found: dict[uuid.UUID, FileLine] = {}
    for line in queries.running_for(http.session(), actor()) if bodies else ():
        held, wanted = line.file, set(materials)
        is_open = held.unit_id in bodies and wanted & set(held.materials)
        if is_open and (
            days is None or rules.covers_days((held.first, held.last), *days, clock.today(), whole=whole)
        ):
            for unit in line.units:
                found.setdefault(unit, line)
    return found


def read(
    unit: uuid.UUID, material: str, what: str, days: Days | None = None, *, whole: bool = False
) -> FileLine:
    """Written down for the unit's head, with the file's number. Raises NotOpen."""
    line = opened(material, days=days, whole=whole).get(unit)
    if line is None:
        raise NotOpen
    queries.read_under(http.session(), line, unit, material, what, actor())
    return line


def findings(unit: uuid.UUID, kind: str, subject: uuid.UUID | str | None = None) -> list[Finding]:
    """What inspections found on a figure, for the page of that figure."""
    return queries.findings_on(http.session(), unit, kind, subject)
