"""Words that an administrator sets for every paper of a line: on drafts at once, on what was signed never."""

import io

import docx
import pytest
from sqlalchemy import select

from backend import clock
from backend.reports import files, layouts, settings
from backend.reports.errors import PaperWordsMissing
from backend.reports.models import PaperWords, Submission
from backend.safeguards.audit import OPERATOR
from tests.support.reports import Office, office
from tests.support.world import World

PARTY = layouts.in_force("party", clock.today())
STATE = layouts.in_force("state", clock.today())
TITLE = {"party_title": "ĐẢNG BỘ THỬ NGHIỆM {unit}", "ending": "././."}


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def heading(here: Office, submission: object) -> str:
    with here.world.database.transaction() as session:
        made = files.made(session, session.get_one(Submission, submission), "docx", sample=False)
    return "\n".join(
        cell.text for table in docx.Document(io.BytesIO(made.content)).tables for cell in table._cells
    )


def put(here: Office, layout: layouts.Layout = PARTY, **told: str) -> None:
    with here.world.database.transaction() as session:
        settings.set_words(session, layout, settings.words_of(layout) | told, OPERATOR)


def test_a_draft_bears_the_words_that_were_set_and_braces_in_them_are_words(here: Office) -> None:
    submission = here.open(here.duty())
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in heading(here, submission)
    put(here, **TITLE)
    assert "ĐẢNG BỘ THỬ NGHIỆM {unit}" in heading(here, submission)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" not in heading(here, submission)


def test_what_was_signed_keeps_its_words(here: Office) -> None:
    submission = here.open(here.duty())
    here.walk(submission, "number")
    put(here, **TITLE)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in heading(here, submission)


def test_the_lines_have_words_of_their_own(here: Office) -> None:
    assert list(settings.words_of(STATE)) == ["national_title", "motto", "ending"]
    assert list(settings.words_of(PARTY)) == ["party_title", "ending"]
    put(here, STATE, motto="Tiêu ngữ thử nghiệm")
    with here.world.database.transaction(writes=False) as session:
        assert settings.words_of(settings.applied(session, PARTY)) == settings.words_of(PARTY)
        assert settings.words_of(settings.applied(session, STATE))["motto"] == "Tiêu ngữ thử nghiệm"


def test_only_what_differs_is_set_and_the_last_word_holds(here: Office) -> None:
    put(here)
    put(here, party_title="MỘT")
    put(here, party_title="HAI")
    put(here, party_title="HAI", ending="")
    with here.world.database.transaction(writes=False) as session:
        rows = session.scalars(select(PaperWords).order_by(PaperWords.set_at)).all()
        assert [row.words for row in rows] == ["MỘT", "HAI"]
        assert settings.words_of(settings.applied(session, PARTY)) == {"party_title": "HAI", "ending": ""}


def test_the_title_may_not_be_empty_and_the_ending_may(here: Office) -> None:
    with pytest.raises(PaperWordsMissing):
        put(here, STATE, national_title="  ")
    put(here, STATE, ending="")
    with here.world.database.transaction(writes=False) as session:
        assert settings.applied(session, STATE)["ending"] == ""
