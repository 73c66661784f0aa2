"""Published results: what the page says, what it keeps to itself, and that the file proves itself."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from backend.db.engine import Database
from backend.http import NodeApp
from backend.safeguards import signing
from campaigns import results
from campaigns.models import Activity, Campaign
from tests.structure.test_budgets import spent
from tests.support.published import publish
from tests.support.settled import Settled, plant_settled

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


TAM = {"place": 1, "name": "Bà Tâm", "right": 10, "of": 10, "elapsed_ms": 192_400, "guess": 40, "gap": 1}
HUNG = {
    "place": 3,
    "name": "Lê Văn H.",
    "right": 10,
    "of": 10,
    "elapsed_ms": 48_000,
    "guess": None,
    "gap": None,
}


@pytest.fixture
def over(app: NodeApp, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settled:
    """A settled contest on whose board one person agreed to be named."""
    name_them(monkeypatch, TAM, HUNG)
    return plant_settled(app, database, monkeypatch)


def name_them(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> None:
    monkeypatch.setattr(results, "persons", lambda _session, _activity: list(rows))


def published(over: Settled, **said: Any) -> None:
    with over.database.transaction() as session:
        publish(session, over.app.services.signer, over.activity, **said)


def read(over: Settled, address: str, language: str = "vi") -> str:
    answer = over.client().get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def page(over: Settled, language: str = "vi") -> str:
    return read(over, f"/ket-qua/{over.activity}", language)


def test_the_page_tells_the_result_in_the_readers_way(over: Settled) -> None:
    published(over)
    text = page(over)
    for words in (
        "Đợt 1: Dịch vụ công trực tuyến", "xã Tân Khánh", "1.306", "1.021", "08:00, 01/11/2026",
        "20:00, 15/11/2026", "09:30, 16/11/2026", "45,3&nbsp;%", "3 phút 12,4 giây", "48 giây", "10/10",
        "Ai trả lời đúng nhiều câu hơn xếp trên.", "và 7 đơn vị khác trong nhóm", "Dự thi hộ người khác: 6", "Bà Tâm",
    ):  # fmt: skip
        assert words in text, words


def test_a_number_the_producer_hid_stays_hidden_and_says_why(over: Settled) -> None:
    published(over, all_correct=None)
    text = page(over)
    assert (
        text.count("ẩn vì số người ít") == 4
    )  # all correct, a hamlet's people and rate, one sort of removal
    assert "None" not in text


def test_guesses_are_shown_only_where_there_was_a_prediction(over: Settled) -> None:
    published(over, prediction=False)
    assert "Chênh lệch</th>" not in page(over)
    assert "Dự đoán" not in page(over)


def test_without_a_prediction_the_number_of_all_correct_is_not_spoken_of(over: Settled) -> None:
    published(over, prediction=False, all_correct=None)
    assert "đúng tất cả" not in page(over).split("<h2")[0]


def test_what_a_producer_leaves_out_is_left_out(over: Settled, monkeypatch: pytest.MonkeyPatch) -> None:
    lean = {
        "place": 1,
        "name": "Bà Tâm",
        "right": 9,
        "of": 10,
        "elapsed_ms": 1000,
        "guess": None,
        "gap": None,
    }
    name_them(monkeypatch, lean)
    published(over, settled_at=None, units=[], why=None)
    text = page(over)
    assert "Bà Tâm" in text
    assert "Chốt:" not in text


def test_nobody_named_and_no_unit_leading_is_no_empty_table(
    over: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_them(monkeypatch)
    published(over, units=[], removed=[])
    text = page(over)
    assert 'data-testid="no-persons"' in text
    assert "<table" not in text


def test_it_reads_in_english_too(over: Settled) -> None:
    published(over)
    text = page(over, "en")
    assert "Round 1: Online public services" in text
    assert "More right answers stand higher." in text
    assert '<html lang="en">' in text


def test_words_from_the_statement_are_text_and_nothing_else(over: Settled) -> None:
    published(over, owner="<script>alert(1)</script>")
    text = page(over)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_correction_says_what_it_replaces_and_why(over: Settled) -> None:
    published(over)
    published(over, number=2, supersedes=1, why="Bỏ hai bài dự thi hộ", people=1019)
    text = page(over)
    assert "1.019" in text
    assert "Bản công bố số 2, thay bản số 1" in text
    assert "Bỏ hai bài dự thi hộ" in text
    assert read(over, "/ket-qua").count(f"/ket-qua/{over.activity}") == 1


def test_the_file_is_what_was_signed(over: Settled) -> None:
    published(over)
    got = over.client().get(f"/ket-qua/{over.activity}.json")
    text, public = (
        page(over),
        signing.unpacked(over.client().get("/.well-known/lantoa-key").json["public_key"]),
    )
    assert f">{hashlib.sha256(got.data).hexdigest()}<" in text
    signature = text.split('data-testid="signature">')[1].split("<")[0]
    assert signing.verify(public, got.data, signature)
    assert not signing.verify(public, got.data.replace(b"1021", b"1022"), signature)
    assert "attachment" in got.headers["Content-Disposition"]


def test_before_anything_is_published_the_pages_say_so(over: Settled) -> None:
    assert 'data-testid="nothing-published"' in read(over, "/ket-qua")
    answer = over.client().get(f"/ket-qua/{over.activity}")
    assert answer.status_code == 404
    assert 'data-testid="not-published"' in answer.text
    assert over.client().get(f"/ket-qua/{uuid.uuid4()}.json").status_code == 404


def test_results_cost_one_statement_and_their_list_one(over: Settled) -> None:
    published(over)
    assert spent(over.database, lambda: page(over)) == ["SELECT publication"]
    assert spent(over.database, lambda: read(over, "/ket-qua")) == ["SELECT publication"]


# --- the front page ---


def test_the_front_page_shows_what_is_on_and_every_way_in(over: Settled) -> None:
    with over.database.transaction() as session:
        closes = datetime(2026, 12, 4, 13, tzinfo=UTC)
        session.execute(update(Activity).values(state="open", closes_at=closes))
    text = read(over, "/")
    assert "đến 20:00, 04/12/2026" in text
    for way in ('href="/app/"', 'href="/admin/"', 'href="/ket-qua"', 'href="/xac-minh"'):
        assert way in text


def test_the_front_page_shows_nothing_of_what_is_over_or_not_released(over: Settled) -> None:
    assert 'data-testid="on-now"' not in read(over, "/")
    with over.database.transaction() as session:
        session.execute(update(Activity).values(state="scheduled"))
        session.execute(update(Campaign).values(state="draft"))
    assert 'data-testid="on-now"' not in read(over, "/")


@on_sqlite
@pytest.mark.parametrize("address", ["/", "/xac-minh", "/ket-qua"])
def test_public_pages_need_no_script_and_nothing_from_elsewhere(over: Settled, address: str) -> None:
    published(over)
    for path in (address, f"/ket-qua/{over.activity}"):
        text = read(over, path)
        assert "<script" not in text
        assert "style=" not in text
        assert 'src="http' not in text


@on_sqlite
def test_the_language_can_be_changed_without_losing_the_page(over: Settled) -> None:
    client = over.client()
    text = client.get("/xac-minh?so=abc", headers={"Accept-Language": "vi"}).text
    link = text.split('data-testid="language"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert client.get(link).location == "/xac-minh?so=abc"
    assert '<html lang="en">' in client.get("/xac-minh").text
