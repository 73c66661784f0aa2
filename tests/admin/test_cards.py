"""Cards of a month at the console: opened, self-scored, scored from above, contested, published, counted again, locked."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select, text, update

from backend import clock
from backend.calendars import parse
from backend.cards import actions, sources
from backend.cards.models import Card, CardAppeal, CardRevision, CardStep
from backend.cli import main
from backend.people import staff
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR
from tests.admin.desk import Desk, running_file, trail
from tests.cards.book import (
    AGAIN,
    MONTH,
    PUBLISHED,
    REASON,
    hamlets,
    many,
    opened,
    published,
    unguarded,
    write,
)
from tests.support.world import PASSWORD, World

NOW = PUBLISHED + timedelta(days=1)


@pytest.fixture
def card(world: World) -> Iterator[uuid.UUID]:
    """The commune's October card, in the first days of November; "above" works for the province."""
    with world.database.transaction() as session:
        world.staff["above"] = staff.hire(
            session,
            name="above",
            username="above",
            password=PASSWORD,
            grants=[("party_office", world.province)],
        )
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
        write(session, many(world.hamlet, 12))
        found = opened(session, world).id
    with clock.stopped_at(NOW):
        yield found


def seen(desk: Desk, card: uuid.UUID, who: str = "office", **query: object) -> str:
    answer = desk(who).get(f"/admin/cards/{card}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def post(desk: Desk, path: str, who: str = "office", **form: object) -> int:
    return desk(who).post(f"/admin/cards/{path}", data=form).status_code


def state(world: World, card: uuid.UUID) -> str:
    with world.database.transaction(writes=False) as session:
        return session.get_one(Card, card).state


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# --- looking --------------------------------------------------------------------------------------------------------


def test_a_card_shows_both_sides_of_a_figure_and_what_would_raise_it(desk: Desk, card: uuid.UUID) -> None:
    page = plain(seen(desk, card))
    assert "17,1 %" in page
    assert re.search(
        r"Tử số 12 Mẫu số 70 Số dân chốt ngày 30/06/2026\. Nguồn: thử nghiệm Chỉ tiêu 10 %", page
    )
    assert "Đã đạt chỉ tiêu 10 %. Giữ được mức này là giữ được điểm." in page
    assert "Chưa có số liệu: chưa có bản ghi nào thuộc loại này ở đơn vị. Đây không phải là số 0." in page
    assert "Năm chạy thử" in page
    assert "chưa có cơ quan nào xác nhận" in page
    assert "Còn tiêu chí chưa có điểm, chưa xếp loại" in page


def test_a_card_outside_ones_reach_is_not_there(desk: Desk, card: uuid.UUID) -> None:
    assert desk("far").get(f"/admin/cards/{card}").status_code == 404
    assert desk("head").get(f"/admin/cards/{card}").status_code == 404
    assert desk("dpo").get(f"/admin/cards/{card}").status_code == 403
    assert desk("office").get(f"/admin/cards/{uuid.uuid4()}").status_code == 404


def test_every_measured_point_opens_to_rows_that_bear_no_name_and_reading_them_is_on_the_trail(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        published(session, session.get_one(Card, card))
    page = seen(desk, card)
    assert f"/admin/cards/{card}/criteria/du-thi" in page
    assert f"/admin/cards/{card}/criteria/truyen-thanh" not in page, "declared: there are no records"
    rows = plain(desk("office").get(f"/admin/cards/{card}/criteria/du-thi").text)
    assert "Bản số 1" in rows
    assert "15/10/2026 12 12" in rows
    assert "số người (hộ) khác nhau trên tổng số lượt" in rows
    [entry] = trail(world, "card.rows")
    assert (entry.actor, entry.reason) == (world.staff["office"], "du-thi")


@pytest.mark.parametrize(("criterion", "status"), [("truyen-thanh", 422), ("khong-co", 422), ("du-thi", 200)])
def test_only_what_was_counted_opens(desk: Desk, card: uuid.UUID, criterion: str, status: int) -> None:
    assert desk("office").get(f"/admin/cards/{card}/criteria/{criterion}").status_code == status


def test_few_people_are_not_parted_into_rows(world: World, desk: Desk, card: uuid.UUID) -> None:
    with world.database.transaction() as session:
        session.execute(text("DELETE FROM pending_fact"))
        session.execute(text("DELETE FROM fact"))
        write(session, many(world.hamlet, 3))
    assert "/criteria/du-thi" not in seen(desk, card)
    page = plain(desk("office").get(f"/admin/cards/{card}/criteria/du-thi").text)
    assert "quá ít người" in page
    assert "15/10/2026" not in page


def test_rows_open_to_who_has_the_unit_in_reach_or_a_file_that_opens_records(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    address = f"/admin/cards/{card}/criteria/du-thi"
    assert desk("above").get(address).status_code == 200
    running_file(world, world.commune, materials=("scorecards",))
    assert "/criteria/du-thi" not in seen(desk, card, "inspector")
    assert desk("inspector").get(address).status_code == 403, "a file over the card alone"
    running_file(world, world.commune)
    assert "/criteria/du-thi" in seen(desk, card, "inspector")
    assert desk("inspector").get(address).status_code == 200
    assert desk("dpo").get(address).status_code == 403


def test_what_an_inspector_reads_is_on_the_trail(world: World, desk: Desk, card: uuid.UUID) -> None:
    assert desk("inspector").get(f"/admin/cards/{card}").status_code == 404, "without a file"
    running_file(world, world.commune)
    seen(desk, card, "inspector")
    seen(desk, card, "office")
    assert [entry.actor for entry in trail(world, "card.read")] == [world.staff["inspector"]]


@pytest.mark.parametrize("period", ["2026W47", "202613", "abc", "2026-10", "2035"])
def test_a_period_of_another_calendar_is_a_clear_refusal(desk: Desk, card: uuid.UUID, period: str) -> None:
    for path in ("/admin/cards", "/admin/units/{}/hamlets-side-by-side"):
        with desk("office") as client:
            found = client.get(path.format(uuid.UUID(int=1)), query_string={"period": period})
        assert found.status_code in (200, 404, 422), period
    assert desk("office").get(f"/admin/cards?period={period}").status_code == 422, "a year is no month either"


def test_strange_ways_to_ask_for_a_card_do_not_break(desk: Desk, card: uuid.UUID) -> None:
    for query, status in (
        ({"revision": "x"}, 404), ({"revision": "99"}, 404), ({"revision": "9" * 40}, 404), ({"known": "hôm qua"}, 200),
        ({"known": "9999-12-31"}, 200), ({"known": "0001-01-01"}, 200), ({"view": "now"}, 200), ({"live": "1"}, 200),
    ):  # fmt: skip
        assert desk("office").get(f"/admin/cards/{card}", query_string=query).status_code == status, query


def test_the_month_lists_the_communes_of_a_province_in_name_order(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        published(session, session.get_one(Card, card))
    page = desk("above").get("/admin/cards?period=202610").text
    assert "Xã Tân Khánh" in page
    assert "Bản số 1" in page
    assert "Xa Lạ" not in page, "a unit without a card is counted, not named"
    assert "1 xã, phường khác trong phạm vi chưa có phiếu" in page


# --- the steps ------------------------------------------------------------------------------------------------------


def test_the_whole_way_from_opening_to_the_lock(world: World, desk: Desk, card: uuid.UUID) -> None:
    assert post(desk, f"{card}/head", title="Chủ tịch", name="Người Thử") == 303
    assert (
        post(desk, f"{card}/self", **{"points_truyen-thanh": "8,5", "words_truyen-thanh": "Sổ phát thanh"})
        == 303
    )
    assert state(world, card) == "self_scored"
    assert (
        post(desk, f"{card}/official", "above", **{"points_truyen-thanh": "7", "words_truyen-thanh": "Thiếu"})
        == 303
    )
    assert state(world, card) == "official"
    assert post(desk, f"{card}/appeals", criterion="truyen-thanh", words="Đã gửi thêm bản chụp") == 303
    assert post(desk, f"{card}/lock", "above") == 409, "an appeal waits"
    appeal = re.search(r"/admin/cards/appeals/([0-9a-f-]{36})/answer", seen(desk, card, "above"))
    assert appeal
    assert (
        post(desk, f"appeals/{appeal[1]}/answer", "above", words="Nhận thêm hai bản tin", points="8") == 303
    )
    assert post(desk, f"appeals/{appeal[1]}/answer", "above", words="Nhận thêm hai bản tin") == 409
    assert post(desk, f"{card}/publish", "above") == 303
    assert post(desk, f"{card}/lock", "above") == 409, "the unit may still contest"
    assert 'data-testid="lock"' not in seen(desk, card, "above")
    assert post(desk, f"{card}/waive", "above") == 403
    assert post(desk, f"{card}/waive") == 303
    assert post(desk, f"{card}/waive") == 409
    assert post(desk, f"{card}/lock", "above") == 303
    page = plain(seen(desk, card))
    assert "8/10 điểm" in page
    assert "Chủ tịch: Người Thử" in page
    assert "Nhận thêm hai bản tin" in page
    assert post(desk, f"{card}/self", **{"points_niem-yet": "5", "words_niem-yet": "x"}) == 409
    assert post(desk, f"{card}/reopen", "above", reason="ngắn") == 422
    assert post(desk, f"{card}/reopen", "above", reason="Bổ sung minh chứng theo kiến nghị") == 303
    assert state(world, card) == "official"
    with world.database.transaction(writes=False) as session:
        steps = [row.step for row in session.scalars(select(CardStep).order_by(CardStep.at, CardStep.id))]
    assert steps == [
        "opened", "named", "self_scored", "scored", "appealed", "answered", "published", "waived", "locked",
        "reopened",
    ]  # fmt: skip
    assert trail(world, "card.reopened")[0].reason == "Bổ sung minh chứng theo kiến nghị"


def test_nobody_scores_the_card_of_the_own_unit_from_above(world: World, desk: Desk, card: uuid.UUID) -> None:
    assert post(desk, f"{card}/official", "office", **{"points_truyen-thanh": "10"}) == 403
    assert post(desk, f"{card}/lock", "office") == 403
    assert desk("office").get(f"/admin/cards/{card}/official").status_code == 403
    assert post(desk, f"{card}/self", "above", **{"points_truyen-thanh": "10"}) == 403
    assert state(world, card) == "open"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"points_truyen-thanh": "11", "words_truyen-thanh": "Sổ phát thanh"}, "phải từ 0 đến 10"),
        ({"points_truyen-thanh": "-1", "words_truyen-thanh": "Sổ phát thanh"}, "phải từ 0 đến 10"),
        ({"points_truyen-thanh": "tám", "words_truyen-thanh": "Sổ phát thanh"}, "phải là một số"),
        ({"points_truyen-thanh": "NaN", "words_truyen-thanh": "Sổ phát thanh"}, "phải là một số"),
        ({"points_truyen-thanh": "1e400", "words_truyen-thanh": "Sổ phát thanh"}, "phải từ 0 đến 10"),
        ({"points_truyen-thanh": "8"}, "bắt buộc có minh chứng"),
    ],
)
def test_what_was_typed_is_kept_when_it_is_refused(
    world: World, desk: Desk, card: uuid.UUID, form: dict[str, str], words: str
) -> None:
    answer = desk("office").post(
        f"/admin/cards/{card}/self", data=form | {"words_niem-yet": "Đang gom biên bản"}
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert "Đang gom biên bản" in answer.text
    assert f'value="{form["points_truyen-thanh"]}"' in answer.text
    assert state(world, card) == "open"


def test_points_that_differ_from_what_was_worked_out_have_a_reason(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    assert post(desk, f"{card}/official", "above", **{"points_du-thi": "20"}) == 422
    assert (
        post(desk, f"{card}/official", "above", **{"points_du-thi": "20", "words_du-thi": "Kiểm tra điểm"})
        == 303
    )
    assert "20/25 điểm" in plain(seen(desk, card))


def test_points_that_differ_from_the_units_own_have_a_reason(desk: Desk, card: uuid.UUID) -> None:
    own = {"points_truyen-thanh": "10", "words_truyen-thanh": "Sổ phát thanh"}
    assert post(desk, f"{card}/self", **own) == 303
    answer = desk("above").post(f"/admin/cards/{card}/official", data={"points_truyen-thanh": "0"})
    assert answer.status_code == 422
    assert "khác điểm đơn vị tự chấm" in answer.text
    given = {"points_truyen-thanh": "0", "words_truyen-thanh": "Không có sổ"}
    assert post(desk, f"{card}/official", "above", **given) == 303


def test_cleared_points_are_taken_back_and_the_ledgers_own_are_none_of_ones_own(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    given = {"points_du-thi": "20", "words_du-thi": "Kiểm tra xác suất"}
    assert post(desk, f"{card}/official", "above", **given) == 303
    assert "20/25 điểm" in plain(seen(desk, card))
    assert post(desk, f"{card}/official", "above", **{"points_du-thi": "", "words_du-thi": ""}) == 303
    assert "25/25 điểm" in plain(seen(desk, card))
    assert post(desk, f"{card}/official", "above", **{"points_du-thi": "25", "words_du-thi": ""}) == 303
    with world.database.transaction() as session:
        assert sources.said(session, card, clock.now())["du-thi"].official is None


def test_a_month_is_not_scored_before_it_is_over(world: World, desk: Desk, card: uuid.UUID) -> None:
    with world.database.transaction() as session:
        running = actions.open_card(session, world.commune, "xa-thang", parse("thang", "202611"), OPERATOR).id
    given = {"points_truyen-thanh": "9", "words_truyen-thanh": "Sớm"}
    assert post(desk, f"{running}/official", "above", **given) == 409
    assert state(world, running) == "open"


def test_a_criterion_is_contested_once_for_each_time_it_is_scored(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    given = {"points_truyen-thanh": "7", "words_truyen-thanh": "Thiếu hai buổi"}
    assert post(desk, f"{card}/official", "above", **given) == 422, "no evidence handed in yet"
    assert (
        post(desk, f"{card}/self", **{"points_truyen-thanh": "8", "words_truyen-thanh": "Sổ phát thanh"})
        == 303
    )
    contested = {"criterion": "truyen-thanh", "words": "Đã gửi thêm bản chụp"}
    assert post(desk, f"{card}/official", "above", **given) == 303
    assert post(desk, f"{card}/appeals", **contested) == 303
    assert post(desk, f"{card}/appeals", **contested) == 409, "one waits"
    assert post(desk, f"{card}/official", "above", **given) == 303, "left as it stands"
    changed = given | {"points_truyen-thanh": "6"}
    assert post(desk, f"{card}/official", "above", **changed) == 409, "answered first"
    with world.database.transaction(writes=False) as session:
        appeal = session.scalars(select(CardAppeal.id)).one()
        until = session.get_one(Card, card).appeal_until
    assert post(desk, f"appeals/{appeal}/answer", "above", words="Nhận thêm bản tin", points="8") == 303
    assert post(desk, f"{card}/appeals", **contested) == 409, "answered"
    with clock.stopped_at(NOW + timedelta(days=3)):
        assert (
            post(
                desk,
                f"{card}/official",
                "above",
                **given | {"points_truyen-thanh": "8", "words_truyen-thanh": ""},
            )
            == 303
        )
        with world.database.transaction(writes=False) as session:
            assert session.get_one(Card, card).appeal_until == until, "nothing new to contest"
        assert post(desk, f"{card}/official", "above", **changed) == 303
        assert post(desk, f"{card}/appeals", **contested) == 303


def test_nobody_keeps_and_scores_the_same_card(world: World, desk: Desk, card: uuid.UUID) -> None:
    with world.database.transaction() as session:
        world.staff["both"] = staff.hire(
            session, name="both", username="both", password=PASSWORD,
            grants=[("party_office", world.commune), ("party_office", world.province)],
        )  # fmt: skip
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
    given = {"points_truyen-thanh": "9", "words_truyen-thanh": "Sổ phát thanh"}
    assert post(desk, f"{card}/self", "both", **given) == 303
    assert post(desk, f"{card}/official", "both", **given) == 403


def test_who_neither_keeps_nor_scores_a_card_does_not_publish_it(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    """Head of a hamlet, and reader of the whole province."""
    with world.database.transaction() as session:
        world.staff["mixed"] = staff.hire(
            session, name="mixed", username="mixed", password=PASSWORD,
            grants=[("unit_head", world.hamlet), ("province_viewer", world.province)],
        )  # fmt: skip
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
    assert "Tân Khánh" in seen(desk, card, "mixed")
    assert post(desk, f"{card}/publish", "mixed") == 403
    assert post(desk, f"{card}/publish", "above") == 303


def test_an_appeal_waits_on_the_first_page_of_who_must_answer_it_and_says_when_it_is_overdue(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        actions.official_score(session, card, {}, OPERATOR)
    assert post(desk, f"{card}/appeals", criterion="du-thi", words="Đề nghị xem lại số này") == 303
    waits = 'data-testid="waiting-appeal"'
    page = desk("above").get("/admin/").text
    assert waits in page
    assert f"/admin/cards/{card}#appeals" in page
    assert "phải trả lời trước hết ngày 09/11/2026" in plain(page)
    assert waits not in desk("office").get("/admin/").text, "whoever contests does not answer"
    with clock.stopped_at(NOW + timedelta(days=6)):
        assert "đã quá hạn trả lời" in plain(desk("above").get("/admin/").text)
        assert "Đã quá hạn." in seen(desk, card)
    with world.database.transaction(writes=False) as session:
        appeal = session.scalars(select(CardAppeal.id)).one()
    assert post(desk, f"appeals/{appeal}/answer", "above", words="Đã đối chiếu, giữ nguyên") == 303
    assert waits not in desk("above").get("/admin/").text


def test_an_appeal_after_its_last_day_is_refused(world: World, desk: Desk, card: uuid.UUID) -> None:
    with world.database.transaction() as session:
        actions.official_score(session, card, {}, OPERATOR)
    with clock.stopped_at(NOW + timedelta(days=11)):
        assert post(desk, f"{card}/appeals", criterion="du-thi", words="Đề nghị xem lại số này") == 409


def test_a_card_is_locked_once_the_days_for_an_appeal_are_over(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        actions.official_score(session, card, {}, OPERATOR)
    with clock.stopped_at(NOW + timedelta(days=10)):
        refused = desk("above").post(f"/admin/cards/{card}/lock")
        assert refused.status_code == 409
        assert "Đơn vị còn quyền kiến nghị đến hết ngày 14/11/2026" in refused.text
    with clock.stopped_at(NOW + timedelta(days=11)):
        assert post(desk, f"{card}/waive") == 409, "too late to matter"
        assert post(desk, f"{card}/lock", "above") == 303


def test_what_was_waived_was_about_the_points_of_then(world: World, desk: Desk, card: uuid.UUID) -> None:
    given = {"points_du-thi": "20", "words_du-thi": "Kiểm tra xác suất"}
    assert post(desk, f"{card}/waive") == 409, "nothing was given yet"
    assert post(desk, f"{card}/official", "above", **given) == 303
    assert post(desk, f"{card}/waive") == 303
    assert post(desk, f"{card}/official", "above", **given | {"points_du-thi": "5"}) == 303
    assert post(desk, f"{card}/lock", "above") == 409
    assert post(desk, f"{card}/waive") == 303
    assert post(desk, f"{card}/appeals", criterion="du-thi", words="Đề nghị xem lại số này") == 303
    assert post(desk, f"{card}/waive") == 409, "an appeal waits"
    assert post(desk, f"{card}/lock", "above") == 409


def test_a_spot_check_below_the_mark_takes_points(world: World, desk: Desk, card: uuid.UUID) -> None:
    with world.database.transaction() as session:
        write(session, many(world.hamlet, 130, "visit.households"))
    assert post(desk, f"{card}/checks", "above", criterion="ho-da-den", looked="20", held="25") == 422
    assert post(desk, f"{card}/checks", "above", criterion="ho-da-den", looked="x", held="2") == 422
    assert post(desk, f"{card}/checks", "above", criterion="khong-co", looked="20", held="10") == 422
    page = plain(seen(desk, card))
    assert "18/20 điểm" in page, "never checked costs a tenth"
    assert "chỉ tính 90 % số điểm" in page
    assert post(desk, f"{card}/checks", "above", criterion="ho-da-den", looked="10", held="10") == 303
    assert "20/20 điểm" in plain(seen(desk, card))
    assert post(desk, f"{card}/checks", "above", criterion="ho-da-den", looked="30", held="10") == 303
    page = plain(seen(desk, card))
    assert "10/20 điểm" in page
    assert "tỷ lệ đúng khi kiểm tra xác suất mới 50 trên 100" in page


def test_a_month_ahead_is_not_opened_and_opening_twice_is_one_card(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    client = desk("office")
    form = {"unit": str(world.commune), "period": "202610"}
    assert client.post("/admin/cards", data=form).location.endswith(f"/admin/cards/{card}")
    assert client.post("/admin/cards", data=form | {"period": "203501"}).status_code == 409
    assert client.post("/admin/cards", data=form | {"period": "2026W40"}).status_code == 422
    assert client.post("/admin/cards", data=form | {"unit": "x"}).status_code == 404
    assert client.post("/admin/cards", data=form | {"unit": str(world.far_commune)}).status_code == 403
    assert client.post("/admin/cards", data=form | {"unit": str(world.hamlet)}).status_code == 409


# --- revisions ------------------------------------------------------------------------------------------------------


def test_a_restatement_says_what_moved_and_why_and_the_old_one_stays(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        published(session, session.get_one(Card, card))
        late = [
            replace(one, subject=uuid.uuid4(), received=PUBLISHED + timedelta(hours=3))
            for one in many(world.hamlet, 3)
        ]
        write(session, late)
    page = plain(desk("office").get(f"/admin/cards/{card}/recount").text)
    assert "Đã tính lại 1 bản công bố từ sổ gốc: khớp từng chữ số." in page
    assert "tử số 12 → 15" in page
    assert post(desk, f"{card}/publish", reason="muộn") == 422
    assert post(desk, f"{card}/publish", reason=REASON) == 303
    page = plain(seen(desk, card))
    assert "Người dân dự thi tìm hiểu : tử số 12 → 15" in page
    assert "Vì: 3 bản ghi đến muộn" in page
    assert "Mẫu số 70" in plain(seen(desk, card, revision=1))
    assert "Tử số 12" in plain(seen(desk, card, revision=1))
    assert "Tử số 15" in plain(seen(desk, card, revision=2))
    assert "Tử số 12" in plain(seen(desk, card, known="2026-11-02"))
    assert post(desk, f"{card}/publish", reason=REASON) in (409, 422)
    assert len(trail(world, "card.recount")) == 1


def test_day_by_day_only_its_own_people_look_back_and_it_is_on_the_trail(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    with world.database.transaction() as session:
        published(session, session.get_one(Card, card))
        late = replace(
            many(world.hamlet, 1)[0], subject=uuid.uuid4(), received=PUBLISHED + timedelta(hours=3)
        )
        write(session, [late])
    with clock.stopped_at(AGAIN):
        assert "Tử số 12" in plain(seen(desk, card, "above", known="2026-11-03"))
        assert "Tử số 12" in plain(seen(desk, card, "above", known="2026-11-04")), "not what came that day"
        assert trail(world, "card.known") == []
        assert "Tử số 13" in plain(seen(desk, card, "office", known="2026-11-04"))
    assert [entry.actor for entry in trail(world, "card.known")] == [world.staff["office"]]


def test_a_forged_revision_is_seen_at_the_console_and_at_the_command_line(
    world: World, desk: Desk, card: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.database.transaction() as session:
        published(session, session.get_one(Card, card))
        hamlets(session, world, [90])
    monkeypatch.setenv("LANTOA_MODE", "demo")
    monkeypatch.setenv("LANTOA_DATABASE_URL", world.database.engine.url.render_as_string(hide_password=False))
    found = CliRunner().invoke(main, ["scorecards", "verify"])
    assert (found.exit_code, found.output) == (
        0,
        "1 published revisions, 0 figures disagree with the ledger.\n",
    )
    with world.database.transaction() as session:
        payload = session.scalars(select(CardRevision.payload)).one()
        forged = payload.replace(b'"numerator":"12"', b'"numerator":"21"')
        with unguarded(session, "card_revision"):
            session.execute(text("UPDATE card_revision SET payload = :p"), {"p": forged})
    found = CliRunner().invoke(main, ["scorecards", "verify"])
    assert found.exit_code == 1
    assert "du-thi.numerator: published 21, the ledger says 12" in found.output
    assert "KHÔNG khớp" in desk("office").get(f"/admin/cards/{card}/recount").text


def test_hamlets_stand_side_by_side_without_points(world: World, desk: Desk, card: uuid.UUID) -> None:
    with clock.stopped_at(AGAIN):
        page = desk("office").get(f"/admin/units/{world.commune}/hamlets-side-by-side?period={MONTH.code}")
    assert page.status_code == 200
    assert "Không cho điểm, không xếp loại" in page.text
    assert "/10 điểm" not in page.text
    assert desk("far").get(f"/admin/units/{world.commune}/hamlets-side-by-side").status_code == 403


def test_the_running_month_cannot_be_published(world: World, desk: Desk, card: uuid.UUID) -> None:
    with world.database.transaction() as session, clock.stopped_at(datetime(2026, 11, 4, tzinfo=UTC)):
        running = actions.open_card(session, world.commune, "xa-thang", parse("thang", "202611"), OPERATOR).id
    assert post(desk, f"{running}/publish") == 409
    assert "Kỳ này chưa hết" in seen(desk, running)


def asked(world: World, desk: Desk, path: str) -> int:
    """How many statements a page costs."""
    client, sent = desk("above"), []

    def note(*told: object) -> None:
        sent.append(told[2])

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)
    return len(sent)


def test_pages_ask_as_much_of_a_large_commune_as_of_a_small_one(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    pages = [f"/admin/cards/{card}", f"/admin/cards/{card}?live=1", f"/admin/cards/{card}?view=now", "/admin/cards?period=202610",
             f"/admin/units/{world.commune}/hamlets-side-by-side?period=202610"]  # fmt: skip
    before = [asked(world, desk, page) for page in pages]
    with world.database.transaction() as session:
        for unit in hamlets(session, world, [100] * 50):
            write(session, many(unit, 3))
    assert [asked(world, desk, page) for page in pages] == before
    assert max(before) <= 60
