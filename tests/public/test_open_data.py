"""Open data: figures that were published already, of units that chose to, without persons and without small groups."""

import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from backend import clock
from backend.calendars import parse
from backend.cards.models import Card
from backend.open_data import choices
from backend.open_data.choices import TooSmallToPublish
from backend.people.models import RoleGrant
from backend.public import open_figures, open_files
from backend.public.open_figures import OpenFigure, apart
from backend.safeguards.audit import OPERATOR
from backend.safeguards.models import AuditEntry
from backend.targets import declare
from backend.targets.catalogue import indicator
from backend.targets.figures import figure
from campaigns.models import Activity, Campaign
from tests.admin.desk import Desk, at_desk
from tests.cards.book import AGAIN, PUBLISHED, many, opened, published, write
from tests.structure.test_budgets import spent
from tests.support.published import publish
from tests.support.world import World
from tests.targets.conftest import issue_at

CODE = "05752"
HERE = f"/du-lieu-mo/{CODE}"


@pytest.fixture
def desk(world: World) -> Desk:
    return at_desk(world)


@pytest.fixture
def world_with_a_card(world: World) -> Iterator[World]:
    """The commune's October card, published with twelve people; it has chosen nothing yet."""
    with world.database.transaction() as session:
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
        write(session, many(world.hamlet, 12))
        published(session, opened(session, world))
    with clock.stopped_at(PUBLISHED + timedelta(days=10)):
        yield world


def give(world: World, is_on: bool = True, unit: uuid.UUID | None = None) -> None:
    with world.database.transaction() as session:
        choices.choose(session, unit or world.commune, is_on, OPERATOR)


def get(world: World, address: str = HERE, **headers: str) -> Any:
    return world.client().get(address, headers={"Accept-Language": "vi"} | headers)


def rows(world: World) -> list[dict[str, str]]:
    text = get(world, f"{HERE}/so-lieu.csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def row(world: World, name: str) -> dict[str, str]:
    return next(one for one in rows(world) if one["figure"] == name)


# --- who publishes --------------------------------------------------------------------------------------------------


def test_a_unit_that_has_not_chosen_is_not_there(world_with_a_card: World) -> None:
    world = world_with_a_card
    for address in (
        HERE,
        f"{HERE}/so-lieu.csv",
        f"{HERE}/so-lieu.json",
        "/du-lieu-mo/khong-co",
        "/du-lieu-mo/%00",
    ):
        answer = get(world, address)
        assert answer.status_code == 404, address
        assert "34,7" not in answer.text
        assert "17,1" not in answer.text
    assert get(world, "/du-lieu-mo").status_code == 200
    assert CODE not in get(world, "/du-lieu-mo").text


def test_a_unit_that_chose_is_read_by_anybody_in_both_languages(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    page = get(world)
    assert page.status_code == 200
    for words in (
        "17,1&nbsp;%",
        "Người dân dự thi tìm hiểu",
        "Tháng 10/2026",
        "CC-BY-4.0",
        "đang chạy thử",
        "12 trên 70",
    ):
        assert words in page.text, words
    assert "Residents in the quiz" in get(world, **{"Accept-Language": "en"}).text
    assert CODE in get(world, "/du-lieu-mo").text
    assert "/du-lieu-mo" in get(world, "/").text


def test_who_stops_publishing_is_gone_and_both_choices_stay_on_the_trail(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    give(world, False)
    assert {get(world, a).status_code for a in (HERE, f"{HERE}/so-lieu.csv", f"{HERE}/so-lieu.json")} == {404}
    assert CODE not in get(world, "/du-lieu-mo").text
    with world.database.transaction(writes=False) as session:
        deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.deed.startswith("open_data."))).all()
    assert sorted(deeds) == ["open_data.off", "open_data.on"]


def test_a_hamlet_does_not_publish_beside_its_commune(world: World) -> None:
    with pytest.raises(TooSmallToPublish):
        give(world, unit=world.hamlet)


def test_the_office_switches_it_at_the_console_and_nobody_else(desk: Desk, world: World) -> None:
    path = f"/admin/open-data/{world.commune}"
    assert "Không công khai" in desk("office").get("/admin/open-data").text
    assert desk("head").post(path, data={"is_on": "1"}).status_code == 403  # of a hamlet
    assert desk("an").post(path, data={"is_on": "1"}).status_code == 403
    assert get(world).status_code == 404
    assert desk("office").post(path, data={"is_on": "1"}).status_code == 303
    assert get(world).status_code == 200
    assert "Đang công khai" in desk("office").get("/admin/open-data").text
    assert desk("office").post(path, data={"is_on": "0"}).status_code == 303
    assert get(world).status_code == 404


# --- what is in it --------------------------------------------------------------------------------------------------


def test_only_what_was_published_goes_out_and_the_newest_revision_of_it(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    with world.database.transaction() as session:
        write(session, many(world.other_hamlet, 20, received=PUBLISHED + timedelta(days=2)))
    assert row(world, "du-thi")["numerator"] == "12"
    with world.database.transaction() as session, clock.stopped_at(AGAIN):
        card = session.scalars(select(Card)).one()
        published(session, card, AGAIN)
    told = row(world, "du-thi")
    assert told["revision"] == "2"
    assert told["numerator"] == "20"


def test_a_file_says_all_that_is_needed_to_use_it(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    told = row(world, "du-thi")
    assert told | {"as_known_at": "", "published_at": ""} == {
        "unit_code": CODE, "unit_name": "Xã Tân Khánh", "source": "scorecard", "about": "Phiếu điểm tháng của xã",
        "figure": "du-thi", "title_vi": "Người dân dự thi tìm hiểu", "title_en": "Residents in the quiz",
        "series": "measured", "calendar": "thang", "period": "202610", "first_day": "2026-10-01",
        "last_day": "2026-10-31", "status": "shown", "numerator": "12", "denominator": "70", "value": "17.1",
        "measured_in": "%", "rule_version": told["rule_version"], "revision": "1", "trial": "1", "as_known_at": "",
        "published_at": "", "licence": "CC-BY-4.0",
    }  # fmt: skip
    assert told["rule_version"].startswith("cards/")
    assert told["as_known_at"] == "2026-11-03T09:00:00.000Z"
    assert row(world, "ho-da-den")["status"] == "none"
    assert row(world, "ho-da-den")["value"] == ""


def test_json_and_csv_say_the_same_and_the_page_explains_every_column(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    told = json.loads(get(world, f"{HERE}/so-lieu.json").data)
    assert told["schema"] == "lantoa-open-data/1"
    assert told["columns"] == list(open_files.COLUMNS) == list(rows(world)[0])
    as_text = [
        {
            name: "" if cell is None else str(int(cell)) if isinstance(cell, bool) else str(cell)
            for name, cell in one.items()
        }
        for one in told["figures"]
    ]
    assert as_text == rows(world)
    page = get(world).text
    assert all(f"<code>{name}</code>" in page for name in open_files.COLUMNS)
    assert get(world, f"{HERE}/so-lieu.csv").data.startswith(b"\xef\xbb\xbf")


def test_a_copy_is_asked_for_again_by_its_tag(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    for address in (HERE, f"{HERE}/so-lieu.csv", f"{HERE}/so-lieu.json"):
        first = get(world, address)
        assert first.headers["Cache-Control"] == "public, max-age=300"
        again = get(world, address, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert get(world, f"{HERE}/so-lieu.xlsx").status_code == 404


def test_no_points_no_class_no_person_and_nothing_anybody_typed(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    with world.database.transaction() as session:
        issue_at(session, world.commune, "tan-khanh")
        one = indicator(session, "TK-H1")
        told = figure(declare.shape(one), "", "11", "18")
        for kind in ("declared", "official"):
            declare.add(
                session, one, world.commune, parse("thang", "2025"), kind, told, "Sổ của bà Hoa", None
            )
        budget = indicator(session, "TK-N1")  # measured in '% dự toán'
        declare.add(session, budget, world.commune, parse("thang", "2025"), "official", figure(declare.shape(budget), "", "640", "1500"), "Sổ", None)  # fmt: skip
    assert "42,7 % dự toán" in get(world).text
    for address in (HERE, f"{HERE}/so-lieu.csv", f"{HERE}/so-lieu.json"):
        text = get(world, address).text
        assert "TK-H1" in text
        assert "bà Hoa" not in text
        assert "declared" not in text
        for word in ("points", "official_words", "computed", "truyen-thanh", "Xếp loại", "answers_for"):
            assert word not in text, word
    assert row(world, "TK-H1")["series"] == "official"


# --- small groups ---------------------------------------------------------------------------------------------------


def test_what_the_card_hides_stays_hidden(world: World) -> None:
    with world.database.transaction() as session:
        write(session, many(world.hamlet, 3))
        published(session, opened(session, world))
    give(world)
    told = row(world, "du-thi")
    assert (told["status"], told["numerator"], told["denominator"], told["value"]) == ("hidden", "", "", "")
    assert "ẩn vì số người ít" in get(world).text


@pytest.mark.parametrize(("above", "below", "is_hidden"), [("3", "5", True), ("97", "100", True), ("11", "18", False), ("0", "18", False), ("18", "18", False)])  # fmt: skip
def test_an_official_figure_about_a_few_is_hidden(
    world: World, above: str, below: str, is_hidden: bool
) -> None:
    with world.database.transaction() as session:
        issue_at(session, world.commune, "tan-khanh")
        one = indicator(session, "TK-H1")
        told = figure(declare.shape(one), "", above, below)
        declare.add(session, one, world.commune, parse("thang", "2025"), "official", told, "Sổ", None)
    give(world)
    assert (row(world, "TK-H1")["status"] == "hidden") is is_hidden
    assert (above in (row(world, "TK-H1")["numerator"],)) is not is_hidden


def contest(people: int | None, first: date, last: date) -> OpenFigure:
    return beside("results", people, first, last)


def beside(
    source: str,
    people: int | None,
    first: date,
    last: date,
    calendar: str = "thang",
    people_of: str = "contest.entrants",
) -> OpenFigure:
    count = None if people is None else Decimal(people)
    return OpenFigure(
        source, {"vi": "", "en": ""}, "x", {"vi": "", "en": ""}, "measured",
        open_figures.Period(calendar, "x", first, last), "hidden" if count is None else "shown", count, Decimal(70), count, "người",
        "x/1", 1, False, PUBLISHED, PUBLISHED, people=people_of,
    )  # fmt: skip


MONTH = (date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize(("people", "is_hidden"), [(36, True), (39, True), (40, False), (44, True), (45, False), (60, False), (None, False)])  # fmt: skip
def test_two_rows_do_not_give_away_a_few_by_their_difference(people: int | None, is_hidden: bool) -> None:
    """40 in the month: whoever knows the contest's count would know how many took part in nothing but something else."""
    month, other = apart(
        [beside("scorecard", 40, *MONTH), contest(people, date(2026, 10, 12), date(2026, 11, 2))]
    )
    assert (month.status == "hidden") is is_hidden
    assert (month.numerator is None) is is_hidden
    assert (month.denominator is None) is is_hidden
    assert other.numerator == (None if people is None else Decimal(people))


def test_counts_of_other_days_have_nothing_to_do_with_each_other() -> None:
    month, _ = apart([beside("scorecard", 40, *MONTH), contest(41, date(2026, 11, 3), date(2026, 11, 9))])
    assert month.status == "shown"


@pytest.mark.parametrize(("people", "is_hidden"), [(40, False), (41, True), (44, True), (45, False)])
def test_a_card_by_another_calendar_does_not_tell_on_the_days_between(people: int, is_hidden: bool) -> None:
    """The first thirty days of October by a list of the unit's own: what is missing took part on the 31st."""
    month = beside("scorecard", people, *MONTH)
    own = beside("scorecard", 40, MONTH[0], date(2026, 10, 30), "05752-hoi-thi")
    for rows in ([month, own], [own, month]):
        told = {row.period.calendar: row.status for row in apart(rows)}
        assert told == {"thang": "shown", "05752-hoi-thi": "hidden" if is_hidden else "shown"}
    of_something_else = beside(
        "scorecard", 40, MONTH[0], date(2026, 10, 30), "05752-hoi-thi", "visit.households"
    )
    assert {row.status for row in apart([month, of_something_else])} == {"shown"}


def test_a_quarter_does_not_tell_who_came_in_its_other_months() -> None:
    month, quarter = apart(
        [beside("scorecard", 40, *MONTH), beside("scorecard", 43, MONTH[0], date(2026, 12, 31))]
    )
    assert (month.status, quarter.status) == ("shown", "hidden")


def test_published_results_are_in_it_and_hide_the_month_that_would_tell_on_them(
    world_with_a_card: World,
) -> None:
    world = world_with_a_card
    give(world)
    with world.database.transaction() as session:
        publish(session, world.app.services.signer, world.activity, people=14, opened_at="2026-10-05T01:00:00.000Z", closed_at="2026-10-20T01:00:00.000Z")  # fmt: skip
    assert row(world, "contest.people")["numerator"] == "14"
    assert row(world, "contest.people")["period"] == "20261005-20261020"
    assert row(world, "du-thi")["status"] == "hidden"
    with world.database.transaction() as session:
        owner = select(Campaign.owner_unit_id).join(Activity).where(Activity.id == world.activity)
        assert session.scalars(owner).one() == world.commune
        assert open_figures.figures(session, world.far_commune) == []


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['=1+HYPERLINK("http://x";"y")', "-2+3+cmd|' /C calc'!A0", "+1+2", "@SUM(1)", "\t=1"]
)
def test_a_title_that_a_spreadsheet_would_run_is_text(text: str) -> None:
    made = open_files.to_csv([dict.fromkeys(open_files.COLUMNS, "") | {"about": text}])
    told = next(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    assert told["about"] == f"'{text}"


def test_a_number_below_zero_stays_a_number() -> None:
    assert b",-4," in open_files.to_csv([dict.fromkeys(open_files.COLUMNS, "") | {"value": "-4"}])


def test_what_a_unit_gives_costs_the_same_however_many_figures_there_are(world_with_a_card: World) -> None:
    world = world_with_a_card
    give(world)
    few = len(spent(world.database, lambda: get(world)))
    with world.database.transaction() as session:
        issue_at(session, world.commune, "tan-khanh")
        one = indicator(session, "TK-H1")
        for year in range(2010, 2026):
            told = figure(declare.shape(one), "", "11", "18")
            declare.add(session, one, world.commune, parse("thang", str(year)), "official", told, "Sổ", None)
    assert len(spent(world.database, lambda: get(world))) <= few + 1  # once for the indicators' names
