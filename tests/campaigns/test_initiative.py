"""Initiatives on their way: written on phones, handed in once, received, recognised by a decision, forgotten with their authors."""

import io
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from backend import clock
from backend.errors import DomainError, NotFound
from backend.units.errors import PlanOutdated
from campaigns.initiative import adoption, challenges, discussion, gallery, importing, intake, recognition
from campaigns.initiative.errors import (
    AlreadyRecognised,
    AuthorsNotAgreed,
    ChangedSince,
    DocumentMissing,
    LookAlikeRecognised,
    NotNow,
    StageJumped,
    WordsMissing,
)
from campaigns.initiative.models import Author, Comment, Gram, Initiative, Recognition
from campaigns.initiative.offices import Paper
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity
from tests.support.initiatives import PAPER, Year, belong, hand_in, small, text, year_of_initiatives
from tests.support.pledges import found_cell
from tests.support.world import Phone, World


@pytest.fixture
def year(world: World) -> Year:
    return year_of_initiatives(world)


def refusal(do: Callable[[], Any]) -> type[DomainError] | None:
    try:
        do()
    except DomainError as error:
        return type(error)
    return None


def at(minutes: int) -> dict[str, int]:
    """The phone's clock, so many minutes from now."""
    now = clock.milliseconds(clock.now()) + minutes * 60_000
    return {"wall_ms": now, "mono_ms": now}


# --- writing and handing in ---------------------------------------------------------------------------------------


def test_registered_is_counted_once_in_the_writers_unit_and_is_not_recognised(year: Year) -> None:
    one = hand_in(year.binh, text(unit=str(year.agency)))
    year.binh.do("initiative.register", {"initiative": one})
    assert year.facts() == {"initiative.registered": 1}
    assert year.units_of("initiative.registered") == {year.agency}
    mine = year.one(year.binh, one)
    assert (mine["state"], mine["code"]) == ("received", "SK-0001")


def test_whoever_names_no_unit_counts_where_they_work(year: Year) -> None:
    hand_in(year.chau, small())
    assert year.units_of("initiative.small") == {year.school}


def test_another_persons_unit_is_refused_and_nothing_is_lost(year: Year) -> None:
    verdict = year.binh.do("initiative.write", text(unit=str(year.school)))
    assert (verdict["outcome"], verdict["reason"]) == ("refused", "unit_not_yours")
    assert verdict["message"]


def test_a_party_member_counts_once_in_the_own_cell_however_many_ideas(year: Year) -> None:
    cell = found_cell(year.world)
    belong(year.world, year.binh, cell, "party_cell")
    first, _ = hand_in(year.binh, text()), hand_in(year.binh, small())
    assert year.facts()["initiative.members"] == 1
    assert year.units_of("initiative.members") == {cell}
    year.binh.do("initiative.withdraw", {"initiative": first, "words": ""})
    assert year.facts() == {"initiative.members": 1, "initiative.small": 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"problem": " "}, "no_problem"),
        ({"solution": ""}, "no_solution"),
        ({"applied_from": None}, "not_applied"),
        ({"effect": ""}, "no_effect"),
        ({"share": 90}, "shares_not_100"),
        ({"share": 0, "others": [{"id": str(uuid.uuid4()), "name": f"Bạn {n}", "share": 10} for n in range(10)]}, "too_many_authors"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_not_handed_in_and_stays_written(
    year: Year, change: dict[str, Any], reason: str
) -> None:
    body = text(**change)
    assert year.binh.do("initiative.write", body)["outcome"] == "noted"
    verdict = year.binh.do("initiative.register", {"initiative": body["initiative"]})
    assert (verdict["outcome"], verdict["reason"]) == ("refused", reason)
    assert year.one(year.binh, body["initiative"])["state"] == "draft"
    assert year.facts() == {}


@pytest.mark.parametrize("late_first", [False, True])
def test_of_two_phones_the_later_words_hold_whichever_came_first(year: Year, late_first: bool) -> None:
    body = text()
    sent = [(body | {"title": "Lời viết trước"}, at(-10)), (body | {"title": "Lời viết sau"}, at(-5))]
    for told, when in reversed(sent) if late_first else sent:
        assert year.binh.do("initiative.write", told, **when)["outcome"] == "noted"
    assert year.one(year.binh, body["initiative"])["title"] == "Lời viết sau"


def test_words_that_come_after_the_handing_in_still_hold_until_somebody_judges(year: Year) -> None:
    body = text()
    one = hand_in(year.binh, body)
    year.binh.do("initiative.write", body | {"title": "Viết ở máy kia"})
    assert year.one(year.binh, one)["title"] == "Viết ở máy kia"
    year.valid(one)
    assert year.binh.do("initiative.write", body | {"title": "Muộn"})["reason"] == "initiative_decided"


def test_nobody_writes_or_withdraws_anothers_idea(year: Year) -> None:
    body = text()
    hand_in(year.binh, body)
    assert year.an.do("initiative.write", body)["reason"] == "initiative_taken"
    withdrawn = year.an.do("initiative.withdraw", {"initiative": body["initiative"], "words": ""})
    assert withdrawn["reason"] == "initiative_taken"


def test_withdrawn_counts_nothing_any_more(year: Year) -> None:
    one = hand_in(year.binh, text())
    year.valid(one)
    year.binh.do("initiative.withdraw", {"initiative": one, "words": "Thử thêm"})
    assert year.facts() == {}
    assert year.one(year.binh, one)["stages"][-1] | {"on": ""} == {
        "state": "withdrawn",
        "on": "",
        "words": "Thử thêm",
    }
    assert (
        refusal(lambda: year.at_console(one, lambda s, a, r: intake.send_back(s, r, "Sửa", year.secretary)))
        is NotNow
    )


# --- authors ------------------------------------------------------------------------------------------------------


def with_an(**more: Any) -> tuple[dict[str, Any], str]:
    invitation = str(uuid.uuid4())
    return text(share=60, others=[{"id": invitation, "name": "Chị An", "share": 40}], **more), invitation


def test_a_co_author_says_yes_on_the_own_phone(year: Year) -> None:
    body, invitation = with_an()
    one = hand_in(year.binh, body)
    assert refusal(lambda: year.valid(one)) is AuthorsNotAgreed
    assert year.an.do("initiative.author", {"author": invitation, "agrees": True})["outcome"] == "noted"
    shown = year.one(year.an, one)
    assert [(row["name"], row["me"], row["share"], row["agreed"]) for row in shown["authors"]] == [
        ("Bình", False, 60, True), ("An", True, 40, True),
    ]  # fmt: skip
    assert shown["mine"] is False
    year.valid(one)
    taken = year.chau.do("initiative.author", {"author": invitation, "agrees": True})
    assert taken["reason"] == "author_taken"


@pytest.mark.parametrize("out_first", [False, True])
def test_of_yes_and_out_the_later_word_holds(year: Year, out_first: bool) -> None:
    body, invitation = with_an()
    one = hand_in(year.binh, body)
    words = [(True, at(-10)), (False, at(-5))]
    year.an.do("initiative.author", {"author": invitation, "agrees": True}, **at(-20))
    for agrees, when in reversed(words) if out_first else words:
        year.an.do("initiative.author", {"author": invitation, "agrees": agrees}, **when)
    shares = {row["name"]: (row["share"], row["withdrawn"]) for row in year.one(year.binh, one)["authors"]}
    assert shares == {"Bình": (100, False), "An": (0, True)}


def test_when_the_writer_steps_out_the_next_author_writes_and_the_last_one_withdraws_it(year: Year) -> None:
    body, invitation = with_an()
    one = hand_in(year.binh, body)
    year.an.do("initiative.author", {"author": invitation, "agrees": True})
    first = next(row["id"] for row in year.one(year.binh, one)["authors"] if row["me"])
    year.binh.do("initiative.author", {"author": first, "agrees": False})
    shown = year.one(year.an, one)
    assert (shown["mine"], shown["state"]) == (True, "received")
    assert year.an.do("initiative.write", text(initiative=one, title="An viết tiếp"))["outcome"] == "noted"
    assert year.an.do("initiative.register", {"initiative": one})["outcome"] == "counted"
    year.an.do("initiative.author", {"author": invitation, "agrees": False})
    assert year.facts() == {}


def test_a_co_author_who_steps_out_counts_as_a_member_no_more(year: Year) -> None:
    cell = found_cell(year.world)
    for phone in (year.binh, year.an):
        belong(year.world, phone, cell, "party_cell")
    body, invitation = with_an()
    one = hand_in(year.binh, body)
    year.an.do("initiative.author", {"author": invitation, "agrees": True})
    assert year.facts()["initiative.members"] == 2
    year.an.do("initiative.author", {"author": invitation, "agrees": False})
    assert year.facts()["initiative.members"] == 1
    first = next(row["id"] for row in year.one(year.binh, one)["authors"] if row["me"])
    year.binh.do("initiative.author", {"author": first, "agrees": False})
    assert year.facts() == {}


def test_nobody_drops_a_co_author_who_agreed(year: Year) -> None:
    body, invitation = with_an()
    year.binh.do("initiative.write", body)
    year.an.do("initiative.author", {"author": invitation, "agrees": True})
    verdict = year.binh.do("initiative.write", body | {"share": 100, "others": []})
    assert (verdict["outcome"], verdict["reason"]) == ("refused", "author_agreed")


# --- receiving ----------------------------------------------------------------------------------------------------


def test_returned_with_words_completed_and_found_valid(year: Year) -> None:
    body = text()
    one = hand_in(year.binh, body)
    assert (
        refusal(lambda: year.at_console(one, lambda s, a, r: intake.send_back(s, r, " ", year.secretary)))
        is WordsMissing
    )
    year.at_console(one, lambda s, a, r: intake.send_back(s, r, "Ghi rõ số lượt.", year.secretary))
    assert year.one(year.binh, one)["stages"][-1]["words"] == "Ghi rõ số lượt."
    hand_in(year.binh, body | {"effect": "Từ 46 còn 13 lượt."})
    year.valid(one)
    assert year.facts() == {"initiative.registered": 1, "initiative.valid": 1}
    assert [row["state"] for row in year.one(year.binh, one)["stages"]] == [
        "received",
        "returned",
        "received",
        "valid",
    ]


def test_nobody_decides_about_words_they_have_not_seen(year: Year) -> None:
    body = text()
    one = hand_in(year.binh, body)
    seen = year.one(year.binh, one)["revision"]
    year.binh.do("initiative.write", body | {"title": "Sửa sau khi trang đã mở"})
    assert refusal(lambda: year.with_session(lambda s: intake.held(s, uuid.UUID(one), seen))) is ChangedSince


def test_a_draft_is_its_authors_alone(year: Year) -> None:
    body = text()
    year.binh.do("initiative.write", body)
    assert refusal(lambda: year.valid(body["initiative"])) is NotFound


def test_private_notes_never_reach_the_author(year: Year) -> None:
    one = hand_in(year.binh, text())
    year.at_console(one, lambda s, a, r: intake.write_note(s, r, "Hỏi thêm phòng Kinh tế", year.secretary))
    assert "Hỏi thêm" not in str(year.mine(year.binh))
    notes = year.with_session(lambda s: [row.words for row in intake.notes(s, uuid.UUID(one))])
    assert notes == ["Hỏi thêm phòng Kinh tế"]


def test_a_small_idea_is_thanked_for_and_shown_after_some_days(year: Year) -> None:
    one = hand_in(year.binh, small())
    settings = InitiativeSettings(publish_after_days=7)
    year.at_console(one, lambda s, a, r: intake.note_small(s, settings, r, "Cảm ơn.", year.secretary))
    assert refusal(lambda: year.with_session(lambda s: gallery.one(s, uuid.UUID(one)))) is NotFound
    bring_forward(year, one)
    shown = year.with_session(lambda s: gallery.one(s, uuid.UUID(one)))
    assert (shown.card.title, shown.card.authors) == ("Treo lịch chữ to", ["Một tác giả"])
    assert refusal(lambda: year.valid(one)) is NotNow


def bring_forward(year: Year, one: str) -> None:
    def do(s: Any, _a: Any, row: Initiative) -> None:
        row.public_from = clock.now() - timedelta(minutes=1)

    year.at_console(one, do)


def test_a_challenge_is_answered_while_it_is_open(year: Year) -> None:
    today = clock.today()
    made = year.with_session(
        lambda s: challenges.order(
            s, year.activity, title="Bớt đi lại", problem="Xa.", ordered_by="Chủ tịch", opens_on=today - timedelta(days=9),
            closes_on=today, by=year.secretary,
        ).id
    )  # fmt: skip
    assert [row["title"] for row in year.mine(year.binh)["challenges"]] == ["Bớt đi lại"]
    body = text(challenge=str(made))
    hand_in(year.binh, body)
    year.with_session(lambda s: challenges.close_on(s, made, today - timedelta(days=2), year.secretary))
    other = text(challenge=str(made))
    year.an.do("initiative.write", other)
    late = year.an.do("initiative.register", {"initiative": other["initiative"]})
    assert late["reason"] == "challenge_closed"


# --- recognised, once ---------------------------------------------------------------------------------------------


def test_recognised_is_a_signed_decision_and_counts_then(year: Year) -> None:
    one = year.recommended(hand_in(year.binh, text()))
    assert "initiative.recognised" not in year.facts()
    assert refusal(lambda: year.recognise(one, paper=Paper("71", date(2026, 6, 1)))) is DocumentMissing
    year.recognise(one)
    assert year.facts()["initiative.recognised"] == 1
    (shown,) = year.one(year.binh, one)["recognitions"]
    assert (shown["scope"], shown["document_number"], shown["signer"]) == (
        "grassroots",
        PAPER.number,
        PAPER.signer,
    )
    gone = year.binh.do("initiative.withdraw", {"initiative": one, "words": ""})
    assert gone["reason"] == "initiative_decided"


def test_nothing_is_recognised_that_was_not_recommended(year: Year) -> None:
    one = hand_in(year.binh, text())
    assert refusal(lambda: year.recognise(one)) is NotNow


def test_twice_in_one_scope_is_detected_and_a_wider_scope_counts_no_second_time(year: Year) -> None:
    one = year.recommended(hand_in(year.binh, text()))
    year.recognise(one)
    assert refusal(lambda: year.recognise(one)) is AlreadyRecognised
    year.recognise(one, scope="province")
    assert year.facts()["initiative.recognised"] == 1


def test_a_look_alike_recognised_before_asks_for_the_difference(year: Year) -> None:
    first = year.recommended(hand_in(year.binh, text()))
    year.recognise(first)
    bare = text(title="Phieu hoi 3 cau truoc khi xuong xa")
    second = year.recommended(hand_in(year.chau, bare))
    assert refusal(lambda: year.recognise(second)) is LookAlikeRecognised
    year.recognise(second, differs="Dùng cho hồ sơ nhập học, quy trình khác hẳn.")
    assert year.facts()["initiative.recognised"] == 2


def test_revoked_is_recognised_no_more_and_leaves_the_gallery(year: Year) -> None:
    one = year.recommended(hand_in(year.binh, text()))
    decision = year.recognise(one)
    assert year.with_session(lambda s: len(gallery.cards(s)[0])) == 1

    def revoke(s: Any) -> None:
        activity = s.get_one(Activity, year.activity)
        recognition.revoke(s, activity, decision, "Phát hiện sao chép của đơn vị khác.", year.secretary)

    year.with_session(revoke)
    assert "initiative.recognised" not in year.facts()
    assert year.with_session(lambda s: len(gallery.cards(s)[0])) == 0
    assert year.one(year.binh, one)["state"] == "not_recognised"


def test_units_take_it_up_step_by_step_and_it_counts_once(year: Year) -> None:
    one = year.recommended(hand_in(year.binh, text()))
    year.recognise(one)

    def step(stage: str, unit: uuid.UUID, words: str = "Tốt") -> Callable[[], Any]:
        return lambda: year.at_console(
            one, lambda s, a, r: adoption.take_up(s, a, r, unit, stage, clock.today(), words, year.secretary)
        )

    assert refusal(step("replicated", year.school)) is StageJumped
    step("pilot", year.school)()
    assert refusal(step("evaluated", year.school, "")) is StageJumped
    for stage in ("evaluated", "replicated"):
        step(stage, year.school)()
    assert year.facts()["initiative.replicated"] == 1
    for stage in ("pilot", "evaluated", "replicated"):
        step(stage, year.agency)()
    assert year.facts()["initiative.replicated"] == 1


# --- the gallery and what others do -------------------------------------------------------------------------------


@pytest.fixture
def published(year: Year) -> str:
    one = hand_in(year.binh, small())
    settings = InitiativeSettings(publish_after_days=0)
    year.at_console(one, lambda s, a, r: intake.note_small(s, settings, r, "Cảm ơn.", year.secretary))
    return one


def test_a_name_stands_in_public_only_where_it_was_agreed_to(year: Year, published: str) -> None:
    assert year.with_session(lambda s: gallery.one(s, uuid.UUID(published))).card.authors == ["Một tác giả"]
    year.binh.agree("publish_name")
    assert year.with_session(lambda s: gallery.one(s, uuid.UUID(published))).card.authors == ["Bình"]


@pytest.mark.parametrize("back_first", [False, True])
def test_an_endorsement_counts_each_person_once_and_the_later_word_holds(
    year: Year, published: str, back_first: bool
) -> None:
    words = [(True, at(-10)), (False, at(-5))]
    for yes, when in reversed(words) if back_first else words:
        year.an.do("initiative.endorse", {"initiative": published, "yes": yes}, **when)
    for _ in range(2):
        year.chau.do("initiative.endorse", {"initiative": published, "yes": True})
    own = year.binh.do("initiative.endorse", {"initiative": published, "yes": True})
    assert own["reason"] == "own_initiative"
    assert year.with_session(lambda s: gallery.one(s, uuid.UUID(published))).card.endorsements == 1


def test_a_word_is_pointed_at_looked_at_and_taken_down_with_the_reason(year: Year, published: str) -> None:
    word = str(uuid.uuid4())
    year.an.do("initiative.comment", {"comment": word, "initiative": published, "words": "Nói bậy"})
    for _ in range(2):
        year.chau.do("initiative.report", {"comment": word})
    (seen,) = year.with_session(
        lambda s: [(r.comment.id, r.reports) for r in discussion.reported(s, year.activity)]
    )
    assert seen == (uuid.UUID(word), 1)
    year.with_session(lambda s: discussion.hide(s, uuid.UUID(word), "Lời lẽ xúc phạm", year.secretary.person))
    (shown,) = year.with_session(lambda s: gallery.one(s, uuid.UUID(published))).comments
    assert (shown.words, shown.hidden) == (None, True)
    (own,) = year.with_session(lambda s: gallery.one(s, uuid.UUID(published), year.subject(year.an))).comments
    assert own.words == "Nói bậy"


def test_nobody_discusses_what_is_not_published(year: Year) -> None:
    one = hand_in(year.binh, text())
    body = {"comment": str(uuid.uuid4()), "initiative": one, "words": "Hay"}
    assert year.an.do("initiative.comment", body)["reason"] == "not_published"


# --- leaving ------------------------------------------------------------------------------------------------------


def leave(phone: Phone) -> None:
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204


def test_whoever_leaves_takes_the_undecided_along_and_what_was_counted_stays(year: Year) -> None:
    hand_in(year.binh, text())
    before = year.facts()
    leave(year.binh)
    left = year.with_session(
        lambda s: [s.scalar(select(func.count()).select_from(t)) for t in (Initiative, Author, Gram)]
    )
    assert left == [0, 0, 0]
    assert year.facts() == before


def test_what_was_recognised_stays_without_a_name(year: Year) -> None:
    one = year.recommended(hand_in(year.binh, text()))
    year.recognise(one)
    leave(year.binh)
    rows = year.with_session(lambda s: [(r.subject, r.name) for r in s.scalars(select(Author))])
    assert rows == [(None, "")]
    assert year.with_session(lambda s: gallery.one(s, uuid.UUID(one))).card.authors == ["Một tác giả"]


def test_a_co_authored_idea_goes_on_with_the_other_and_words_go(year: Year, published: str) -> None:
    body, invitation = with_an()
    one = hand_in(year.binh, body)
    year.an.do("initiative.author", {"author": invitation, "agrees": True})
    year.an.do("initiative.comment", {"comment": str(uuid.uuid4()), "initiative": published, "words": "Hay"})
    leave(year.binh)
    assert year.one(year.an, one)["mine"] is True
    leave(year.an)
    left = year.with_session(lambda s: [s.scalar(select(func.count()).select_from(t)) for t in (Comment,)])
    assert left == [0]


# --- a list from a file -------------------------------------------------------------------------------------------

HEADING = ("Tên sáng kiến", "Thực trạng", "Cách làm", "Tác giả", "Đơn vị", "Phạm vi", "Số quyết định", "Ngày quyết định", "Người ký", "Khác ở chỗ nào")  # fmt: skip


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    book, data = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in (HEADING, *rows):
        sheet.append(row)
    book.save(data)
    return data.getvalue()


def previewed(year: Year, rows: list[tuple[str, ...]]) -> importing.Plan:
    return year.with_session(
        lambda s: importing.preview(
            s, s.get_one(Activity, year.activity), {year.agency, year.school}, workbook(rows), "a.xlsx"
        )
    )


def written(year: Year, plan: importing.Plan) -> importing.Plan:
    entries = importing.from_text(importing.as_text(plan.entries))
    return year.with_session(
        lambda s: importing.apply(
            s,
            s.get_one(Activity, year.activity),
            {year.agency, year.school},
            entries,
            plan.digest,
            year.secretary,
        )
    )


def row(n: int, **more: str) -> tuple[str, ...]:
    told = {"title": f"Cách làm số {n} ở quầy {n % 37}", "problem": f"Việc {n} chậm", "solution": f"Làm khác đi theo cách {n}",
            "authors": "Nguyễn Văn A (60); Trần Thị B (40)", "unit": "05752-A1"}  # fmt: skip
    return tuple((told | more).values())


def test_three_thousand_initiatives_come_in_from_a_workbook_and_only_once(year: Year) -> None:
    plan = previewed(year, [row(n) for n in range(3000)])
    assert (len(plan.added), plan.troubles) == (3000, ())
    assert written(year, plan).unchanged == 0
    assert year.facts() == {"initiative.registered": 3000}
    again = previewed(year, [row(n) for n in range(3000)])
    assert (len(again.added), again.unchanged) == (0, 3000)
    assert refusal(lambda: written(year, plan)) is PlanOutdated
    hand_in(year.binh, text())
    assert year.mine(year.binh)["initiatives"][0]["code"] == "SK-3001"


def test_every_wrong_line_is_told_with_its_number_and_the_others_go_on(year: Year) -> None:
    decided = (*row(8), "cơ sở", "71/QĐ", "01/06/2026", "Chủ tịch")
    wrong = [
        row(1, title=""), row(2, unit="Sao Hoả"), row(3, authors="A (60); B (60)"), row(4, solution=""),
        (*row(5), "cơ sở", "71/QĐ", "", ""), (*row(6), "vũ trụ", "71/QĐ", "01/06/2026", "Lan"),
        (*row(7), "tỉnh", "71/QĐ", "31/02/2026", "Lan"),
    ]  # fmt: skip
    plan = previewed(year, [*wrong, decided, row(8), row(9)])
    assert [one.line for one in plan.troubles] == [2, 3, 4, 5, 6, 7, 8, 10]
    assert [one.line for one in plan.added] == [9, 11]
    written(year, plan)
    assert year.facts() == {"initiative.registered": 2, "initiative.recognised": 1}
    assert year.with_session(lambda s: s.scalars(select(Recognition.scope)).all()) == ["grassroots"]
