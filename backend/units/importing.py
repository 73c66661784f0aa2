"""A commune's own units from a file: read, shown as a plan, and written only if the plan still fits.

Between the preview and the yes the rows wait in `unit_upload`. Whoever says yes holds the commune's row; the plan is worked
out once more against the units of that moment, and when it is no longer the one that was shown, nothing is written.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.units import change, listing, sheets, undoing
from backend.units.errors import PlanOutdated, UploadGone
from backend.units.listing import Trouble
from backend.units.models import Headcount, JoinCode, Unit, UnitLink, UnitName, UnitUpload
from backend.units.plan import Change, Plan, plan
from backend.units.refusals import Present, State
from backend.units.trees import LinesUp, holds_on

LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Preview:
    """What a file would change, and what in it could not be used. `composed`: lines whose letters were put together."""

    upload: uuid.UUID
    file_name: str
    plan: Plan
    troubles: tuple[Trouble, ...]
    composed: tuple[int, ...]


def preview(session: Session, commune: uuid.UUID, data: bytes, file_name: str) -> Preview:
    """Read a file and put its rows by for a yes. Raises SheetRefused."""
    read = listing.understand(sheets.read(data, file_name))
    planned = plan(read.entries, state(session, commune))
    _forget_old(session)
    upload = UnitUpload(
        commune_id=commune,
        file_name=file_name[:200],
        lines=listing.as_json(read.entries),
        digest=planned.digest,
        made_at=clock.now(),
    )
    session.add(upload)
    session.flush()  # the page names it
    troubles = tuple(sorted((*read.troubles, *planned.troubles), key=lambda trouble: trouble.line))
    return Preview(upload.id, upload.file_name, planned, troubles, read.composed)


def _forget_old(session: Session) -> None:
    session.execute(delete(UnitUpload).where(UnitUpload.made_at < clock.now() - LIFE))


def apply(session: Session, commune: uuid.UUID, upload_id: uuid.UUID, digest: str) -> Plan:
    """Write what was shown. Raises UploadGone (written already, or a day old), PlanOutdated (the units changed since)."""
    session.scalars(select(Unit).where(Unit.id == commune).with_for_update()).one()
    upload = session.scalars(
        select(UnitUpload).where(UnitUpload.id == upload_id, UnitUpload.commune_id == commune)
    ).first()
    if upload is None or upload.applied_at or upload.made_at < clock.now() - LIFE:
        raise UploadGone
    planned = plan(listing.from_json(upload.lines), state(session, commune))
    if not planned.digest == digest == upload.digest:
        raise PlanOutdated
    _write(session, planned, upload.file_name)
    upload.applied_at = clock.now()
    return planned


# --- what there is -----------------------------------------------------------------------------------------------------


def state(session: Session, commune: uuid.UUID) -> State:
    """The commune and everything below it in any tree, with what ended; other units only as taken codes."""
    today = clock.today()
    codes = {row.id: row for row in session.scalars(select(Unit))}
    ever = LinesUp(session).ever_below([commune])
    ours = {unit for unit in ever if codes[unit].valid_to is None}
    names = _names(session, ours)
    links, heads = _links(session, ours, codes, today), _heads(session, ours)
    units = {
        row.code: _present(row, names[unit], links.get(unit, {}), heads.get(unit, {}))
        if unit in ours
        else Present(row.code, row.kind, row.code, "", row.valid_from, row.valid_from, is_ours=False)
        for unit, row in codes.items()
    }
    units |= _ended(session, codes)
    join_codes = {row.code: codes[row.unit_id].code for row in session.scalars(select(JoinCode))}
    return State(codes[commune].code, units, join_codes, today)


def _present(
    row: Unit, name: UnitName, parents: dict[str, tuple[str, date]], heads: dict[tuple[str, date], int]
) -> Present:
    return Present(
        row.code, row.kind, name.name, name.level_word, row.valid_from, name.valid_from, parents, heads
    )


def _names(session: Session, units: set[uuid.UUID]) -> dict[uuid.UUID, UnitName]:
    rows = session.scalars(select(UnitName).where(UnitName.unit_id.in_(units)).order_by(UnitName.valid_from))
    return {row.unit_id: row for row in rows}


def _links(
    session: Session, units: set[uuid.UUID], codes: dict[uuid.UUID, Unit], today: date
) -> dict[uuid.UUID, dict[str, tuple[str, date]]]:
    found: dict[uuid.UUID, dict[str, tuple[str, date]]] = {}
    rows = session.scalars(
        select(UnitLink)
        .where(UnitLink.unit_id.in_(units), holds_on(UnitLink, today))
        .order_by(UnitLink.valid_from, UnitLink.tree)
    )
    for row in rows:
        found.setdefault(row.unit_id, {})[row.tree] = (codes[row.parent_id].code, row.valid_from)
    return found


def _heads(session: Session, units: set[uuid.UUID]) -> dict[uuid.UUID, dict[tuple[str, date], int]]:
    found: dict[uuid.UUID, dict[tuple[str, date], int]] = {}
    for row in session.scalars(select(Headcount).where(Headcount.unit_id.in_(units))):
        found.setdefault(row.unit_id, {})[row.population, row.on_date] = row.people
    return found


def _ended(session: Session, codes: dict[uuid.UUID, Unit]) -> dict[str, Present]:
    """Units that ended: their codes are not given again."""
    ended = {unit for unit, row in codes.items() if row.valid_to is not None}
    names = _names(session, ended)
    return {
        codes[unit].code: Present(
            codes[unit].code, codes[unit].kind, name.name, name.level_word, codes[unit].valid_from, name.valid_from,
            is_closed=True,
        )
        for unit, name in names.items()
    }  # fmt: skip


# --- writing it --------------------------------------------------------------------------------------------------------


def _write(session: Session, planned: Plan, file_name: str) -> None:
    ids = {code: unit for unit, code in session.execute(select(Unit.id, Unit.code))}
    for made in _parents_first([c for c in planned.changes if c.what == "added"], ids):
        ids[made.code] = change.found(
            session,
            code=made.code,
            kind=made.entry.kind,
            name=made.entry.name,
            level_word=made.entry.level_word,
            since=made.since,
            parents={made.tree: ids[made.parent]},
        )
    for later in planned.changes:
        _write_one(session, later, ids, f"Danh sách {file_name}")


def _parents_first(added: list[Change], ids: dict[str, uuid.UUID]) -> list[Change]:
    found, known = [], set(ids)
    while added:
        ready = [made for made in added if made.parent in known]
        found += ready
        known |= {made.code for made in ready}
        added = [made for made in added if made.code not in known]
    return found


def _write_one(session: Session, made: Change, ids: dict[str, uuid.UUID], document: str) -> None:
    unit, entry = ids[made.code], made.entry
    if made.what == "renamed":
        with undoing.remembered(session, [unit], []) as kept:
            change.rename(session, unit, entry.name, _level_word(session, unit, entry.level_word), made.since)
            kept.append(change.record(session, "rename", [(unit, unit)], on=made.since, document=document))
    elif made.what == "moved":
        with undoing.remembered(session, [unit], []) as kept:
            _move(session, unit, ids[made.parent], made)
            kept.append(change.record(session, "move", [(unit, unit)], on=made.since, document=document))
    elif made.what == "counted" and entry.people is not None:
        change.count_heads(session, unit, entry.population, made.since, entry.people, entry.source)
    elif made.what == "join_code":
        session.add(JoinCode(code=entry.join_code, unit_id=unit))


def _level_word(session: Session, unit: uuid.UUID, told: str) -> str:
    return told or _names(session, {unit})[unit].level_word


def _move(session: Session, unit: uuid.UUID, parent: uuid.UUID, made: Change) -> None:
    """What stood above it and what stands above it now are counted anew, for the days since."""
    before = set(LinesUp(session)(unit, made.since))
    change.place(session, unit, parent, made.tree, made.since)
    session.flush()  # the lines are read anew
    change.ask_recount(session, before ^ set(LinesUp(session)(unit, made.since)))
