"""Sets of targets: which one governs a unit, what stands in it with its contradictions, and how the unit stands towards it."""

import uuid
from codecs import BOM_UTF8
from dataclasses import dataclass

from flask import Response, request

from admin import target_words
from admin.blueprint import TARGET_KEEPERS, TARGET_ROLES, blueprint, page
from admin.target_reach import counted, days_open, in_reach, note_read, own_units, readable_set, readable_unit
from backend import clock, http
from backend.errors import NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import reach
from backend.targets import anomalies, csv_file, issuing, queries, series
from backend.targets.models import BETWEEN, PlanIndicator, Target, TargetSet
from backend.targets.rules import Between
from backend.targets.standing import Asked, Judged, judge, part_of, warnings
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import subtree
from backend.units.words import sort_key

MOST_SETS = 50
"""So many sets stand on one page."""


@dataclass(frozen=True)
class Governed:
    """A unit the member serves with the set that governs it."""

    unit: NamedUnit
    set: TargetSet | None


@dataclass(frozen=True)
class Row:
    """An indicator of a set. `cells`: horizon -> its targets with what is odd about each; `judged`: the unit's series."""

    indicator: PlanIndicator
    cells: dict[int, list[Target]]
    judged: list[Judged]


@blueprint.get("/targets")
@guarded(staff_with(*TARGET_ROLES))
def targets() -> Response:
    """The sets that govern the member's units, and every set of a unit in reach."""
    session, today, own = http.session(), clock.today(), own_units()
    holds = queries.sets_of(session, [unit.id for unit in own], today)
    governed = [Governed(unit, holds.get(unit.id)) for unit in own]
    sets = queries.sets_of_issuers(session, in_reach())
    ended = {one.supersedes_id for one in sets if one.valid_from <= today}
    number = min(max(request.args.get("page", 1, type=int), 1), 1000)
    shown_sets = sets[(number - 1) * MOST_SETS : number * MOST_SETS]
    return page(
        "targets.html",
        governed=governed,
        sets=shown_sets,
        number=number,
        more=len(sets) > number * MOST_SETS,
        ended=ended,
        issuers=named_many(session, {one.issuer_unit_id for one in shown_sets}, today),
        today=today,
        may_issue=bool(reach(session, http.staff(), *TARGET_KEEPERS)),
        words=target_words,
    )


@blueprint.get("/targets/sets/<uuid:set_id>")
@writes_on_read
@guarded(staff_with(*TARGET_ROLES))
def target_set(set_id: uuid.UUID) -> Response:
    """Indicators by horizons as the document writes them, contradictions beside the value, and a unit's figures."""
    session, of = http.session(), readable_set(set_id)
    lines, unit, between = queries.targets_of(session, set_id), _unit_of(of), _between(of)
    odd = anomalies.find(
        (queries.cell(line.indicator, each) for line in lines for each in line.targets), issuing.relations()
    )
    judged = (
        judge(
            session,
            lines,
            Asked(
                unit.id,
                clock.today(),
                between,
                counted(),
                part_of(of, unit),
                days_open(unit.id),
                of.valid_from,
            ),
        )
        if unit
        else {}
    )
    note_read("target_set", of.id, unit.id if unit else of.issuer_unit_id)
    return page(
        "target_set.html",
        of=of,
        issuer=named_many(session, [of.issuer_unit_id], clock.today()).get(of.issuer_unit_id),
        unit=unit,
        units=_units_of(of),
        between=between,
        years=sorted({each.horizon_year for line in lines for each in line.targets}),
        rows=[_row(line, judged.get(line.indicator.id, [])) for line in lines],
        below=_below(of, lines, unit),
        odd=target_words.by_place(odd),
        odd_count=len(odd),
        cells=sum(len(line.targets) for line in lines),
        warned=sum(bool(warnings(each)) for each in judged.values()),
        words=target_words,
    )


def _row(line: queries.Line, judged: list[Judged]) -> Row:
    cells: dict[int, list[Target]] = {}
    for each in line.targets:
        cells.setdefault(each.horizon_year, []).append(each)
    return Row(line.indicator, cells, judged)


def _units_of(of: TargetSet) -> list[NamedUnit]:
    """Units of the member this set governs today, the issuer's own among them."""
    session, today, own = http.session(), clock.today(), own_units()
    holds = queries.sets_of(session, [unit.id for unit in own], today)
    governed = [unit for unit in own if (found := holds.get(unit.id)) and found.id == of.id]
    if of.issuer_unit_id in in_reach() and of.issuer_unit_id not in {unit.id for unit in governed}:
        governed = [*named_many(session, [of.issuer_unit_id], today).values(), *governed]
    return governed


def _below(
    of: TargetSet, lines: list[queries.Line], shown_unit: NamedUnit | None
) -> list[tuple[NamedUnit, int]]:
    """Other units in reach that the set governs and that said something of it, in Vietnamese order; those that said
    nothing are not listed."""
    session, today = http.session(), clock.today()
    others = queries.nearer(session, of, today) | ({shown_unit.id} if shown_unit else set())
    mine = in_reach() & subtree(session, of.issuer_unit_id, today) - others
    told = series.told_by_unit(session, [line.indicator.id for line in lines], mine)
    named = sorted(named_many(session, told, today).values(), key=lambda unit: sort_key(unit.name))
    return [(unit, told[unit.id]) for unit in named]


def _unit_of(of: TargetSet) -> NamedUnit | None:
    """The unit asked for, in reach and governed by the set; else the first of the member's own. Raises NotFound, NotAllowed."""
    if asked := request.args.get("unit"):
        try:
            unit = readable_unit(uuid.UUID(asked))
        except ValueError:
            raise NotFound from None
        if not queries.governs(http.session(), of, unit.id, clock.today()):
            raise NotFound
        return unit
    return next(iter(_units_of(of)), None)


def _between(of: TargetSet) -> Between:
    """What is assumed between horizons: the set's own choice, or the other one looked at for a moment."""
    asked = request.args.get("between", "")
    found = asked if asked in BETWEEN else of.between_horizons
    return "linear" if found == "linear" else "none"


@blueprint.get("/targets/sets/<uuid:set_id>/targets.csv")
@writes_on_read
@guarded(staff_with(*TARGET_ROLES))
def target_set_file(set_id: uuid.UUID) -> Response:
    """Every target as it came in; with all=1 the denominators a cell names for itself as well. The mark at its beginning
    tells Excel that the letters are Unicode."""
    of = readable_set(set_id)
    note_read("target_set", of.id, of.issuer_unit_id, "csv")
    data = BOM_UTF8 + csv_file.write(
        queries.cells(http.session(), of.id), complete=request.args.get("all") == "1"
    )
    answer = Response(data, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="chi-tieu.csv"'
    return answer
