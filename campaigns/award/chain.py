"""The way of a case: each deed by the hand its line's chain names, four hands four people, nobody named on it among them."""

import uuid
from datetime import date

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import DomainError
from backend.safeguards.audit import Actor, note
from campaigns.award import proposals, register, rules
from campaigns.award.errors import (
    AwardNotNow,
    AwardNotYours,
    MinutesMissing,
    NobodyNominated,
    NumberMissing,
    NumberTaken,
    OwnAward,
    SamePerson,
    SignatureMissing,
    WordsMissing,
)
from campaigns.award.hands import Hand, Minutes, Paper, is_named, require_stranger, trailed
from campaigns.award.models import NAME, WORDS, Case, Decision, Step
from campaigns.award.proposals import NOUN, chain_of

HAND_COLUMNS = {
    "proposer": "proposer_id",
    "council": "council_id",
    "signer": "signer_id",
    "clerk": "clerk_id",
}


def hands_of(case: Case) -> dict[str, uuid.UUID]:
    """Hand -> who played it in this round."""
    told = {hand: getattr(case, column) for hand, column in HAND_COLUMNS.items()}
    return {hand: person for hand, person in told.items() if person}


def why_not(session: Session, case: Case, deed: str, by: Hand) -> type[DomainError] | None:
    """What bars this member from a deed that is open; the button says it before anybody presses."""
    step = rules.link(chain_of(case), case.state, deed)
    if step is None:
        return AwardNotNow
    unit = case.unit_id if step.where == "proposing" else case.deciding_unit_id
    if not by.acts(step.roles, unit, case.line):
        return AwardNotYours
    if is_named(session, by, case.id):
        return OwnAward
    if not rules.is_somebody_else(step.part, rules.Held(case.state, hands_of(case)), by.person):
        return SamePerson
    return None


def act(
    session: Session,
    case_id: uuid.UUID,
    deed: str,
    by: Hand,
    *,
    revision: int | None = None,
    words: str = "",
    minutes: Minutes | None = None,
    paper: Paper | None = None,
    cross_out: bool = False,
) -> Case:
    """Do the deed. `revision`: of the page it was pressed on; None for whoever holds the case already. `cross_out`: see
    `register.enter`. What the register would refuse is refused at every step towards it.

    Raises NotFound, AwardChanged, AwardNotNow, AwardNotYours, SamePerson, OwnAward, NobodyNominated, WordsMissing,
    MinutesMissing, SignatureMissing, NumberMissing, NumberTaken, and what entering the book raises.
    """
    case = proposals.held(session, case_id, revision)
    step = rules.link(chain_of(case), case.state, deed)
    if step is None:
        raise AwardNotNow
    unit = case.unit_id if step.where == "proposing" else case.deciding_unit_id
    by.require(step.roles, unit, case.line)
    require_stranger(session, by, case.id)
    if not rules.is_somebody_else(step.part, rules.Held(case.state, hands_of(case)), by.person):
        raise SamePerson
    if deed not in (rules.BACK, rules.DROP) and not proposals.nominees(session, case.id, "proposed", "kept"):
        raise NobodyNominated
    _take(session, case, step, by, words, minutes, paper)
    if step.after == "registered":
        register.enter(session, case, by, cross_out=cross_out)
    elif deed not in (rules.BACK, rules.DROP):
        register.check(session, case, by)
    return case


def _take(
    session: Session,
    case: Case,
    step: rules.Link,
    by: Hand,
    words: str,
    minutes: Minutes | None,
    paper: Paper | None,
) -> None:
    if step.needs == "words" and not rules.is_reason(words):
        raise WordsMissing
    if step.needs == "minutes":
        case.minutes = _minutes(minutes)
    if step.needs == "signature":
        case.signed = _signature(paper)
    if step.needs == "number":
        _number(session, case, paper)
    _move(session, case, step, by, words)


def _move(session: Session, case: Case, step: rules.Link, by: Hand, words: str) -> None:
    before = case.round
    if step.deed == rules.BACK:
        _begin_anew(session, case)
    elif step.part in HAND_COLUMNS and step.deed != rules.DROP:
        setattr(case, HAND_COLUMNS[step.part], by.person)
    if step.after in ("considered", "signed"):
        for row in proposals.nominees(session, case.id, "proposed"):
            row.state = "kept"
    case.state = step.after
    case.revision += 1
    session.add(
        Step(case_id=case.id, round=before, deed=step.deed, state=step.after, person_id=by.person, at=clock.now(),
             words=words.strip()[:WORDS])
    )  # fmt: skip
    note(session, Actor("staff", by.person), f"award.{step.deed}", NOUN, case.id, unit=case.deciding_unit_id,
         reason=trailed(case, words))  # fmt: skip


def _begin_anew(session: Session, case: Case) -> None:
    """The next round: other minutes, another signature, and the same people may play other hands."""
    case.round += 1
    case.minutes = case.signed = None
    for column in HAND_COLUMNS.values():
        setattr(case, column, None)
    for row in proposals.nominees(session, case.id, "kept"):
        row.state = "proposed"


def _minutes(told: Minutes | None) -> dict[str, object]:
    if (
        told is None
        or told.day > clock.today()
        or not 0 < told.agreed <= told.present
        or not told.words.strip()
    ):
        raise MinutesMissing
    return {
        "day": told.day.isoformat(), "present": told.present, "agreed": told.agreed, "words": told.words.strip()[:WORDS],
    }  # fmt: skip


def _signature(paper: Paper | None) -> dict[str, object]:
    if paper is None or not (paper.signer.strip() and paper.signer_title.strip()):
        raise SignatureMissing
    return {"signer": paper.signer.strip()[:NAME], "signer_title": paper.signer_title.strip()[:NAME]}


def _number(session: Session, case: Case, paper: Paper | None) -> None:
    day = paper.day if paper else None
    if paper is None or not paper.number.strip() or day is None or day > clock.today():
        raise NumberMissing
    signed = case.signed or {}
    put_decision(
        session, case.deciding_unit_id, case.line, paper.number, day, signed.get("signer", ""),
        signed.get("signer_title", ""), case=case.id,
    )  # fmt: skip


def put_decision(
    session: Session,
    unit: uuid.UUID,
    line: str,
    number: str,
    day: date,
    signer: str,
    signer_title: str,
    *,
    case: uuid.UUID | None = None,
    withdraws: uuid.UUID | None = None,
) -> uuid.UUID:
    """Two clerks, one number: the constraint lets one in. A decision that withdraws awards may withdraw several, line by
    line: the same number, day and signer once more are that decision. Raises NumberTaken.
    """
    tidy = " ".join(number.split())[:60]
    row = {
        "id": new_id(), "case_id": case, "unit_id": unit, "line": line, "number": tidy, "number_year": day.year,
        "day": day, "signer": signer[:NAME], "signer_title": signer_title[:NAME], "withdraws_id": withdraws,
    }  # fmt: skip
    made = (
        insert_into(session, Decision)
        .values(row)
        .on_conflict_do_nothing(index_elements=["unit_id", "line", "number", "number_year"])
        .returning(Decision.id)
    )
    if session.execute(made).first() is not None:
        return msgspec.convert(row["id"], uuid.UUID)
    there = session.scalars(
        select(Decision).filter_by(unit_id=unit, line=line, number=tidy, number_year=day.year)
    ).one()
    same = (there.day, there.signer, there.signer_title) == (day, row["signer"], row["signer_title"])
    if case is None and there.case_id is None and same:
        return there.id
    raise NumberTaken(number=tidy, year=day.year)


def decision_of(session: Session, case: uuid.UUID) -> Decision | None:
    return session.scalars(select(Decision).where(Decision.case_id == case)).first()


def steps_of(session: Session, case: uuid.UUID) -> list[Step]:
    return list(session.scalars(select(Step).where(Step.case_id == case).order_by(Step.at, Step.id)))
