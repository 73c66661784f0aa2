"""How many people were guided how far, on the page and as a table to take away. Small figures are left out."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from flask import Response
from flask_babel import gettext

from admin import team_words
from admin.blueprint import TEAM_ROLES, actor, blueprint
from admin.visit_view import STAGES, View, asked_view, service_word
from backend import clock, http
from backend.errors import NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.safeguards.audit import note
from backend.tallies.disclosure import Cell, Table, hidden_cells, may_show
from backend.units.handout import as_csv
from campaigns.registry import settings_of
from campaigns.visit import supervision as work
from campaigns.visit.catalogue import STANDARD, in_order


@dataclass(frozen=True)
class StageRow:
    """One service and how many people got how far; None where showing it could point at somebody."""

    name: str
    people: list[int | None]


def stage_rows(view: View) -> list[StageRow]:
    """Of all the hamlets in view together. Figures of one to four people are hidden."""
    found = work.stages(http.session(), view.activity.id, units=view.units)
    return [
        StageRow(
            service_word(view.activity, service), [_safe(found[service].get(stage, 0)) for stage in STAGES]
        )
        for service in in_order(found, settings_of(view.activity))
        if any(found[service].values())
    ]


def _safe(people: int) -> int | None:
    return people if people == 0 or may_show(people, None) else None


@blueprint.get("/supervision/export.csv")
@writes_on_read
@guarded(staff_with(*TEAM_ROLES))
def supervision_export() -> Response:
    """Hamlets by households visited and people guided, as a table. Small figures about people are left out, with a
    neighbour where subtracting would bring them back. Raises NotFound without an activity.
    """
    view = asked_view()
    if view is None:
        raise NotFound
    note(
        http.session(), actor(), "visits.export", "activity", view.activity.id,
        unit=view.campaign.owner_unit_id, is_read=True,
    )  # fmt: skip
    answer = Response(as_csv(_table(view)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="tham-ho.csv"'
    return answer


def _table(view: View) -> list[list[str]]:
    session, order = http.session(), view.units
    covered = {row.unit: row for row in work.coverage(session, view.activity.id, order, clock.today())}
    by_unit = work.stages_by_unit(session, view.activity.id, order)
    found = {service for stages in by_unit.values() for service in stages}
    services = in_order({*STANDARD, *found}, settings_of(view.activity))
    columns = [(service, stage) for service in services for stage in STAGES[:-1]]
    safe = {column: _hidden(by_unit, order, column) for column in columns}
    heading = [gettext("Xóm"), gettext("Số hộ"), gettext("Hộ đã thăm")]
    heading += [
        f"{service_word(view.activity, service)}: {gettext(team_words.OUTCOMES[stage])}"
        for service, stage in columns
    ]
    rows = [
        [unit.heading, str(covered[unit.id].households), str(covered[unit.id].visited)]
        + [
            "" if unit.id in safe[column] else str(by_unit[unit.id].get(column[0], {}).get(column[1], 0))
            for column in columns
        ]
        for unit in view.hamlets
    ]
    return [heading, *rows]


def _hidden(
    by_unit: dict[uuid.UUID, dict[str, dict[str, int]]], order: list[uuid.UUID], column: tuple[str, str]
) -> Collection[uuid.UUID]:
    """The hamlets whose cell of this column stays empty. Nobody at all is no secret here: it is said as 0."""
    cells = {unit: Cell(by_unit[unit].get(column[0], {}).get(column[1], 0)) for unit in order}
    return hidden_cells(Table(cells), order) if any(0 < cell.did < 5 for cell in cells.values()) else set()
