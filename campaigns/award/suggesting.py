"""From evidence to names: what a rule finds, with the facts behind each. It only suggests; a list is begun by a person."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.rules import initials
from backend.db.statements import among
from backend.errors import N_
from backend.people.models import Person, SubjectLink
from backend.people.rules import age_group
from backend.units.lineage import lineage
from backend.units.models import Unit
from backend.units.queries import named_many
from backend.units.trees import subtree
from campaigns import evidence
from campaigns.award import prizes, register, rules
from campaigns.award.errors import NobodyNominated, SourceMissing, SourceNotSettled
from campaigns.award.hands import Hand, may_read
from campaigns.award.models import Case, Nominee
from campaigns.award.proposals import Candidate, Outline, add_all, draft, key_of
from campaigns.award.schemas import AwardSettings, RuleIn
from campaigns.evidence import Sources
from campaigns.models import Activity, Campaign

MOST = 5000
ELSEWHERE = N_("ở nơi khác")
COLLECTIVES = {
    "lives_in": ("hamlet", "territory"), "studies_at": ("school_class", "territory"),
    "works_at": ("agency", "territory"), "party_cell": ("party_cell", "party"),
    "youth_branch": ("youth_branch", "youth"),
}  # fmt: skip
"""How a campaign counts -> the kind of unit that is honoured for it, and the tree in which it stands below the owner."""


@dataclass(frozen=True)
class Suggested:
    """`is_silent`: some figures may not be said, so nothing is said of those units, neither for nor against."""

    rule: RuleIn
    candidates: list[Candidate]
    is_silent: bool = False


def settings_of(activity: Activity) -> AwardSettings:
    """The rules in force."""
    return msgspec.convert(activity.settings_in_force, AwardSettings)


def rule_of(activity: Activity, code: str) -> RuleIn | None:
    return next((rule for rule in settings_of(activity).rules if rule.code == code), None)


def suggest(session: Session, activity: Activity, rule: RuleIn, sources: Sources, by: Hand) -> Suggested:
    """What `by` may know of it. Raises SourceMissing, SourceNotSettled where results still change, Sealed."""
    read = source_of(session, activity, rule)
    if rule.board:
        found = Suggested(rule, _ranked(session, activity, rule, read, sources))
    elif rule.unit_review:
        found = Suggested(rule, _leading(session, rule, read, sources))
    elif rule.who == "unit":
        found = _units(session, activity, rule, read, sources)
    else:
        found = Suggested(rule, _people(session, rule, read, sources))
    return replace(found, candidates=_marked(session, activity, rule, found.candidates, by))


def source_of(session: Session, activity: Activity, rule: RuleIn) -> Activity:
    """The activity a rule reads. Raises SourceMissing."""
    query = select(Activity).where(Activity.campaign_id == activity.campaign_id, Activity.code == rule.of)
    found = session.scalars(query).first()
    if found is None:
        raise SourceMissing(code=rule.of)
    return found


def achievement_key(read: Activity, rule: RuleIn) -> str:
    """What counts as one achievement: what was achieved in the activity read, unless the rule names something narrower."""
    return f"{read.id}:{rule.once}" if rule.once else str(read.id)


def prize_scope(activity: Activity, rule: RuleIn, read: Activity) -> str:
    return f"{activity.id}:{read.id}" if settings_of(activity).one_prize == "each" else str(activity.id)


# --- people -----------------------------------------------------------------------------------------------------------


def _ranked(
    session: Session, activity: Activity, rule: RuleIn, read: Activity, sources: Sources
) -> list[Candidate]:
    placed = evidence.ranking(session, rule.board, read.id, rule.first + MOST)
    if placed is None:
        raise SourceNotSettled(title=read.title["vi"])
    by_place = {row.place: row for row in placed}
    names = names_of(session, [row.subject for row in placed])
    scope = prize_scope(activity, rule, read)
    prized = {key.partition(":")[2] for key, _ in register.with_prize(session, [scope])}
    standing = [rules.Placed(str(row.subject), row.place) for row in placed if row.subject in names]
    given = rules.top_with_one_prize(standing, _left(session, activity, rule), prized if rule.prizes else ())
    people = [
        Candidate(
            "person", names[by_place[one.place].subject], rule.achievement, by_place[one.place].subject,
            facts=_placed_facts(by_place[one.place], rule, read, sources), by_rule=rule.code,
            prize=one.prize or None, prize_scope=scope,
        )
        for one in given
    ]  # fmt: skip
    return people[: rule.first]


def _left(session: Session, activity: Activity, rule: RuleIn) -> list[rules.PrizeRow]:
    """The prizes of a rule that are still to be given, the best first; a rule without prizes only takes the first n."""
    if not rule.prizes:
        return [rules.PrizeRow("", rule.first)]
    known = {prize.code: one.left for prize, one in prizes.budget(session, activity.id)}
    return [rules.PrizeRow(code, known.get(code, 0)) for code in rule.prizes]


def _placed_facts(row: Any, rule: RuleIn, read: Activity, sources: Sources) -> list[dict[str, str]]:
    facts = [
        fact("Hoạt động", read.title["vi"]),
        fact("Xếp hạng theo", sources.book[rule.board].title),
        fact("Thứ hạng", str(row.place)),
        fact("Nộp lúc", row.handed_in.astimezone(clock.VIETNAM).strftime("%H:%M:%S %d/%m/%Y")),
    ]
    if {"right", "of"} <= row.result.keys():
        facts.append(fact("Số câu đúng", f"{row.result['right']}/{row.result['of']}"))
    if "elapsed_ms" in row.result:
        facts.append(
            fact("Thời gian làm bài (giây)", f"{row.result['elapsed_ms'] / 1000:.1f}".replace(".", ","))
        )
    if row.gap is not None:
        facts.append(fact("Chênh lệch dự đoán", str(row.gap)))
    return facts


def _people(session: Session, rule: RuleIn, read: Activity, sources: Sources) -> list[Candidate]:
    counts = evidence.person_counts(session, sources.book, rule.measure, read, rule.at_least, MOST)
    names = names_of(session, [subject for subject, _ in counts])
    title = sources.book[rule.measure].title
    return [
        Candidate(
            "person", names[subject], rule.achievement, subject, by_rule=rule.code,
            facts=[fact("Hoạt động", read.title["vi"]), fact(title, str(count)), fact("Mức quy định", f"từ {rule.at_least}")],
        )
        for subject, count in counts
        if subject in names
    ]  # fmt: skip


def names_of(session: Session, subjects: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """As they would be printed: a child by initials (Law 91/2025/QH15 art. 24). Whoever has left is not there."""
    query = (
        select(SubjectLink.subject, Person.name, Person.birth_year)
        .join(Person, Person.id == SubjectLink.person_id)
        .where(among(SubjectLink.subject, list(subjects)))
    )
    year = clock.today().year
    return {
        subject: initials(name) if age_group(birth, year) == "minor" else name
        for subject, name, birth in session.execute(query)
    }


# --- units ------------------------------------------------------------------------------------------------------------


def _units(session: Session, activity: Activity, rule: RuleIn, read: Activity, sources: Sources) -> Suggested:
    units = _collectives(session, activity)
    figures = evidence.settled_figures(session, sources.book, rule.measure, read, units, rule.take)
    names = named_many(session, units, clock.today())
    reached = {unit: rules.reaches(rules.Figure(value), rule.at_least) for unit, value in figures.items()}
    chosen = sorted((unit for unit, yes in reached.items() if yes), key=lambda unit: names[unit].code)
    found = [
        Candidate(
            "unit", names[unit].full_name, rule.achievement, unit=unit, by_rule=rule.code,
            facts=[
                fact("Hoạt động", read.title["vi"]),
                fact(sources.book[rule.measure].title, shown(figures[unit], rule.take)),
                fact("Mức quy định", "từ " + shown(Decimal(rule.at_least), rule.take)),
            ],
        )
        for unit in chosen
    ]  # fmt: skip
    return Suggested(rule, found, any(yes is None for yes in reached.values()))


def _collectives(session: Session, activity: Activity) -> list[uuid.UUID]:
    """Units below the campaign's owner that may be honoured together: all of one kind, or small ones would hide others."""
    campaign = session.get_one(Campaign, activity.campaign_id)
    kind, tree = COLLECTIVES[campaign.counts_by]
    below = subtree(session, campaign.owner_unit_id, clock.today(), tree)
    return sorted(
        session.scalars(select(Unit.id).where(among(Unit.id, list(below)), Unit.kind == kind)), key=str
    )


def _leading(session: Session, rule: RuleIn, read: Activity, sources: Sources) -> list[Candidate]:
    """Each unit once, with every criterion it leads by."""
    led: dict[uuid.UUID, list[dict[str, str]]] = {}
    for one in evidence.review_leaders(session, read, sources):
        led.setdefault(one.unit, [fact("Phong trào", read.title["vi"])]).append(
            fact(f"{one.title['vi']} ({one.group['vi']})", f"{one.value}, hạng {one.place}")
        )
    names = named_many(session, led, clock.today())
    return [
        Candidate("unit", names[unit].full_name, rule.achievement, unit=unit, by_rule=rule.code, facts=facts)
        for unit, facts in led.items()
        if unit in names
    ]


def fact(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def shown(value: Decimal | None, take: str) -> str:
    """'92,5%' or '1.204'."""
    if value is None:
        return "—"
    if take == "rate":
        return f"{value:.1f}".replace(".", ",").removesuffix(",0") + "%"
    return f"{int(value):,}".replace(",", ".")


# --- those who were honoured already ------------------------------------------------------------------------------------


def _marked(
    session: Session, activity: Activity, rule: RuleIn, found: list[Candidate], by: Hand
) -> list[Candidate]:
    """With their keys, and with the document by which the same achievement was honoured, or the list it waits on: where
    `by` may not read that case, only that it is somewhere else."""
    known = lineage(session)
    keyed = [replace(one, key=key_of(session, one, known)) for one in found]
    keys = [one.key for one in keyed]
    chain = rules.chain_for(rule.line, rule.tier, clock.today())
    achieved = achievement_key(source_of(session, activity, rule), rule)
    entered = register.honoured(session, keys, achieved, chain.guard if chain else "")
    taken = _waiting(session, keys, achieved, rule.tier, by)
    taken |= {key: register.document_for(session, row, by) or ELSEWHERE for key, row in entered.items()}
    return [replace(one, taken=taken.get(one.key)) for one in keyed]


def _waiting(session: Session, keys: Sequence[str], achieved: str, tier: str, by: Hand) -> dict[str, str]:
    query = (
        select(Nominee.recipient_key, Case)
        .join(Case, Case.id == Nominee.case_id)
        .where(
            Case.achievement_key == achieved, Case.tier == tier, Nominee.state != "struck",
            Case.state.not_in(("dropped", "registered")), Nominee.recipient_key.in_(list(keys)),
        )
    )  # fmt: skip
    rows = session.execute(query)
    return {key: case.achievement if may_read(by, case) else ELSEWHERE for key, case in rows}


def take_up(
    session: Session,
    activity: Activity,
    rule: RuleIn,
    by: Hand,
    sources: Sources,
    *,
    unit: uuid.UUID,
    deciding: uuid.UUID,
    keys: Collection[str] | None = None,
) -> Case:
    """A list begun by a person from what a rule suggests: the chosen ones (`keys`), or all who are not honoured yet.

    Raises what `suggest` and `proposals.draft` raise, NobodyNominated.
    """
    found = suggest(session, activity, rule, sources, by)
    chosen = [one for one in found.candidates if one.taken is None and (keys is None or one.key in keys)]
    if not chosen:
        raise NobodyNominated
    read = source_of(session, activity, rule)
    outline = Outline(
        rule.line, rule.tier, rule.form, unit, deciding, rule.achievement, achievement_key(read, rule)
    )
    case = draft(session, activity, outline, by)
    add_all(session, case, chosen, by)
    return case
