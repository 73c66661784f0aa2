"""The first page of awards: what waits for this member, every list they have a part in, and where awards are found."""

import uuid

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import award_words
from admin.blueprint import AWARD_HANDS, AWARD_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from campaigns import lifecycle
from campaigns.award import chain, founding, proposals, queries, rules
from campaigns.award.hands import KEEPERS, Hand
from campaigns.award.models import Case
from campaigns.award.schemas import AwardSettings, RuleIn
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named, settings_of

FIRST = 10
"""As many of a ranking are suggested where no pack says how many."""


@blueprint.get("/awards")
@guarded(staff_with(*AWARD_HANDS))
def awards() -> Response:
    """What waits for this member first."""
    return _awards_page()


def _awards_page(error: DomainError | None = None) -> Response:
    session, by = http.session(), award_words.hand()
    rows = queries.cases_seen(session, by)
    owners = by.units(KEEPERS)
    return page(
        "awards.html",
        error.status if error else 200,
        rows=rows,
        mine=[row for row in rows if waits_for(row, by)],
        many=queries.how_many(session, [row.id for row in rows]),
        units=award_words.names(unit for row in rows for unit in (row.unit_id, row.deciding_unit_id)),
        found=queries.award_activities(session, owners),
        without=queries.campaigns_without(
            session, by.units(("emulation_officer", "campaign_admin"), "state")
        ),
        books=queries.books_seen(session, by),
        keeps=http.staff().holds(*AWARD_KEEPERS),
        words=award_words,
        sentence=http.sentence_of(error) if error else "",
    )


def waits_for(case: Case, by: Hand) -> bool:
    """Whether the step onward is this member's, by role; who is barred from it reads so on the case."""
    step = next((one for one in proposals.chain_of(case).links if one.before == case.state), None)
    if step is None:
        return False
    unit = case.unit_id if step.where == "proposing" else case.deciding_unit_id
    others = {person for hand, person in chain.hands_of(case).items() if hand != step.part}
    return by.acts(step.roles, unit, case.line) and (step.part not in rules.HANDS or by.person not in others)


@blueprint.post("/awards/campaigns/<uuid:campaign_id>")
@guarded(staff_with(*AWARD_KEEPERS))
def award_found(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Awards for a campaign that has none: the first of each ranking are suggested. Raises NotFound."""
    session, by = http.session(), award_words.hand()
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.owner_unit_id not in by.units(
        ("emulation_officer", "campaign_admin"), "state"
    ):
        raise NotFound
    made: list[Activity] = []

    def found() -> None:
        founding.alone(session)
        made.extend(founding.of_campaign(session, campaign))
        if made:
            return  # somebody was quicker
        made.append(founding.add(session, campaign, AwardSettings(rules=_rules(campaign)), by))
        lifecycle.open_activity(session, made[0], actor())

    if error := refusal_of(found):
        return _awards_page(error)
    flash(gettext("Đã mở phần khen thưởng của cuộc vận động."))
    return redirect(url_for("admin.award_suggestions", award_id=made[0].id), 303)


def _rules(campaign: Campaign) -> tuple[RuleIn, ...]:
    """One for each activity of the campaign that ranks people."""
    query = (
        select(Activity).where(Activity.campaign_id == campaign.id).order_by(Activity.opens_at, Activity.code)
    )
    found = []
    for number, activity in enumerate(http.session().scalars(query), start=1):
        board = kind_named(activity.kind).board(settings_of(activity))
        if board is not None:
            title = f"Đạt kết quả cao: {activity.title['vi']}"[:300]
            found.append(RuleIn(f"xep-hang-{number}", title, activity.code, board=board.measure, first=FIRST))
    return tuple(found)
