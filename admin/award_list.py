"""What the rules of an activity suggest, each name with the facts behind it; a list is begun by whoever presses the button."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import award_words
from admin.blueprint import AWARD_KEEPERS, AWARD_PROPOSERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.models import RoleGrant
from backend.safeguards.audit import note
from backend.units.models import Unit
from backend.units.offices import offices
from backend.units.trees import holds_on, subtree
from campaigns.award import KIND as AWARD
from campaigns.award import prizes, proposals, queries, rules, suggesting
from campaigns.award.hands import Hand
from campaigns.award.models import LINES, TIERS, Case
from campaigns.award.schemas import RuleIn
from campaigns.models import Activity, Campaign
from campaigns.registry import sources

MOST_PLACES = 400
SHOWN = 200
"""As many names stand on the page; a list takes all of them."""


def activity_seen(award_id: uuid.UUID, by: Hand) -> tuple[Activity, Campaign]:
    """An activity of awards in a campaign of a unit this member acts for, or that is above it. Raises NotFound."""
    session = http.session()
    activity = session.get(Activity, award_id)
    if activity is None or activity.kind != AWARD.name:
        raise NotFound
    campaign = session.get_one(Campaign, activity.campaign_id)
    own = {unit for posts in by.posts.values() for unit, _ in posts}
    inside = set().union(*(subtree(session, campaign.owner_unit_id, clock.today(), tree) for tree in TREES))
    if not own & inside:
        raise NotFound
    return activity, campaign


TREES = ("territory", "party", "front", "youth")


@blueprint.get("/awards/<uuid:award_id>/suggestions")
@writes_on_read
@guarded(staff_with(*AWARD_KEEPERS, *AWARD_PROPOSERS))
def award_suggestions(award_id: uuid.UUID) -> Response:
    """The rules there are; with ?rule= what one of them finds. Raises NotFound."""
    return suggestions_page(award_id)


def suggestions_page(award_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    session, by = http.session(), award_words.hand()
    activity, campaign = activity_seen(award_id, by)
    settings = suggesting.settings_of(activity)
    rule = next((one for one in settings.rules if one.code == request.values.get("rule", "")), None)
    found, refused = (
        (None, None) if rule is None or not may_suggest(by, campaign) else _found(activity, campaign, rule)
    )
    error = error or refused
    pairs = places_for(by, campaign)
    return page(
        "award_list.html",
        error.status if error else 200,
        activity=activity,
        campaign=campaign,
        rules=settings.rules if may_suggest(by, campaign) else (),
        rule=rule,
        found=found,
        shown_rows=found.candidates[:SHOWN] if found else [],
        prizes={one.code: one.words for one in prizes.of(session, activity.id)} if found else {},
        free=sum(1 for one in found.candidates if one.taken is None) if found else 0,
        rows=queries.cases_seen(session, by, activity.id),
        pairs=pairs,
        units=award_words.names(unit for pair in pairs for unit in pair[2:]),
        is_keeper=may_keep(by, campaign),
        words=award_words,
        typed={name: typed(name) for name in ("achievement", "form", "place")},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def may_keep(by: Hand, campaign: Campaign) -> bool:
    return by.acts(("emulation_officer", "campaign_admin"), campaign.owner_unit_id, "state")


def may_suggest(by: Hand, campaign: Campaign) -> bool:
    """Suggestions name people of the whole commune: for the campaign's own office, not for each hamlet."""
    return may_keep(by, campaign) or by.acts(("party_office",), campaign.owner_unit_id, "party")


def _found(
    activity: Activity, campaign: Campaign, rule: RuleIn
) -> tuple[suggesting.Suggested | None, DomainError | None]:
    """What the rule finds, on the trail; or why nothing can be said yet."""
    try:
        found = suggesting.suggest(http.session(), activity, rule, sources(), award_words.hand())
    except DomainError as error:
        return None, error
    note(http.session(), actor(), "award.suggest", "activity", activity.id, unit=campaign.owner_unit_id,
         reason=rule.code, is_read=True)  # fmt: skip
    return found, None


def places_for(by: Hand, campaign: Campaign) -> list[tuple[str, str, uuid.UUID, uuid.UUID]]:
    """(line, tier, proposing, deciding) for which this member may begin a list: it proposes there, or keeps the book."""
    found = []
    for line in LINES:
        for tier in TIERS:
            chain = rules.chain_for(line, tier, clock.today())
            if chain is None:
                continue
            first, last = chain.links[0], chain.links[-1]
            for deciding in _deciding(by, campaign, line):
                proposing = set(by.units(first.roles, line))
                if by.acts(last.roles, deciding, line):
                    proposing |= _proposers(first.roles, deciding, line)
                found += [
                    (line, tier, unit, deciding) for unit in sorted(proposing, key=str) if _fits(unit, line)
                ]
    return found[:MOST_PLACES]


def _proposers(roles: tuple[str, ...], deciding: uuid.UUID, line: str) -> set[uuid.UUID]:
    """Units at or below the deciding one for which somebody can propose today: a list for another would wait for nobody."""
    tree = {"state": "territory"}.get(line, line)
    below = subtree(http.session(), deciding, clock.today(), tree)
    query = select(RoleGrant.unit_id).where(RoleGrant.role.in_(roles), holds_on(RoleGrant, clock.today()))
    return set(http.session().scalars(query.distinct())) & below


def _deciding(by: Hand, campaign: Campaign, line: str) -> list[uuid.UUID]:
    """The campaign's owner for the State, its Party organisation for the Party (so that papers and trail are that office's
    own); the Front's and the Youth Union's own units for theirs."""
    if line in ("state", "party"):
        owner = campaign.owner_unit_id
        return sorted(offices(http.session(), [owner], clock.today()).acting(owner, line), key=str)
    kinds = {"front": "association", "youth": "youth_branch"}
    mine = {unit for posts in by.posts.values() for unit, on in posts if on == line}
    units = [http.session().get_one(Unit, unit) for unit in mine]
    return sorted((unit.id for unit in units if unit.kind == kinds[line]), key=str)


def _fits(unit: uuid.UUID, line: str) -> bool:
    kind = http.session().get_one(Unit, unit).kind
    own = {
        "association": "front",
        "youth_branch": "youth",
        "party_cell": "party",
        "party_organisation": "party",
    }
    return own.get(kind, "state") == line or (line == "party" and kind == "commune")


# --- beginning a list -------------------------------------------------------------------------------------------------


@blueprint.post("/awards/<uuid:award_id>/suggestions")
@guarded(staff_with(*AWARD_KEEPERS, *AWARD_PROPOSERS))
def award_take_up(award_id: uuid.UUID) -> ResponseReturnValue:
    """A list with the chosen names, or with everybody suggested. Raises NotFound."""
    by = award_words.hand()
    activity, campaign = activity_seen(award_id, by)
    rule = suggesting.rule_of(activity, typed("rule", 40))
    if rule is None or not may_suggest(by, campaign):
        raise NotFound
    made: list[Case] = []

    def take() -> None:
        _, _, unit, deciding = place_typed(by, campaign)
        keys = None if typed("all", 3) == "yes" else set(request.form.getlist("key"))
        made.append(
            suggesting.take_up(
                http.session(), activity, rule, by, sources(), unit=unit, deciding=deciding, keys=keys
            )
        )

    return _to_case(award_id, refusal_of(take), made, "found")


@blueprint.post("/awards/<uuid:award_id>/cases")
@guarded(staff_with(*AWARD_KEEPERS, *AWARD_PROPOSERS))
def award_draft(award_id: uuid.UUID) -> ResponseReturnValue:
    """An empty list, for a nomination by a unit. Raises NotFound."""
    by = award_words.hand()
    activity, campaign = activity_seen(award_id, by)
    made: list[Case] = []

    def draft() -> None:
        line, tier, unit, deciding = place_typed(by, campaign)
        outline = proposals.Outline(line, tier, typed("form", 40), unit, deciding, typed("achievement", 300))
        made.append(proposals.draft(http.session(), activity, outline, by))

    return _to_case(award_id, refusal_of(draft), made, "new")


def _to_case(
    award_id: uuid.UUID, error: DomainError | None, made: list[Case], at: str
) -> ResponseReturnValue:
    if error:
        return suggestions_page(award_id, error, at)
    flash(gettext("Đã lập danh sách. Xin xem lại từng tên rồi bấm đề nghị."))
    return redirect(url_for("admin.award_case", case_id=made[0].id), 303)


def place_typed(by: Hand, campaign: Campaign) -> tuple[str, str, uuid.UUID, uuid.UUID]:
    """One of those offered. Raises NotFound."""
    line, _, rest = typed("place", 120).partition(":")
    tier, _, units = rest.partition(":")
    for one in places_for(by, campaign):
        if (line, tier, units) == (one[0], one[1], f"{one[2]}:{one[3]}"):
            return one
    raise NotFound
