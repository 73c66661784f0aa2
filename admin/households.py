"""Households by hamlet, as codes and nicknames: added, and given to a team after a look at what happens.

Who looks after a household may see it here: the organiser, the head of its hamlet, the leader of its team.
"""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import team_words
from admin.blueprint import TEAM_KEEPERS, TEAM_LEADERS, TEAM_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.team_words import (
    hamlet_seen,
    hamlets_seen,
    home_commune,
    keeps_teams,
    leads,
    must_keep,
    teams_seen,
)
from backend import clock, http
from backend.errors import N_, DomainError, NotAllowed, NotFound
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.teams import households as write
from backend.teams import queries
from backend.teams.models import NICKNAME
from backend.teams.queries import HouseholdView, TeamView
from backend.units.queries import NamedUnit

MOST_AT_ONCE = 500


class HouseholdIncomplete(DomainError):
    status = 409
    code = "household_incomplete"
    sentence = N_("Xin chọn loại hộ và ghi tên gọi để nhận ra hộ, nhiều nhất 60 chữ cái.")


class NicknameTaken(DomainError):
    status = 409
    code = "nickname_taken"
    sentence = N_("Xóm này đã có hộ mang tên gọi ấy. Xin thêm điểm nhận ra, ví dụ: nhà bác Tư gần cổng làng.")


class NothingChosen(DomainError):
    status = 409
    code = "no_household_chosen"
    sentence = N_("Xin chọn ít nhất một hộ (mỗi lần nhiều nhất 500 hộ) và chọn tổ.")


@dataclass(frozen=True)
class HamletRow:
    """A hamlet with how many households it has here, and how many of them nobody looks after."""

    unit: NamedUnit
    count: queries.Count


# --- the list ------------------------------------------------------------------------------------------------------------


@blueprint.get("/households")
@guarded(staff_with(*TEAM_ROLES))
def households() -> Response:
    """The hamlets in reach; one of them with its households, once it was chosen."""
    return _list_page()


def _list_page(error: DomainError | None = None, at: str = "") -> Response:
    session, hamlets = http.session(), hamlets_seen()
    words = request.values.get("q", "").replace("\x00", "")[:80]
    counts = queries.counts_in(session, [unit.id for unit in hamlets])
    chosen = _chosen_hamlet(hamlets)
    after = request.values.get("after", "")[:120]
    return page(
        "households.html",
        error.status if error else 200,
        hamlets=[HamletRow(unit, counts[unit.id]) for unit in hamlets],
        chosen=chosen,
        part=queries.part_of_hamlet(session, chosen.id, words=words, after=after) if chosen else None,
        after=after,
        teams={team.id: team for team in teams_seen()},
        duplicates=_duplicates(hamlets, chosen),
        words=words,
        kinds=team_words.HOUSEHOLD_KINDS,
        may_change=keeps_teams(),
        may_add=bool(chosen) and (keeps_teams() or _own_team(chosen) is not None),
        typed={name: typed(name, 200) for name in ("kind", "nickname", "team")},
        picked=set(request.form.getlist("household")),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _chosen_hamlet(hamlets: list[NamedUnit]) -> NamedUnit | None:
    """The one asked for; the only one there is."""
    asked = request.values.get("hamlet", "")
    if len(hamlets) == 1:
        return hamlets[0]
    return next((unit for unit in hamlets if str(unit.id) == asked), None)


def _duplicates(hamlets: list[NamedUnit], chosen: NamedUnit | None) -> list[queries.Duplicates]:
    """Of the hamlet chosen, or of all in reach."""
    wanted = [chosen.id] if chosen else [unit.id for unit in hamlets]
    return queries.duplicates(http.session(), home_commune().id, wanted)


def _own_team(hamlet: NamedUnit | None) -> TeamView | None:
    """The team the member leads that looks after this hamlet."""
    for team in teams_seen():
        if hamlet and leads(team) and any(area.id == hamlet.id for area in team.areas):
            return team
    return None


@blueprint.post("/households")
@guarded(staff_with(*TEAM_LEADERS))
def add_household() -> ResponseReturnValue:
    """A household known from now on; a leader's new one belongs to the leader's team. Raises NotFound, NotAllowed."""
    hamlet = hamlet_seen(_uuid(typed("hamlet", 40)))
    if not keeps_teams() and _own_team(hamlet) is None:
        raise NotAllowed
    made: list[str] = []
    if error := refusal_of(lambda: made.append(_add(hamlet))):
        return _list_page(error, "add")
    flash(gettext("Đã thêm hộ, mã %(code)s.", code=made[0]))
    return redirect(url_for("admin.households", hamlet=hamlet.id))


def _uuid(text: str) -> uuid.UUID:
    """Raises NotFound."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _add(hamlet: NamedUnit) -> str:
    """Raises HouseholdIncomplete, NicknameTaken."""
    session, nickname, kind = http.session(), typed_nickname(), typed("kind", 20)
    if kind not in team_words.HOUSEHOLD_KINDS:
        raise HouseholdIncomplete
    check_free(hamlet.id, nickname)
    team = _own_team(hamlet) if not keeps_teams() else _team_of(typed("team", 40))
    made = write.add(
        session,
        hamlet=hamlet.id,
        kind=kind,
        nickname=nickname,
        team=team.id if team else None,
        now=clock.now(),
    )
    note(session, actor(), "household.add", "household", made.id, unit=hamlet.id)
    return made.code


def typed_nickname() -> str:
    """Raises HouseholdIncomplete."""
    nickname = " ".join(typed("nickname", 200).split())
    if not nickname or len(nickname) > NICKNAME:
        raise HouseholdIncomplete
    return nickname


def check_free(hamlet: uuid.UUID, nickname: str, own: uuid.UUID | None = None) -> None:
    """Two households of a hamlet must be told apart. Raises NicknameTaken."""
    if queries.nickname_taken(http.session(), hamlet, nickname, own):
        raise NicknameTaken


def _team_of(text: str) -> TeamView | None:
    return next((team for team in teams_seen() if str(team.id) == text), None)


# --- many to a team ------------------------------------------------------------------------------------------------------


@blueprint.post("/households/assign")
@guarded(staff_with(*TEAM_KEEPERS))
def assign_households() -> ResponseReturnValue:
    """First what would change, then, agreed to, the change. Raises NotFound."""
    must_keep()
    team, chosen = _team_of(typed("team", 40)), _picked()
    nobody = typed("team", 40) == "none"
    if not chosen or len(chosen) > MOST_AT_ONCE or not (team or nobody):
        return _list_page(NothingChosen(), "assign")
    changing = [row for row in chosen if row.team != (team.id if team else None)]
    if typed("agreed", 3) != "yes":
        return _assign_page(team, chosen, changing)
    reason = typed("reason", 200)
    for row in changing:
        write.assign(http.session(), row.id, team.id if team else None, reason, actor=actor())
    flash(gettext("Đã giao %(count)s hộ. Máy của các tổ được báo ở lần đồng bộ tới.", count=len(changing)))
    return redirect(url_for("admin.households", hamlet=chosen[0].hamlet.id))


def _picked() -> list[HouseholdView]:
    """The households that were ticked, as far as they are in reach. One more than may be is enough to say so."""
    sent = [key for text in request.form.getlist("household") if (key := _key(text))][: MOST_AT_ONCE + 1]
    seen = {unit.id for unit in hamlets_seen()}
    rows = queries.household_views(http.session(), sent)
    return [row for row in rows.values() if row.hamlet.id in seen]


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _assign_page(
    team: TeamView | None, chosen: list[HouseholdView], changing: list[HouseholdView]
) -> Response:
    return page(
        "household_assign.html",
        team=team,
        chosen=chosen,
        changing=changing,
        teams={one.id: one for one in teams_seen()},
    )
