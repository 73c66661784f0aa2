"""Contests of many communes for everybody: the final list, ranked without names; a commune puts names to its own rows only."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import http
from backend.http import anybody, guarded
from backend.public.page import page
from backend.safeguards.signing import canonical
from campaigns.common_models import CommonContest, CommonFinal, CommonList, CommonRound
from campaigns.contest import common_expected, common_final, common_heard, common_list
from campaigns.models import Activity, Campaign

blueprint = Blueprint("common", __name__, template_folder="templates")


@dataclass(frozen=True)
class Shown:
    """A final list as a page shows it. `names`: own rows whose owners agreed to be named; `found`: what this node itself
    published and signed, on the level above only."""

    contest: str
    round: str
    title: dict[str, str]
    organiser: dict[str, str]
    number: int
    rows: list[dict[str, Any]]
    own: str | None
    names: dict[int, str]
    found: CommonFinal | None


@blueprint.get("/thi-chung")
@guarded(anybody)
def every() -> str:
    """Final lists that are public here, the latest first."""
    session = http.session()
    above = [_above(session, row) for row in common_list.all_published(session)]
    return page("common_every", lists=[*(one for one in above if one is not None), *_all_here(session)])


def _all_here(session: Session) -> list[Shown]:
    found = [
        (arrived, round_)
        for round_ in session.scalars(select(CommonRound))
        if (arrived := common_heard.final_list(session, round_)) is not None
    ]
    found.sort(key=lambda one: one[0].arrived_at, reverse=True)
    return [_here(session, *one) for one in found]


@blueprint.get("/thi-chung/<contest>/<round_>")
@guarded(anybody)
def one(contest: str, round_: str) -> ResponseReturnValue:
    """One list; before it is published, a page that says so."""
    session = http.session()
    shown = _found(session, contest, round_)
    if shown is None:
        return page("common_every", lists=[], missing=True), 404
    return page(
        "common_one", list=shown, units=common_expected.names(session, {row["unit"] for row in shown.rows})
    )


@blueprint.get("/thi-chung/<contest>/<round_>.json")
@guarded(anybody)
def statement(contest: str, round_: str) -> Response:
    """The very bytes that were signed here. A list that follows because a row was taken back is another number."""
    found = common_list.published(http.session(), contest, round_) or abort(404)
    answer = Response(canonical(found.statement), content_type="application/json")
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{contest}-{round_}-{found.number}.json"
    )
    answer.headers["Lantoa-Signature"] = found.signature
    answer.headers["Lantoa-Key"] = found.key_id
    return answer


def _found(session: Session, contest: str, round_: str) -> Shown | None:
    published = common_list.published(session, contest, round_)
    if published is not None:
        return _above(session, published)
    here = session.scalars(
        select(CommonRound).where(CommonRound.contest == contest, CommonRound.round == round_)
    ).first()
    arrived = common_heard.final_list(session, here) if here else None
    return _here(session, arrived, here) if here and arrived else None


def _above(session: Session, found: CommonFinal) -> Shown | None:
    row = session.get(CommonContest, found.contest)
    if row is None:
        return None
    return Shown(
        found.contest, found.round, _joined(row.title, _title(row, found.round)), row.terms["organiser"], found.number,
        common_list.shown_rows(session, found), None, {}, found,
    )  # fmt: skip


def _here(session: Session, arrived: CommonList, round_: CommonRound) -> Shown:
    """As it came from above, without own rows that were taken back since. Own are those of the unit the round was told for,
    whatever this commune has become a part of since."""
    activity = session.get_one(Activity, round_.activity_id)
    campaign = session.get_one(Campaign, activity.campaign_id)
    own, gone = round_.unit_code, common_final.withdrawn(session, round_.activity_id)
    rows = [row for row in arrived.said["rows"] if row["unit"] != own or row["number"] not in gone]
    names = common_final.names(session, round_.activity_id)
    return Shown(
        arrived.contest, arrived.round, _joined(campaign.title, activity.title), round_.terms["organiser"], arrived.number, rows, own,
        names, None,
    )  # fmt: skip


def _title(row: CommonContest, code: str) -> dict[str, str]:
    return next((dict(one["title"]) for one in row.rounds if one["code"] == code), {"vi": code})


def _joined(contest: dict[str, str], round_: dict[str, str]) -> dict[str, str]:
    """'Toàn tỉnh tìm hiểu chuyển đổi số. Đợt 1' in each language the round has."""
    return {
        language: f"{contest.get(language) or contest['vi']}. {words}" for language, words in round_.items()
    }
