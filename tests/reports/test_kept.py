"""Keeps what was signed: the same bytes for ever, whatever is written, renamed or laid out anew since."""

import hashlib
import io
import uuid
from typing import Any

import docx
import pytest
from sqlalchemy import select, update

from backend.db.lasting import Unchangeable
from backend.reports import files, layouts
from backend.reports.models import Kept, Report, ReportText, Step, Submission
from tests.support.reports import Office, office
from tests.support.world import World


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def taken(here: Office, submission: uuid.UUID, kind: str) -> bytes:
    with here.world.database.transaction() as session:
        return files.made(session, session.get_one(Submission, submission), kind, sample=False).content


def words(here: Office, submission: uuid.UUID) -> str:
    file = docx.Document(io.BytesIO(taken(here, submission, "docx")))
    cells = [cell.text for table in file.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(place.text for place in file.paragraphs), *cells])


def kept(here: Office) -> list[Kept]:
    with here.world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Kept).order_by(Kept.at, Kept.id)))


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
def test_a_signed_report_is_the_same_file_ever_after(
    here: Office, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Đã làm xong.")
    here.walk(submission, "number")
    first = taken(here, submission, kind)
    monkeypatch.setattr(layouts, "in_force", lambda *_: pytest.fail("laid out anew"))
    monkeypatch.setattr("backend.reports.paper.SERIES", {})
    with here.world.database.transaction() as session:
        report = session.get_one(Report, here.report(submission))
        report.figures, report.paper = {"rows": []}, {"place": "Nơi khác"}
    assert taken(here, submission, kind) == first


def test_the_paper_is_kept_when_it_is_signed_and_when_it_has_its_number(here: Office) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "review")
    assert kept(here) == []
    here.take(submission, "sign")
    assert "15" not in words(here, submission).partition("BÁO CÁO")[0]
    here.take(submission, "number")
    assert "Số 15-BC/ĐU" in words(here, submission)
    papers = [one for one in kept(here) if one.kind == "paper"]
    assert [(one.round, one.deed) for one in papers] == [(1, "sign"), (1, "number")]
    assert all(hashlib.sha256(one.content).hexdigest() == one.sha256 for one in kept(here))


def test_what_was_signed_before_it_was_given_back_stays_beside_what_is_signed_now(here: Office) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Bản thứ nhất")
    here.walk(submission, "send")
    here.take(submission, "give_back", "above", words="bổ sung khó khăn")
    here.write(submission, "results", "Bản thứ hai", seen=1)
    assert "Bản thứ hai" in words(here, submission), "a draft again"
    here.walk(submission, "sign")
    papers = [one.content.decode() for one in kept(here) if one.kind == "paper"]
    assert ["Bản thứ nhất" in one for one in papers] == [True, True, False]
    assert "Bản thứ hai" in papers[-1]


def test_the_paper_bears_the_name_of_who_signed_whatever_the_drafter_typed(here: Office) -> None:
    submission = here.open(here.duty())
    with here.world.database.transaction() as session:
        report = session.get_one(Report, here.report(submission))
        report.paper = {"signer_name": "Một Người Khác"}
    here.walk(submission, "sign")
    said = words(here, submission)
    assert "Một Người Khác" not in said
    assert "signer" in said


def test_what_was_said_done_or_signed_is_never_changed(here: Office) -> None:
    submission = here.open(here.duty())
    here.write(submission, "results", "Đã làm xong.")
    here.walk(submission, "sign")
    for table, value in (
        (Kept, {"sha256": "0" * 64}),
        (Step, {"words": "khác"}),
        (ReportText, {"words": "khác"}),
    ):
        with pytest.raises(Unchangeable), here.world.database.transaction() as session:
            session.execute(update(table).values(value))
        with pytest.raises(Unchangeable):
            changed(here, table, value)


def changed(here: Office, table: Any, value: dict[str, str]) -> None:
    with here.world.database.transaction() as session:
        row = session.scalars(select(table)).first()
        for name, other in value.items():
            setattr(row, name, other)
