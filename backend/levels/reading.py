"""What was told to this node, read as the values of this room. The only place here that knows how it is kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from backend.aggregates import queries
from backend.aggregates.models import ToldRevision, ToldSheet
from backend.calendars import Period
from backend.cards import shapes as cards
from backend.cards.models import CardTemplate
from backend.federation.peers.models import ACTIVE, CHILD, Peer, PeerReach
from backend.levels import values
from backend.levels.shapes import Figure, Sheet, Step, Told, ToldUnit
from backend.own_calendars import reading as own_calendars
from backend.units.models import Unit, UnitCrosswalk, UnitEvent


@dataclass(frozen=True)
class About:
    """Which figures a page is about."""

    dataset: str
    line: str
    period: Period

    @property
    def template(self) -> str:
        """'xa-thang' of 'figures/xa-thang'."""
        return self.dataset.partition("/")[2] or self.dataset


def offered(session: Session) -> list[About]:
    """Of what anybody told anything, the newest period first."""
    return [
        About(dataset, line, own_calendars.period(session, calendar, period))
        for dataset, line, calendar, period in queries.datasets(session)
    ]


def sheets(
    session: Session, about: About, units: Collection[str], *, only_tops: bool = True
) -> dict[str, Sheet]:
    """Unit code -> what stands of it. Two statements, and one for each template not read before."""
    told = queries.revisions(
        session, about.dataset, about.period.calendar, about.period.code, units, about.line
    )
    cells: dict[str, dict[str, dict[str, Figure]]] = {}
    for cell in queries.cells(
        session,
        about.dataset,
        about.period.calendar,
        about.period.code,
        units,
        about.line,
        only_tops=only_tops,
    ):
        cells.setdefault(cell.within, {}).setdefault(cell.unit_code, {})[cell.element] = values.figure(cell)
    templates: values.Templates = {}
    return {
        code: Sheet(values.told(session, row, templates, about.period), (), values.elements(row, values.template_of(session, row, templates)), cells.get(code, {}))
        for code, row in told.items()
    }  # fmt: skip


def sheet(session: Session, about: About, unit: str) -> Sheet | None:
    """What stands of one unit, with its parts as they were told last."""
    found = sheets(session, about, [unit], only_tops=False).get(unit)
    if found is None:
        return None
    parts = tuple(
        ToldUnit(one.code, one.name, one.level_word, one.kind, one.parent_code)
        for one in queries.parts(session, unit)
        if one.code in found.cells
    )
    return Sheet(found.told, parts, found.elements, found.cells)


def history(session: Session, about: About, unit: str) -> list[Sheet]:
    """Every revision of one unit and period, the oldest first, each as its own bytes say it."""
    rows = queries.history(session, unit, about.dataset, about.period.calendar, about.period.code, about.line)
    templates: values.Templates = {}
    bodies = values.bodies(session, rows)
    return [
        values.sheet_of_body(session, row, bodies[row.digest], templates, about.period)
        for row in rows
        if row.digest in bodies
    ]


def _rows_of(session: Session, about: About, digests: Iterable[str]) -> list[queries.Told]:
    found = session.execute(
        select(ToldSheet.unit_code, ToldRevision, (ToldRevision.id == ToldSheet.revision_id))
        .join(ToldRevision, ToldRevision.sheet_id == ToldSheet.id)
        .where(ToldRevision.digest.in_(sorted(digests)))
        .where(ToldSheet.dataset == about.dataset, ToldSheet.line == about.line)
    )
    return [
        queries.Told(
            unit, about.dataset, about.line, about.period.calendar, about.period.code, about.period.first,
            about.period.last, row.number, row.revision, row.state, row.reason, row.known_at, row.received_at,
            row.peer_id, row.epoch, row.digest, row.template_sha, row.said, stands,
        )
        for unit, row, stands in found
    ]  # fmt: skip


def waiting(session: Session, about: About, units: Collection[str]) -> dict[str, Told]:
    """Unit code -> the last revision that came, where one stands that was accepted before it. Two statements at most."""
    rows = session.execute(
        select(ToldRevision.digest)
        .join(ToldSheet, (ToldRevision.sheet_id == ToldSheet.id) & (ToldRevision.number == ToldSheet.number))
        .where(ToldRevision.id != ToldSheet.revision_id, ToldSheet.unit_code.in_(sorted(units)))
        .where(ToldSheet.dataset == about.dataset, ToldSheet.line == about.line)
        .where(ToldSheet.calendar == about.period.calendar, ToldSheet.period == about.period.code)
    )
    return {one.unit_code: one for one in with_digests(session, about, [row.digest for row in rows]).values()}


def with_digests(session: Session, about: About, digests: Collection[str]) -> dict[str, Told]:
    """Digest -> that revision, standing or not. One statement, none for nothing asked."""
    templates: values.Templates = {}
    return {
        row.digest: values.told(session, row, templates, about.period)
        for row in (_rows_of(session, about, digests) if digests else ())
    }


def first_received(session: Session, about: About, units: Collection[str]) -> dict[str, datetime]:
    """Unit code -> when its first revision of the period arrived: who told in time and put it right later was in time."""
    rows = session.execute(
        select(ToldSheet.unit_code, func.min(ToldRevision.received_at))
        .join(ToldRevision, ToldRevision.sheet_id == ToldSheet.id)
        .where(ToldSheet.dataset == about.dataset, ToldSheet.line == about.line)
        .where(ToldSheet.calendar == about.period.calendar, ToldSheet.period == about.period.code)
        .where(ToldSheet.unit_code.in_(sorted(units)))
        .group_by(ToldSheet.unit_code)
    )
    return dict(rows.all())


def steps(session: Session, kind: str) -> list[Step]:
    """What became of all units of that kind, in the order in which it holds; there are few. One statement."""
    old, new = aliased(Unit), aliased(Unit)
    rows = session.execute(
        select(old.code, new.code, UnitCrosswalk.weight, UnitCrosswalk.basis, UnitEvent.holds_from, UnitEvent.document, UnitEvent.issuer)
        .join(UnitEvent, UnitEvent.id == UnitCrosswalk.event_id)
        .join(old, old.id == UnitCrosswalk.from_id)
        .join(new, new.id == UnitCrosswalk.to_id)
        .where(UnitCrosswalk.from_id != UnitCrosswalk.to_id, old.kind == kind)
        .order_by(UnitEvent.holds_from, UnitEvent.id, new.code)
    )  # fmt: skip
    return [Step(*row[:6], row[6] or "") for row in rows]


def unit_with(session: Session, code: str) -> Unit | None:
    return session.scalars(select(Unit).where(Unit.code == code.replace("\x00", "")[:40])).first()


def speaking(session: Session, codes: Collection[str], about: About) -> set[str]:
    """Those of the units for which somebody enrolled speaks on this line, on the period's last day. One statement."""
    query = (
        select(PeerReach.unit_code)
        .join(Peer, Peer.id == PeerReach.peer_id)
        .where(Peer.state == ACTIVE, Peer.side == CHILD, Peer.line == about.line)
        .where(PeerReach.unit_code.in_(sorted(codes)), PeerReach.from_on <= about.period.last)
        .where(PeerReach.until_on.is_(None) | (PeerReach.until_on > about.period.last))
    )
    return set(session.scalars(query))


def titles(session: Session, codes: Collection[str]) -> dict[str, Mapping[str, str]]:
    """Template code -> its title in the newest version kept here; of one that is not here its code."""
    rows = session.execute(
        select(CardTemplate.code, CardTemplate.body)
        .where(CardTemplate.code.in_(sorted(set(codes))))
        .order_by(CardTemplate.version)
    )
    found = {code: cards.read(body).title for code, body in rows}
    return {code: found.get(code, {"vi": code}) for code in codes}
