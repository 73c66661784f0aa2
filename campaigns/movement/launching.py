"""The documents that launch a movement: one of each authority, in each office it acts in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from backend.units.models import Unit
from backend.units.queries import named_to_the_last
from backend.units.trees import subtree
from backend.units.vocabulary import TREE_OF
from campaigns.models import Activity, Campaign
from campaigns.movement.errors import (
    DocumentMissing,
    LaunchedAlready,
    LineWrong,
    NoCriterion,
    NoDocument,
    NotHere,
    Over,
)
from campaigns.movement.models import LINES, Launch

STATE = "state"


@dataclass(frozen=True)
class Paper:
    """A signed document. `signer_title`: the office of whoever signed, as it stands under it."""

    number: str
    day: date
    title: str
    signer: str
    signer_title: str


@dataclass(frozen=True)
class Document:
    """A document as it is shown. `own` False: the one the campaign itself was launched by."""

    unit: uuid.UUID
    body: str
    line: str
    number: str
    day: date
    title: str
    signer: str = ""
    signer_title: str = ""
    own: bool = True


def launch(
    session: Session, activity: Activity, unit: uuid.UUID, line: str, paper: Paper, actor: Actor
) -> Launch:
    """An authority launches the movement, or joins those who did.

    Raises DocumentMissing, LaunchedAlready, LineWrong, NotHere, Over.
    """
    _check(session, activity, unit, line, paper)
    row = Launch(
        activity_id=activity.id,
        unit_id=unit,
        line=line,
        number=_one_line(paper.number, 60),
        document_date=paper.day,
        title=_one_line(paper.title, 300),
        signer=_one_line(paper.signer, 120),
        signer_title=_one_line(paper.signer_title, 160),
        at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise LaunchedAlready from error
    note(session, actor, "movement.launch", "activity", activity.id, unit=unit)
    return row


def _check(session: Session, activity: Activity, unit: uuid.UUID, line: str, paper: Paper) -> None:
    if activity.state == "settled":
        raise Over
    said = (paper.number, paper.title, paper.signer, paper.signer_title)
    if line not in LINES or not all(text.strip() for text in said) or paper.day > clock.today():
        raise DocumentMissing
    if unit not in authorities(session, activity):
        raise NotHere
    if line not in lines_of(session, activity, unit):
        raise LineWrong


def _one_line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


def authorities(session: Session, activity: Activity) -> set[uuid.UUID]:
    """The unit that runs the movement and what stands below it for the State, the Front and the Youth Union."""
    owner = session.get_one(Campaign, activity.campaign_id).owner_unit_id
    day = clock.today()
    return {owner}.union(
        *(subtree(session, owner, day, tree) for tree in ("territory", "party", "front", "youth"))
    )


def lines_of(session: Session, activity: Activity, unit: uuid.UUID) -> set[str]:
    """In which offices a unit may launch it: an association in the Front's, a youth branch in the Union's, a Party
    organisation in the Party's, every other in the State's.

    The unit that runs it acts in an office nobody below it holds: where no Front stands in the tree, one office serves
    both, as in `backend.units.offices`.
    """
    kind = session.get_one(Unit, unit).kind
    own = TREE_OF.get(kind, STATE)
    if unit != session.get_one(Campaign, activity.campaign_id).owner_unit_id:
        return {own}
    kinds = session.scalars(
        select(Unit.kind).where(among(Unit.id, authorities(session, activity))).distinct()
    )
    return {own} | (set(LINES) - {TREE_OF.get(one, STATE) for one in kinds})


def take_out(session: Session, activity: Activity, unit: uuid.UUID, line: str, actor: Actor) -> None:
    """A document that was written down wrongly, while the movement has not opened. Raises NotFound, Over."""
    row = session.get(Launch, (activity.id, unit, line))
    if row is None:
        raise NotFound
    if activity.state != "scheduled":
        raise Over
    session.delete(row)
    session.flush()
    note(session, actor, "movement.launch_out", "activity", activity.id, unit=unit)


def documents(session: Session, activity: Activity) -> list[Document]:
    """All of them, the State's first; the campaign's own where nobody wrote it down again."""
    rows = session.scalars(select(Launch).where(Launch.activity_id == activity.id)).all()
    campaign = session.get_one(Campaign, activity.campaign_id)
    names = _names(session, [campaign.owner_unit_id, *(row.unit_id for row in rows)])
    found = [
        Document(
            row.unit_id, names[row.unit_id], row.line, row.number, row.document_date, row.title, row.signer,
            row.signer_title,
        )
        for row in rows
    ]  # fmt: skip
    owner = campaign.owner_unit_id
    if (
        campaign.document_number
        and campaign.document_date
        and not any(one.unit == owner and one.line == STATE for one in found)
    ):
        told = (campaign.document_number, campaign.document_date, campaign.document_title or "")
        found.append(Document(owner, names[owner], STATE, *told, own=False))
    return sorted(found, key=lambda one: (LINES.index(one.line), one.day, one.body))


def _names(session: Session, units: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = named_to_the_last(session, units, clock.today())
    return {unit: found[unit].heading if unit in found else "" for unit in units}


def check_opening(session: Session, activity: Activity) -> None:
    """Raises NoDocument, NoCriterion."""
    if not activity.settings_in_force.get("criteria"):
        raise NoCriterion
    if not documents(session, activity):
        raise NoDocument
