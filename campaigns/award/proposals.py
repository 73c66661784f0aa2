"""A list of nominees: begun by whoever proposes or keeps lists, names put on it and struck off again, nobody twice."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from backend.units.lineage import Lineage, lineage
from backend.units.trees import own_line
from campaigns.award import forms, naming, rules
from campaigns.award.errors import (
    AlreadyNominated,
    AwardChanged,
    AwardNotNow,
    AwardNotYours,
    FormUnknown,
    NameAlike,
    NameMissing,
    NoChain,
    WordsMissing,
    WrongLine,
)
from campaigns.award.hands import Hand, require_stranger, trailed
from campaigns.award.models import ACHIEVEMENT, NAME, Case, Nominee, Prize
from campaigns.models import Activity

NOUN = "award_case"
KEY, SCOPE = 120, 100
"""Signs of a key of an achievement, and of what one prize is given within."""


@dataclass(frozen=True)
class Outline:
    """What a list is for. `unit` proposes, `deciding` decides. `achievement_key`: what counts as one achievement."""

    line: str
    tier: str
    form: str
    unit: uuid.UUID
    deciding: uuid.UUID
    achievement: str
    achievement_key: str = ""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be put on a list. `key`: kind and id. `facts`: what stands behind the name, [{label, value}].

    `prize`: its code; `prize_scope`: within which a person gets one prize. `taken`: the document by which this achievement
    was honoured already, or the list they stand on. `full_name`: of whom initials are printed. `is_other`: why somebody
    of a name that is there already is somebody else.
    """

    recipient_kind: str
    name: str
    achievement: str = ""
    subject: uuid.UUID | None = None
    unit: uuid.UUID | None = None
    firm: uuid.UUID | None = None
    facts: Sequence[dict[str, Any]] = field(default_factory=tuple)
    by_rule: str | None = None
    prize: str | None = None
    prize_scope: str | None = None
    key: str = ""
    taken: str | None = None
    full_name: str = ""
    is_other: str = ""


def key_of(
    session: Session, one: Candidate, known: Lineage | None = None, place: uuid.UUID | None = None
) -> str:
    """'person:<subject>', 'unit:<the unit that stands for it now>', 'firm:<id>'; without an account 'name:<of name and
    place>', the place being the unit that proposes. `known`: for who has read it already.
    """
    if one.recipient_kind == "unit" and one.unit:
        return f"unit:{(known or lineage(session)).today(one.unit)}"
    if one.recipient_kind == "firm" and one.firm:
        return f"firm:{one.firm}"
    if one.subject:
        return f"person:{one.subject}"
    if one.is_other:
        return f"name:{new_id()}"
    here = (known or lineage(session)).today(place) if place else uuid.NAMESPACE_OID
    return f"name:{uuid.uuid5(here, naming.spelled(one.full_name or one.name))}"


def draft(session: Session, activity: Activity, told: Outline, by: Hand) -> Case:
    """A new list. Raises NoChain, FormUnknown, WrongLine, NameMissing, AwardNotYours."""
    chain = rules.chain_for(told.line, told.tier, clock.today())
    if chain is None:
        raise NoChain
    _check_form(told)
    _check_line(session, told)
    if not told.achievement.strip():
        raise NameMissing
    case = Case(
        id=new_id(), activity_id=activity.id, line=told.line, tier=told.tier, form=told.form, unit_id=told.unit,
        deciding_unit_id=told.deciding, achievement=told.achievement.strip()[:ACHIEVEMENT],
        achievement_key=naming.fitted(
            told.achievement_key or naming.achieved(activity.id, told.achievement), KEY
        ),
        chain=rules.as_kept(chain), made_at=clock.now(), made_by=by.person, state="drafted", round=1, revision=1,
    )  # fmt: skip
    _require_keeper(case, by)
    session.add(case)
    session.flush()  # nominees and steps hang on its id
    note(session, Actor("staff", by.person), "award.draft", NOUN, case.id, unit=told.unit)
    return case


def _check_form(told: Outline) -> None:
    form = forms.on(clock.today()).by_code.get(told.form)
    if form is None or form.tier != told.tier or told.line not in form.lines:
        raise FormUnknown


def _check_line(session: Session, told: Outline) -> None:
    """The Front and the Youth Union act through their own units, the State through its own. Raises WrongLine."""
    own = {"state": ("territory",), "party": ("party", "territory"), "front": ("front",), "youth": ("youth",)}
    deciding = session.scalar(select(own_line(told.deciding)))
    proposing = session.scalar(select(own_line(told.unit)))
    if deciding not in own[told.line] or (told.line in ("front", "youth") and proposing != told.line):
        raise WrongLine


def chain_of(case: Case) -> rules.Chain:
    return rules.read_chain(case.chain)


def _require_keeper(case: Case, by: Hand) -> None:
    """Lists are kept by whoever proposes them and by whoever enters them in the book. Raises AwardNotYours."""
    chain = chain_of(case)
    first, last = chain.links[0], chain.links[-1]
    if not (
        by.acts(first.roles, case.unit_id, case.line) or by.acts(last.roles, case.deciding_unit_id, case.line)
    ):
        raise AwardNotYours


def held(session: Session, case: uuid.UUID, revision: int | None = None) -> Case:
    """Alone until the transaction ends. Raises NotFound, AwardChanged."""
    row = session.get(Case, case, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if revision is not None and row.revision != revision:
        raise AwardChanged
    return row


def nominees(session: Session, case: uuid.UUID, *states: str) -> list[Nominee]:
    """By the rank of their prize, then by name; all of them where no state is named."""
    query = select(Nominee).outerjoin(Prize, Prize.id == Nominee.prize_id).where(Nominee.case_id == case)
    if states:
        query = query.where(Nominee.state.in_(states))
    return list(session.scalars(query.order_by(func.coalesce(Prize.place, 10_000), Nominee.id)))


def add(session: Session, case: Case, one: Candidate, by: Hand) -> Nominee:
    """Put a name on the list. Raises AwardNotNow, AwardNotYours, FormUnknown, NameMissing, AlreadyNominated; for a name that
    is on the list or in the book for the same achievement NameAlike, until somebody says why it is another's.
    """
    _check_alike(session, case, one)
    (made,) = add_all(session, case, [one], by)
    return made


def _check_alike(session: Session, case: Case, one: Candidate) -> None:
    if one.is_other:
        if not rules.is_reason(one.is_other):
            raise WordsMissing
    elif one.recipient_kind != "unit":
        key = key_of(session, one, place=case.unit_id)
        if naming.there(session, case, one.full_name or one.name, key):
            raise NameAlike(name=" ".join(one.name.split()))


def add_all(session: Session, case: Case, many: Sequence[Candidate], by: Hand) -> list[Nominee]:
    """The same with many; all of them or none."""
    if case.state != "drafted":
        raise AwardNotNow
    _require_keeper(case, by)
    form = forms.on(clock.today()).by_code.get(case.form)
    if form and any(one.recipient_kind not in form.who for one in many):
        raise FormUnknown
    prizes = {
        row.code: row.id
        for row in session.scalars(select(Prize).where(Prize.activity_id == case.activity_id))
    }
    known = lineage(session)
    rows = [_nominee(session, case, one, prizes, known) for one in many]
    try:
        with session.begin_nested():
            session.add_all(rows)
            session.flush()
    except IntegrityError:
        there = {row.recipient_key for row in nominees(session, case.id)}
        double = next((one for one in many if key_of(session, one, known, case.unit_id) in there), many[0])
        raise AlreadyNominated(name=double.name) from None
    case.revision += 1
    return rows


def _nominee(
    session: Session, case: Case, one: Candidate, prizes: dict[str, uuid.UUID], known: Lineage
) -> Nominee:
    name = " ".join(one.name.split())
    achievement = one.achievement.strip() or case.achievement
    if not name or len(name) > NAME:
        raise NameMissing
    prize = prizes.get(one.prize or "")
    return Nominee(
        id=new_id(), case_id=case.id, recipient_kind=one.recipient_kind, recipient_key=key_of(session, one, known, case.unit_id),
        subject=one.subject, unit_id=one.unit, firm_id=one.firm, printed_name=name,
        achievement=achievement[:ACHIEVEMENT], prize_id=prize, facts=_facts(one), by_rule=one.by_rule,
        prize_scope=naming.fitted(one.prize_scope or f"{case.activity_id}:{case.achievement_key}", SCOPE) if prize else None,
        state="proposed",
    )  # fmt: skip


def _facts(one: Candidate) -> list[dict[str, Any]]:
    if not one.is_other:
        return list(one.facts)
    return [*one.facts, {"label": "Là người khác trùng tên", "value": one.is_other.strip()[:300]}]


def strike(session: Session, case: Case, nominee: uuid.UUID, why: str, by: Hand) -> None:
    """Take a name off, with the reason: by whoever keeps the list, then by whoever considers it. Raises WordsMissing,
    AwardNotNow, AwardNotYours, OwnAward, NotFound.
    """
    if not rules.is_reason(why):
        raise WordsMissing
    row = session.get(Nominee, nominee)
    if row is None or row.case_id != case.id or row.state == "struck":
        raise NotFound
    if case.state == "drafted":
        _require_keeper(case, by)
    else:
        onward = next((one for one in chain_of(case).links if one.before == case.state), None)
        if case.state not in rules.BEFORE_DECISION or onward is None:
            raise AwardNotNow
        by.require(onward.roles, case.deciding_unit_id, case.line)
        require_stranger(session, by, case.id)
    row.state, row.struck_why = "struck", why.strip()[:300]
    case.revision += 1
    note(
        session,
        Actor("staff", by.person),
        "award.strike",
        NOUN,
        case.id,
        unit=case.unit_id,
        reason=trailed(case, row.struck_why),
    )
