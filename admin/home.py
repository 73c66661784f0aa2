"""The first page: what waits for this member, what is on now, what was, and the scorecards they may open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for
from flask_babel import gettext

from admin import card_words, rooms, shown
from admin.blueprint import (
    CARD_KEEPERS,
    CELL_SECRETARIES,
    IDEA_SECRETARIES,
    JUDGES,
    REPORT_ROLES,
    SCORECARD_READERS,
    TEAM_LEADERS,
    blueprint,
    page,
)
from admin.campaigns import RELEASERS
from admin.figures import PAPERS, PEOPLE, Pair, headline, papers_today, parts_of, totals, visible_activities
from admin.home_links import counts_waiting, links_waiting
from admin.ideas import ideas_waiting
from admin.pledges import pledges_waiting
from admin.proposals import proposals_waiting
from admin.put_aside import put_aside_seen
from admin.reports import reports_waiting
from admin.waiting import Waiting
from admin.waiting_records import records_waiting
from backend import clock, http
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.scorecards.queries import Figure
from backend.units.queries import NamedUnit, named_many, named_to_the_last
from campaigns import campaigns as life
from campaigns import results
from campaigns.contest import bank, doubts
from campaigns.contest.turn import settles_from
from campaigns.initiative.overview import to_hand_in
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named

APPEALS = 5
"""So many cards with an appeal are named one by one."""


@dataclass(frozen=True)
class Listed:
    """An activity as the first page lists it. `others`: the figures of a kind in which nobody hands in papers."""

    activity: Activity
    campaign: Campaign
    owner: NamedUnit
    href: str
    others: list[Figure]
    people: Figure
    papers: Figure
    today: int
    newest: datetime | None


@blueprint.get("/")
@guarded(staff_with())
def home() -> Response:
    """Activities in reach with their numbers, and the scorecards this member may open."""
    pairs = visible_activities()
    listed = _listed(pairs)
    return page(
        "home.html",
        waiting=list(_waiting(pairs)),
        now_on=[row for row in reversed(listed) if row.activity.state in ("open", "closed")],
        to_come=[row for row in listed if row.activity.state == "scheduled"],
        past=[row for row in listed if row.activity.state == "settled"],
        units=_own_units(),
    )


def _listed(pairs: list[Pair]) -> list[Listed]:
    arrived = papers_today([activity.id for activity, _ in pairs])
    owners = named_many(http.session(), {campaign.owner_unit_id for _, campaign in pairs}, clock.today())
    rows = []
    for activity, campaign in pairs:
        found = totals(activity, campaign)
        papers, came = headline(found, PAPERS), arrived.get(activity.id)
        came = None if papers.is_hidden else came
        rows.append(
            Listed(
                activity,
                campaign,
                owners[campaign.owner_unit_id],
                rooms.address(activity),
                [] if PEOPLE in found else list(found.values()),
                headline(found, PEOPLE),
                papers,
                today=came.since if came else 0,
                newest=came.newest if came else None,
            )
        )
    return rows


def _own_units() -> list[tuple[NamedUnit, list[NamedUnit]]]:
    """The units whose scorecards the member may open: those granted, each with the ones right below."""
    member = http.staff()
    granted = {unit for role in SCORECARD_READERS for unit in member.roles.get(role, ())}
    found = named_many(http.session(), granted, clock.today())
    return [(unit, parts_of(unit.id)) for unit in sorted(found.values(), key=lambda unit: unit.code)]


# --- what waits ------------------------------------------------------------------------------------------------------


def _waiting(pairs: list[Pair]) -> Iterator[Waiting]:
    """In the order of haste: drafts to release, rounds to settle, results to publish, questions to read again."""
    session, member = http.session(), http.staff()
    for campaign in life.campaigns(session, reach(session, member, *RELEASERS)):
        if campaign.state == "draft" and not life.missing(session, campaign):
            yield _to_release(campaign)
    organised = reach(session, member, "campaign_admin")
    for activity, campaign in pairs:
        if campaign.owner_unit_id in organised:
            yield from _of_round(activity)
    yield from counts_waiting(
        [activity for activity, campaign in pairs if campaign.owner_unit_id in organised]
    )
    yield from links_waiting()
    if member.holds(*TEAM_LEADERS) and (number := records_waiting()):
        yield _to_take_in(number)
    if member.holds(*TEAM_LEADERS) and (number := len(put_aside_seen())):
        yield _to_repair(number)
    for unit, number in pledges_waiting() if member.holds(*CELL_SECRETARIES) else ():
        yield _to_answer(unit, number)
    if member.holds(*IDEA_SECRETARIES) and (number := ideas_waiting()):
        yield _to_receive(number)
    if member.holds(*JUDGES) and (number := to_hand_in(session, member.person)):
        yield _to_judge(number)
    if member.holds(*CARD_KEEPERS):
        yield from _of_appeals()
    if member.holds(*REPORT_ROLES):
        yield from _of_reports()
    edited = reach(session, member, "question_editor")
    for campaign in life.campaigns(session, edited):
        yield from _to_read(campaign)


def _to_release(campaign: Campaign) -> Waiting:
    return Waiting(
        "release",
        shown.words(campaign.title),
        gettext("Bản nháp chờ Ông/Bà xem lại và phát hành."),
        url_for("admin.campaign", campaign_id=campaign.id),
    )


def _to_take_in(number: int) -> Waiting:
    return Waiting(
        "records",
        gettext("Ghi chép của các tổ"),
        gettext("%(number)s bản ghi chưa tính được ngay, chờ Ông/Bà xem lại.", number=number),
        url_for("admin.supervision", _anchor="waiting"),
    )


def _to_repair(number: int) -> Waiting:
    return Waiting(
        "asides",
        gettext("Ghi chép của các tổ"),
        gettext("%(number)s bản ghi để riêng vì chưa đọc được, chờ Ông/Bà xem.", number=number),
        url_for("admin.asides"),
    )


def _to_answer(unit: NamedUnit, number: int) -> Waiting:
    return Waiting(
        "pledges",
        gettext("Nêu gương: %(cell)s", cell=unit.full_name),
        gettext("%(number)s bản đăng ký chờ chi bộ xem.", number=number),
        url_for("admin.pledge_cell", unit_id=unit.id),
    )


def _to_receive(number: int) -> Waiting:
    return Waiting(
        "ideas",
        gettext("Sáng kiến"),
        gettext("%(number)s sáng kiến chờ Ông/Bà xem.", number=number),
        url_for("admin.ideas"),
    )


def _to_judge(number: int) -> Waiting:
    return Waiting(
        "sheets",
        gettext("Sáng kiến được giao chấm"),
        gettext("%(number)s phiếu chấm chưa nộp.", number=number),
        url_for("admin.idea_desk"),
    )


def _of_appeals() -> Iterator[Waiting]:
    """A card each, what is due first first; after a few of them how many more there are."""
    rows = card_words.appeals_waiting()
    due = {card.id: (card, appeal.answer_due) for appeal, card in reversed(rows)}  # the first due stays
    in_order = [due[one] for one in dict.fromkeys(card.id for _, card in rows)]
    names = named_to_the_last(http.session(), {card.unit_id for card, _ in in_order[:APPEALS]}, clock.today())
    for card, day in in_order[:APPEALS]:
        sentence = gettext("Có kiến nghị phải trả lời trước hết ngày %(day)s.", day=shown.day(day))
        if day < clock.today():
            sentence = gettext("Có kiến nghị đã quá hạn trả lời, hạn là ngày %(day)s.", day=shown.day(day))
        title = f"{card_words.period_title(card_words.period_of(card))}: {names[card.unit_id].full_name}"
        yield Waiting("appeal", title, sentence, url_for("admin.card", card_id=card.id, _anchor="appeals"))
    if len(in_order) > APPEALS:
        more = len(in_order) - APPEALS
        sentence = gettext("Còn %(number)s phiếu điểm khác có kiến nghị chờ trả lời.", number=more)
        yield Waiting("appeals", gettext("Kiến nghị về phiếu điểm"), sentence, url_for("admin.cards"))


def _of_reports() -> Iterator[Waiting]:
    """What lies with this member, and what their units must begin: late ones and those due within days."""
    mine, late, near = reports_waiting()
    for one in mine:
        href = url_for("admin.approval_page", submission_id=one.row.id)
        yield Waiting("report", one.title, shown.report_state(one.row.state), href)
    yield from _of_proposals()
    if late or near:
        sentence = gettext(
            "%(late)s báo cáo quá hạn, %(near)s báo cáo đến hạn trong 7 ngày.", late=late, near=near
        )
        yield Waiting("reports-due", gettext("Báo cáo phải gửi"), sentence, url_for("admin.reports"))


def _of_proposals() -> Iterator[Waiting]:
    """What units below ask and wait for, and what the level above has not answered in time."""
    held, late, unanswered = proposals_waiting()
    title, href = gettext("Kiến nghị lên cấp trên"), url_for("admin.proposals")
    if held:
        sentence = gettext(
            "%(held)s kiến nghị chờ Ông/Bà trả lời, trong đó %(late)s đã quá hạn.", held=held, late=late
        )
        yield Waiting("proposals", title, sentence, href)
    if unanswered:
        sentence = gettext("%(number)s kiến nghị đã quá hạn mà cấp trên chưa trả lời.", number=unanswered)
        yield Waiting("proposals-late", title, sentence, href)


def _of_round(activity: Activity) -> Iterator[Waiting]:
    title = shown.words(activity.title)
    if activity.state == "closed" and kind_named(activity.kind).publishes:
        yield from _doubtful(activity, title)
        until = settles_from(http.session(), activity)
        if until is None or until < clock.now():
            sentence = gettext("Đã đóng, không còn ai làm bài: có thể chốt kết quả.")
        else:
            sentence = gettext(
                "Đã đóng, còn người đang làm bài. Chốt được sau %(when)s.", when=shown.moment(until)
            )
        yield Waiting("settle", title, sentence, url_for("admin.settling", activity_id=activity.id))
    if not kind_named(activity.kind).publishes:
        return
    if activity.state == "settled" and results.published(http.session(), activity.id) is None:
        sentence = gettext("Đã chốt kết quả nhưng chưa công bố.")
        yield Waiting("publish", title, sentence, url_for("admin.results_page", activity_id=activity.id))


def _doubtful(activity: Activity, title: str) -> Iterator[Waiting]:
    number = doubts.how_many(http.session(), activity)
    if number is None:
        sentence = gettext("Xin xem các bài có dấu hiệu lạ trước khi chốt kết quả.")
    elif number:
        sentence = gettext("%(number)s bài có dấu hiệu lạ, xin xem trước khi chốt kết quả.", number=number)
    else:
        return
    yield Waiting("doubts", title, sentence, url_for("admin.removals", activity_id=activity.id))


def _to_read(campaign: Campaign) -> Iterator[Waiting]:
    unread = bank.counted(http.session(), campaign.id).unread
    if unread and campaign.state not in ("closed", "archived"):
        sentence = gettext("%(number)s câu hỏi chưa có người thứ hai đọc lại.", number=unread)
        href = url_for("admin.bank", campaign_id=campaign.id, reading="none")
        yield Waiting("reading", shown.words(campaign.title), sentence, href)
