"""Where each kind of activity has its desk on the console: one line per kind that has one of its own."""

from flask import url_for

from admin.blueprint import IDEA_ROLES, MOVEMENT_ROLES, PLEDGE_ROLES, TEAM_ROLES
from backend import http
from campaigns.models import Activity

DESKS = {
    "visit": ("admin.supervision", TEAM_ROLES),
    "pledge": ("admin.pledges", PLEDGE_ROLES),
    "initiative": ("admin.ideas", IDEA_ROLES),
    "movement": ("admin.movements", MOVEMENT_ROLES),
}
"""Kind -> its page, and who may open it."""


def address(activity: Activity) -> str:
    """The kind's own desk for who may open it, else the page every activity has."""
    desk = own_desk(activity)
    return desk or url_for("admin.activity", activity_id=activity.id)


def own_desk(activity: Activity) -> str | None:
    view, roles = DESKS.get(activity.kind, (None, ()))
    return url_for(view, activity_id=activity.id) if view and http.staff().holds(*roles) else None
