"""Households that turned out to be the same, as the database follows them: for counting without reading them all."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, func, select

from backend.teams.models import Household


def homes() -> CTE:
    """(id, home): every merged household and the one that stands for it today, however many steps lie between."""
    query = select(Household.id.label("id"), Household.merged_into.label("home"))
    walk = query.where(Household.merged_into.is_not(None)).cte("merged", recursive=True)
    further = select(walk.c.id, Household.merged_into).join(Household, Household.id == walk.c.home)
    walk = walk.union(further.where(Household.merged_into.is_not(None)))
    last = select(walk.c.id, walk.c.home).join(Household, Household.id == walk.c.home)
    return last.where(Household.merged_into.is_(None)).cte("homes")


def home_of(column: Any, merged: CTE) -> ColumnElement[Any]:
    """The household that stands for the one in `column`, where `merged` was joined by it from outside."""
    return func.coalesce(merged.c.home, column)
