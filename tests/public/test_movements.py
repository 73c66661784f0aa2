"""Movements in public: who launched, who leads beside its like. The last is in no page, no api, no open data."""

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from backend.open_data import choices
from backend.safeguards.audit import OPERATOR
from backend.units.models import Unit
from campaigns import lifecycle
from campaigns.models import Activity
from tests.structure.test_budgets import spent
from tests.support.movements import Movement, business, movement_of, scheduled
from tests.support.world import World

BEHIND = ("Xóm 3", "Xóm 4", "Cầu Cong", "Vùng xa 8", "Vùng xa 9")
AHEAD = ("Xóm 5", "Xóm 6", "Xóm 7", "Vùng xa 10")


@pytest.fixture
def movement(world: World) -> Movement:
    """Everybody took part, some more; the first hamlet is the reader's own."""
    found = movement_of(world)
    found.enrol_all()
    for number, name in enumerate(list(found.hamlets)[:7], start=1):
        found.took_part(name, 10 * number)
    for number, name in enumerate(list(found.hamlets)[7:], start=8):
        found.took_part(name, number)
    found.review()
    return found


def everything_public(movement: Movement) -> Iterator[tuple[str, str]]:
    """Every page, feed and answer that speaks of movements to whoever asks, and to a person of another hamlet."""
    world, anybody = movement.world, movement.world.client()
    with world.database.transaction() as session:
        choices.choose(session, world.commune, True, OPERATOR)
        code = session.get_one(Unit, world.commune).code
    for path in (
        "/phong-trao",
        f"/phong-trao/{movement.activity}",
        "/mo-hinh",
        "/",
        "/ket-qua",
        f"/so-lieu-mo/{code}",
    ):
        for language in ("vi", "en"):
            yield path, anybody.get(path, headers={"Accept-Language": language}).text
    phone = movement.owner()
    for path in ("/home", f"/activities/{movement.activity}", "/activities"):
        yield path, phone.get(path).text
    mine = movement.mine(phone) | {"hamlets": []}  # a choice of places, in which nothing is said of them
    yield "/mine", json.dumps(mine, ensure_ascii=False)


def test_the_last_is_in_no_page_no_api_no_feed(movement: Movement) -> None:
    seen = dict(everything_public(movement))
    assert all(name in seen[f"/phong-trao/{movement.activity}"] for name in AHEAD), "the scan can see names"
    for path, told in seen.items():
        assert [name for name in BEHIND if name in told] == [], path


def test_the_page_says_who_launched_it_and_that_the_review_is_signed(movement: Movement) -> None:
    told = movement.world.client().get(f"/phong-trao/{movement.activity}").text
    assert "12/KH-UBND" in told
    assert "chữ ký số" in told
    assert told.count('data-testid="leader"') == 4
    assert "70%" in told


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_review_is_taken_home_and_holds_with_the_published_key(movement: Movement) -> None:
    anybody = movement.world.client()
    address = f"/phong-trao/{movement.activity}/1.json"
    page = anybody.get(f"/phong-trao/{movement.activity}").text
    assert address in page
    answer = anybody.get(address)
    signature = answer.headers["Lantoa-Signature"]
    assert hashlib.sha256(answer.data).hexdigest() in page
    assert signature in page
    keys = {
        one["key_id"]: one["public_key"] for one in anybody.get("/.well-known/lantoa-key").get_json()["used"]
    }
    public = Ed25519PublicKey.from_public_bytes(plain(keys[answer.headers["Lantoa-Key"]]))
    public.verify(plain(signature), answer.data)
    with pytest.raises(InvalidSignature):
        public.verify(plain(signature), answer.data.replace(b"70", b"71", 1))
    for path in (f"/phong-trao/{movement.activity}/2.json", f"/phong-trao/{uuid.uuid4()}/1.json"):
        assert anybody.get(path).status_code == 404


def test_movements_are_found_by_their_theme(movement: Movement) -> None:
    anybody = movement.world.client()
    assert str(movement.activity) in anybody.get("/phong-trao?chu-de=patriotic").text
    assert str(movement.activity) not in anybody.get("/phong-trao?chu-de=startup").text
    assert str(movement.activity) in anybody.get("/phong-trao?chu-de=%00xyz").text


def test_what_is_not_there_is_said_in_words(movement: Movement) -> None:
    anybody = movement.world.client()
    for path in (
        f"/phong-trao/{uuid.uuid4()}",
        f"/mo-hinh/{uuid.uuid4()}",
        f"/phong-trao/{movement.world.campaign}",
    ):
        answer = anybody.get(path)
        assert answer.status_code == 404
        assert 'data-testid="not-there"' in answer.text
    assert anybody.get("/mo-hinh?trang=99999999999999999999").status_code == 200


def test_a_page_reads_what_it_shows_however_many_movements_there_are(movement: Movement) -> None:
    anybody, own = movement.world.client(), f"/phong-trao/{movement.activity}"
    anybody.get(own)
    before = spent(movement.world.database, lambda: anybody.get(own))
    shown_ = movement.activity
    for _ in range(3):
        scheduled(movement.world)
    with movement.world.database.transaction() as session:
        for row in session.scalars(select(Activity).where(Activity.state == "scheduled")):
            lifecycle.open_activity(session, row, OPERATOR)
    assert spent(movement.world.database, lambda: anybody.get(own)) == before
    told = anybody.get("/phong-trao").text
    assert told.count("/phong-trao/") == 4
    assert str(shown_) in told
    assert str(shown_) not in anybody.get("/phong-trao?chu-de=startup").text


def test_a_draft_review_is_nobodys_business(movement: Movement) -> None:
    movement.took_part("Đồng Tiến", 80, days_ago=1)
    movement.review(publish=False)
    told = movement.world.client().get(f"/phong-trao/{movement.activity}").text
    assert "Đồng Tiến" not in told
    assert told.count('data-testid="review"') == 1


def test_no_business_is_named_in_public(movement: Movement) -> None:
    for number in range(6):
        movement.owner(f"Chủ {number}").do("movement.enrol", business(movement, f"Tiệm riêng {number}"))
    movement.review()
    for path, told in everything_public(movement):
        assert "Tiệm riêng" not in told, path
