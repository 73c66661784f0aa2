"""Keeps what makes a review a review: the whole phase year by year, the targets at their horizon, and sections of its own."""

import io
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import openpyxl
import pytest

from backend import clock
from backend.calendars import parse
from backend.db.base import new_id
from backend.reports import files, layouts, obligations, review
from backend.reports.errors import ReportUnknown
from backend.reports.figures import Source
from backend.reports.models import Duty, Report, Submission
from backend.reports.words import REVIEW_FIELDS, SECTIONS
from backend.scorecards.indicators import template
from backend.scorecards.queries import Figure
from backend.targets import declare, queries
from tests.support.reports import Office, office
from tests.support.world import SINCE, World
from tests.targets.conftest import issue_at

TODAY = clock.today()


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def begun(here: Office, obligation: str = "xa-so-ket", interval: str = "mid_term") -> uuid.UUID:
    """A review of the running half-term; answers its submission."""
    duty = here.duty(obligation=obligation, interval=interval, since=SINCE)
    with here.world.database.transaction(writes=False) as session:
        period = obligations.offered(session.get_one(Duty, duty))[0]
    return here.open(duty, period)


def figures(here: Office, submission: uuid.UUID) -> dict[str, Any]:
    with here.world.database.transaction(writes=False) as session:
        return session.get_one(Report, here.report(submission)).figures


def planned(here: Office, value: str) -> None:
    """The commune's own plan, and what it said of one of its targets."""
    with here.world.database.transaction() as session:
        issue_at(session, here.world.commune, "tan-khanh")
        one = queries.indicator(session, "TK-H1")
        month = parse("thang", f"{TODAY:%Y%m}")
        declare.declare(session, one, here.world.commune, month, (value, "", ""), "Biên bản số 3", None)


def test_a_review_tells_every_target_with_what_was_achieved_of_it(here: Office) -> None:
    planned(here, "72,2")
    rows = figures(here, begun(here))["review"]["targets"]["rows"]
    with here.world.database.transaction(writes=False) as session:
        (own,) = queries.in_force(session, [here.world.commune], TODAY)
        titles = {line.indicator.name_vi for line in queries.targets_of(session, own.id)}
    assert {row[0] for row in rows} == titles, "those nobody told anything about too"
    (told,) = (row for row in rows if row[0] == "Phủ sóng 5G toàn xã")
    assert told[1] == "2030: đạt 100 %"
    assert told[2] == "72,2 % (báo cáo của đơn vị)"
    assert told[3] == "72,2 %"
    silent = next(row for row in rows if row[0] != told[0])
    assert silent[2:] == ["Chưa có số liệu", "", "Chưa thể nói"]


def test_a_plain_report_has_no_such_sections(here: Office) -> None:
    planned(here, "72,2")
    assert "review" not in figures(here, here.open(here.duty()))


@pytest.mark.parametrize("line", ["party", "state"])
def test_every_layout_lays_out_every_part_of_both_reviews_once(line: str) -> None:
    layout = layouts.in_force(line, TODAY)
    for form in review.FORMS:
        assert sorted(layout["sections"][form]) == sorted({**REVIEW_FIELDS, **SECTIONS})


def test_what_people_write_in_a_review_is_not_what_they_write_in_a_report(here: Office) -> None:
    submission = begun(here)
    here.write(submission, "lessons", "Làm cùng dân thì bền.")
    with pytest.raises(ReportUnknown):
        here.write(here.open(here.duty()), "lessons", "Làm cùng dân thì bền.")
    with here.world.database.transaction() as session:
        row = session.get_one(Submission, submission)
        word, book = (files.made(session, row, kind, sample=False).content for kind in ("docx", "xlsx"))
        pdf = files.made(session, row, "pdf", sample=False).content
    said = [place.text for place in docx.Document(io.BytesIO(word)).paragraphs]
    parts = [one.partition(". ")[2] for one in said if one.partition(". ")[0] in ("I", "II", "III", "IV")]
    assert parts == [
        "Kết quả thực hiện", SECTIONS["phase"], SECTIONS["targets"], "Bài học kinh nghiệm",
    ]  # fmt: skip
    assert "BÁO CÁO SƠ KẾT" in said
    assert {"Cả giai đoạn", "Mục tiêu"} <= set(openpyxl.load_workbook(io.BytesIO(book)).sheetnames)
    assert pdf.startswith(b"%PDF")


def test_years_of_the_phase_add_months_within_it_and_what_is_not_known_stays_empty(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tính tay: 7-12/2025: 10 + 5; 2026: 7; năm chưa có tháng nào thì để trống, không phải 0."""
    added = next(one for one in template().indicators if one.denominator == "none" and not one.about_people)
    told = {"202507": 10, "202512": 5, "202603": 7, "202506": 1000}

    def counted(
        _session: Any, _own: Any, _activity: Any, _owner: Any, units: list[uuid.UUID], codes: list[str]
    ) -> Any:
        return {
            code: {units[0]: {added.code: Figure(added, told.get(code))}} for code in codes
        }  # fmt: skip

    monkeypatch.setattr(review, "figures_by_period", counted)
    monkeypatch.setattr(clock, "today", lambda: date(2027, 2, 1))
    source = Source(new_id(), here.world.commune, here.world.commune, "Đợt 1", SINCE, (added,))
    with here.world.database.transaction(writes=False) as session:
        table = review._phase(session, [source], parse("nhiem-ky", "2025-2030"))
    assert table["heads"] == ["TT", "Kết quả", "2025", "2026", "2027", "Cộng"]
    assert [row[1:] for row in table["rows"]] == [[15, 7, None, 22]]
    assert Decimal(table["rows"][0][-1]) == 22
