"""The days of a year of pledges, counted from the opening. Pure."""

from datetime import datetime, timedelta

from backend.clock import local_day
from campaigns.models import Activity
from campaigns.pledge.schemas import DatesOut, PledgeSettings


def register_until(activity: Activity, settings: PledgeSettings) -> datetime:
    return activity.opens_at + timedelta(days=settings.register_days)


def year_of(activity: Activity) -> int:
    """The year a pledge is for: the one in which the activity opened, in Viet Nam."""
    return local_day(activity.opens_at).year


def dates(activity: Activity, settings: PledgeSettings) -> DatesOut:
    def after(days: int) -> str:
        return local_day(activity.opens_at + timedelta(days=days)).isoformat()

    return DatesOut(after(settings.register_days), after(settings.midyear_day), after(settings.review_day))
