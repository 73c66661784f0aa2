"""One household: where it is and was, who looks after it and did; renamed, moved, and merged after a look at both."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown, team_words
from admin.blueprint import TEAM_KEEPERS, TEAM_LEADERS, TEAM_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.households import check_free, typed_nickname
from admin.team_words import (
    home_commune,
    household_seen,
    keeps_teams,
    leads,
    must_keep,
    teams_seen,
    typed_day,
)
from admin.visit_view import known_word
from backend import clock, http
from backend.errors import DomainError, NotAllowed, NotFound
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.teams import households as write
from backend.teams import queries
from backend.teams.errors import HouseholdUnknown
from backend.teams.merging import merge
from backend.teams.overview import history
from backend.teams.queries import HouseholdView
from backend.units.queries import children
from campaigns.visit import lines
from campaigns.visit.catalogue import STANDARD
from campaigns.visit.measures import DISTINCT


@blueprint.get("/households/<uuid:household_id>")
@guarded(staff_with(*TEAM_ROLES))
def household(household_id: uuid.UUID) -> ResponseReturnValue:
    """Where it is and was, who looks after it and did. One that was merged leads to the one that stands for it."""
    standing = write.resolve(http.session(), household_id)
    if standing != household_id:
        return redirect(url_for("admin.household", household_id=standing))
    return _household_page(household_id)


def _household_page(household_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    one, commune = household_seen(household_id), home_commune()
    return page(
        "household.html",
        error.status if error else 200,
        one=one,
        told=history(http.session(), household_id),
        visits=lines.history(http.session(), household_id),
        service_word=service_word,
        words=team_words,
        teams={team.id: team for team in teams_seen()},
        hamlets=children(http.session(), commune.id, "hamlet", clock.today()),
        kinds=team_words.HOUSEHOLD_KINDS,
        may_change=keeps_teams(),
        may_rename=_may_rename(one),
        typed={name: typed(name, 200) for name in ("nickname", "day", "hamlet", "code")},
        today=clock.today(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def service_word(code: str) -> str:
    """The standard name of a service; of one a campaign added, what that campaign calls it."""
    one = STANDARD.get(code)
    return shown.words({"vi": one.vi, "en": one.en}) if one else known_word(code)


def _may_rename(one: HouseholdView) -> bool:
    return keeps_teams() or any(team.id == one.team and leads(team) for team in teams_seen())


def _deed(household_id: uuid.UUID, at: str, do: Callable[[], object], done: str) -> ResponseReturnValue:
    """Do it, put it on the trail and say so; or show the page again with why not."""
    one = household_seen(household_id)
    if error := refusal_of(do):
        return _household_page(household_id, error, at)
    note(http.session(), actor(), f"household.{at}", "household", household_id, unit=one.hamlet.id)
    flash(done)
    return redirect(url_for("admin.household", household_id=household_id))


@blueprint.post("/households/<uuid:household_id>/name")
@guarded(staff_with(*TEAM_LEADERS))
def rename_household(household_id: uuid.UUID) -> ResponseReturnValue:
    one = household_seen(household_id)
    if not _may_rename(one):
        raise NotAllowed

    def rename() -> None:
        nickname = typed_nickname()
        check_free(one.hamlet.id, nickname, own=household_id)
        write.rename(http.session(), household_id, nickname)

    return _deed(household_id, "rename", rename, gettext("Đã đổi tên gọi."))


@blueprint.post("/households/<uuid:household_id>/card")
@guarded(staff_with(*TEAM_LEADERS))
def renew_card(household_id: uuid.UUID) -> ResponseReturnValue:
    """The card was lost: the old one opens nothing from now on."""
    if not _may_rename(household_seen(household_id)):
        raise NotAllowed
    return _deed(
        household_id,
        "card",
        lambda: write.new_card(http.session(), household_id),
        gettext("Đã cấp thẻ mới. Thẻ cũ không dùng được nữa."),
    )


@blueprint.post("/households/<uuid:household_id>/move")
@guarded(staff_with(*TEAM_KEEPERS))
def move_household(household_id: uuid.UUID) -> ResponseReturnValue:
    """Into another hamlet from a day on; what was done before stays with the one it was in."""
    _must_keep(household_id)
    hamlets = {str(u.id): u.id for u in children(http.session(), home_commune().id, "hamlet", clock.today())}

    def move() -> None:
        if typed("hamlet", 40) not in hamlets:
            raise NotFound
        day = typed_day(typed("day", 10)) if typed("day", 10) else clock.today()
        write.move(http.session(), household_id, hamlets[typed("hamlet", 40)], day)

    return _deed(household_id, "move", move, gettext("Đã ghi nơi ở mới. Số liệu trước ngày ấy ở lại xóm cũ."))


def _must_keep(household_id: uuid.UUID) -> HouseholdView:
    """Raises HouseholdUnknown, NotAllowed."""
    one = household_seen(household_id)
    must_keep()
    return one


@blueprint.post("/households/<uuid:household_id>/merge")
@guarded(staff_with(*TEAM_KEEPERS))
def merge_household(household_id: uuid.UUID) -> ResponseReturnValue:
    """This household becomes a part of another: first shown side by side, then, agreed to, done."""
    one, other = _must_keep(household_id), _other(household_id)
    if other is None:
        return _household_page(household_id, HouseholdUnknown(), "merge")
    if typed("agreed", 3) != "yes":
        session = http.session()
        pair = (history(session, household_id), history(session, other.id))
        return page("household_merge.html", one=one, other=other, pair=pair, kinds=team_words.HOUSEHOLD_KINDS)
    if error := refusal_of(lambda: merge(http.session(), household_id, other.id, distinct=DISTINCT)):
        return _household_page(household_id, error, "merge")
    note(
        http.session(),
        actor(),
        "household.merge",
        "household",
        other.id,
        unit=other.hamlet.id,
        reason=f"{one.code} → {other.code}",
    )
    flash(gettext("Đã gộp hai hộ làm một. Lượt thăm của cả hai vẫn xem được."))
    return redirect(url_for("admin.household", household_id=other.id))


def _other(household_id: uuid.UUID) -> HouseholdView | None:
    """The household whose code was typed, within reach."""
    found = queries.with_code(http.session(), typed("code", 40))
    return household_seen(found) if found and found != household_id else None
