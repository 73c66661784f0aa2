"""One list on its way: the names, the steps behind, and one next button, with the reason where this member is barred."""

import uuid

from flask import Response
from flask_babel import gettext
from sqlalchemy import select

from admin import award_words
from admin.award_names import firms_of
from admin.blueprint import AWARD_HANDS, AWARD_KEEPERS, AWARD_PROPOSERS, actor, blueprint, page
from admin.forms import typed
from backend import clock, http
from backend.certificates.batch_models import CertificateBatch
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people import staff
from backend.safeguards.audit import note
from campaigns.award import appeals, certificates, chain, forms, givers, prizes, proposals, queries, rules
from campaigns.award.errors import AwardedAlready, AwardNotNow, AwardNotYours, PrizeTaken
from campaigns.award.hands import Hand, may_read
from campaigns.award.models import Case, Nominee
from campaigns.models import Activity

FIELDS = (
    "words", "day", "present", "agreed", "minutes", "signer", "signer_title", "number", "name", "kind", "achievement",
    "prize", "why", "design", "issuer", "place", "receipt", "child", "is_other",
)  # fmt: skip


def case_seen(case_id: uuid.UUID, by: Hand) -> Case:
    """Raises NotFound: a list one has no part in is not there."""
    row = http.session().get(Case, case_id)
    if row is None or not may_read(by, row):
        raise NotFound
    return row


@blueprint.get("/awards/cases/<uuid:case_id>")
@writes_on_read
@guarded(staff_with(*AWARD_HANDS))
def award_case(case_id: uuid.UUID) -> Response:
    """The list; its reading is on the trail, for it names people. Raises NotFound."""
    return case_page(case_id)


def case_page(case_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    session, by = http.session(), award_words.hand()
    case = case_seen(case_id, by)
    note(session, actor(), "award.read", "award_case", case.id, unit=case.deciding_unit_id, is_read=True)
    steps = queries.steps_with_people(session, case.id)
    on_list = proposals.nominees(session, case.id)
    way = proposals.chain_of(case)
    people = {one.person_id for one in steps if one.person_id}
    may_edit = _may_edit(case, way, by)
    proposes = by.acts(way.links[0].roles, case.unit_id, case.line)
    asked = appeals.about(session, case.id) if proposes else []
    entered = {entry.nominee_id: number for entry, number in certificates.entries_of(session, case)}
    return page(
        "award_case.html",
        error.status if error else 200,
        case=case,
        chain=way,
        activity=session.get_one(Activity, case.activity_id),
        nominees=[one for one in on_list if one.state != "struck"],
        struck=[one for one in on_list if one.state == "struck"],
        steps=steps,
        people=staff.names_of(session, people),
        decision=chain.decision_of(session, case.id),
        buttons=buttons(case, by),
        done=_done(way, case),
        waits=_waits(case, way),
        may_edit=may_edit,
        may_strike=_may_strike(case, way, by),
        firms=firms_of(case) if may_edit else [],
        appeals=asked,
        may_cross=isinstance(error, AwardedAlready | PrizeTaken),
        may_appeal=proposes
        and case.state != "drafted"
        and all(one.proposer_id != by.person for one in asked),
        prizes=prizes.of(session, case.activity_id),
        entered=entered,
        designs=certificates.designs_for(session, case) if _may_print(case, way, by) else [],
        giver=givers.giver_of(session, case),
        batches=_batches(case),
        form=forms.on(clock.today()).by_code.get(case.form),
        forms_known=forms.on(clock.today()),
        units=award_words.names([case.unit_id, case.deciding_unit_id]),
        lists=http.staff().holds(*AWARD_KEEPERS, *AWARD_PROPOSERS),
        words=award_words,
        typed={name: typed(name) for name in FIELDS},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def buttons(case: Case, by: Hand) -> list[tuple[rules.Link, str]]:
    """The deeds this member's role opens, each with the sentence that bars them from it, or ''."""
    found = []
    for deed in rules.open_deeds(proposals.chain_of(case), case.state):
        step = rules.link(proposals.chain_of(case), case.state, deed)
        why = chain.why_not(http.session(), case, deed, by)
        if step is not None and why not in (AwardNotYours, AwardNotNow):
            found.append((step, gettext(why.sentence) if why else ""))
    return found


def _waits(case: Case, way: rules.Chain) -> tuple[str, str] | None:
    """Whose step it is: the roles, and the unit they are given on."""
    step = next((one for one in way.links if one.before == case.state), None)
    if step is None:
        return None
    unit = case.unit_id if step.where == "proposing" else case.deciding_unit_id
    roles = ", ".join(gettext(staff.ROLES[role]) for role in step.roles)
    named = award_words.names([unit])
    return roles, named[unit].full_name if unit in named else ""


def _done(way: rules.Chain, case: Case) -> list[tuple[rules.Link, str]]:
    """The steps of the chain, each 'done', 'now' or 'ahead'."""
    states = [one.before for one in way.links]
    at = (
        len(states)
        if case.state == "registered"
        else states.index(case.state)
        if case.state in states
        else -1
    )
    return [(one, "done" if n < at else "now" if n == at else "ahead") for n, one in enumerate(way.links)]


def _may_edit(case: Case, way: rules.Chain, by: Hand) -> bool:
    first, last = way.links[0], way.links[-1]
    keeps = by.acts(first.roles, case.unit_id, case.line) or by.acts(
        last.roles, case.deciding_unit_id, case.line
    )
    return case.state == "drafted" and keeps


def _may_strike(case: Case, way: rules.Chain, by: Hand) -> bool:
    if case.state == "drafted":
        return _may_edit(case, way, by)
    onward = next((one for one in way.links if one.before == case.state), None)
    return (
        onward is not None
        and case.state in rules.BEFORE_DECISION
        and by.acts(onward.roles, case.deciding_unit_id, case.line)
    )


def _may_print(case: Case, way: rules.Chain, by: Hand) -> bool:
    return case.state == "registered" and by.acts(way.links[-1].roles, case.deciding_unit_id, case.line)


def _batches(case: Case) -> list[CertificateBatch]:
    query = select(CertificateBatch).where(
        CertificateBatch.source_kind == certificates.SOURCE, CertificateBatch.source_id == case.id
    )
    return list(http.session().scalars(query.order_by(CertificateBatch.made_at)))


@blueprint.get("/awards/cases/<uuid:case_id>/nominees/<uuid:nominee_id>")
@writes_on_read
@guarded(staff_with(*AWARD_HANDS))
def award_nominee(case_id: uuid.UUID, nominee_id: uuid.UUID) -> Response:
    """The facts behind one name; each opening is on the trail. Raises NotFound."""
    session, by = http.session(), award_words.hand()
    case, one = case_seen(case_id, by), session.get(Nominee, nominee_id)
    if one is None or one.case_id != case.id:
        raise NotFound
    note(
        session,
        actor(),
        "award.read_facts",
        "award_nominee",
        one.id,
        unit=case.deciding_unit_id,
        is_read=True,
    )
    return page("award_nominee.html", case=case, one=one, words=award_words)
