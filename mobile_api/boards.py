"""The boards of an activity: people who agreed to be named, the own place, and hamlets beside hamlets of like size."""

import uuid
from typing import Any

from flask_babel import gettext

from backend import clock, http
from backend.errors import N_, NotFound
from backend.http import guarded, signed_in
from backend.leaderboards.queries import Row
from backend.people import queries as people
from backend.scorecards.standing import Side, band_words, side_by_side
from backend.units.likeness import Band
from backend.units.queries import NamedUnit
from campaigns import evidence
from campaigns.models import Activity
from campaigns.queries import public_activity as find_activity
from campaigns.registry import kind_named, settings_of
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.shown import words

blueprint = PhoneBlueprint("boards", __name__, description="Boards of people and of units")


@blueprint.route("/activities/<uuid:activity_id>/boards")
@guarded(signed_in)
@blueprint.response(200, s.BoardsSchema)
def read_boards(activity_id: uuid.UUID) -> dict[str, Any]:
    """Boards as they may be shown at this moment; people are ranked only once the results are settled.

    404 for a kind in which nobody is ranked.
    """
    activity, campaign = find_activity(http.session(), activity_id)
    if kind_named(activity.kind).board(settings_of(activity)) is None:
        raise NotFound
    return {
        "settled": activity.state == "settled",
        "how": _how(activity),
        "persons": _persons(activity),
        "units": _units(side_by_side(http.session(), activity.id, campaign.owner_unit_id)),
    }


def _how(activity: Activity) -> list[str]:
    kind = kind_named(activity.kind)
    settings = settings_of(activity)
    return kind.ranking_in_words(settings)[http.language()]


# --- people -------------------------------------------------------------------------------------------------------


def _persons(activity: Activity) -> dict[str, Any] | None:
    kind = kind_named(activity.kind)
    settings = settings_of(activity)
    rule = kind.board(settings)
    subject = http.me().subject
    board = evidence.shown_board(http.session(), rule.measure, activity.id, subject) if rule else None
    if board is None:
        return None
    return {
        "top": [_placed(row, subject) | {"name": row.name} for row in board.named],
        "mine": _mine(board, subject),
    }


def _mine(board: evidence.Shown, subject: uuid.UUID) -> dict[str, Any] | None:
    if board.mine is None:
        return None
    return {
        "place": board.mine.place,
        "of_people": board.people,
        "neighbours": [_placed(row, subject) for row in board.neighbours],
        "tie": _tie(board),
    }


def _placed(row: Row, subject: uuid.UUID) -> dict[str, Any]:
    return {
        "place": row.place,
        "right": row.result["right"],
        "of": row.result["of"],
        "elapsed_ms": row.result["elapsed_ms"],
        "gap": row.gap,
        "is_me": row.subject == subject,
    }


TIES = {
    "guess": N_("Người đứng ngay trước đúng bằng số câu, nhưng dự đoán sát hơn."),
    "elapsed_ms": N_("Người đứng ngay trước đúng bằng số câu, nhưng làm bài nhanh hơn."),
    "handed_in": N_("Người đứng ngay trước có kết quả như nhau, nhưng nộp bài sớm hơn."),
}


def _tie(board: evidence.Shown) -> str | None:
    """Why the neighbour with as many right answers stands before: the first link of the chain in which they differ."""
    mine = board.mine
    before = next((row for row in board.neighbours if mine and row.place == mine.place - 1), None)
    if mine is None or before is None or before.result["right"] != mine.result["right"]:
        return None
    parting = next(
        (field for field, _ in board.chain if _counted(before, field) != _counted(mine, field)), None
    )
    return gettext(TIES[parting]) if parting in TIES else None


def _counted(row: Row, field: str) -> object:
    """What the chain compares of a result: seconds, not milliseconds; a guess by its distance."""
    if field == "elapsed_ms":
        return row.result["elapsed_ms"] // 1000
    return {"guess": row.gap, "handed_in": row.handed_in}.get(field, row.result.get(field))


# --- units --------------------------------------------------------------------------------------------------------


def _units(side: Side) -> dict[str, Any]:
    session, today = http.session(), clock.today()
    own = people.unit_of(session, http.me().person, "lives_in", today)
    return {
        "level_word": side.level_word,
        "bands": [_band(band, own) for band in side.bands],
        "mine": _own(side, own) if own else None,
        "counted_on": side.counted_on.isoformat() if side.counted_on else None,
    }


def _band(band: Band[NamedUnit], own: uuid.UUID | None) -> dict[str, Any]:
    return {
        "title": words(band_words(band), http.language()),
        "leaders": [
            {
                "place": leader.place,
                "name": leader.row.unit.heading,
                "people": leader.row.people,
                "headcount": leader.row.headcount,
                "rate": float(leader.row.rate or 0),
                "is_mine": leader.row.unit.id == own,
            }
            for leader in band.leaders
        ],
        "others": band.others,
    }


def _own(side: Side, unit: uuid.UUID) -> dict[str, Any] | None:
    row = next((row for row in side.rows if row.unit.id == unit), None)
    if row is None:
        return None
    band = next(band for band in side.bands if unit in {u.id for u in band.units})
    return {
        "name": row.unit.heading,
        "band": words(band_words(band), http.language()),
        "people": row.people,
        "headcount": row.headcount,
        "rate": None if row.rate is None else float(row.rate),
        "hidden": unit in side.hidden,
    }
