"""The page "Đồng ý": figures that hide the few, and one person's agreements only upon a request, each look noted."""

import re
import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin import consents as room
from backend.http import STAFF_TOKEN
from backend.people import consents, sign_in
from backend.people.models import SubjectLink
from backend.safeguards.models import AuditEntry
from tests.support.world import Phone, World

PROOF = re.compile(r'action="(/admin/consents/[0-9a-f-]+/proof)".*?name="key" value="(\w+)"', re.DOTALL)
FILE = "12/PYC ngày 20/11/2026"


@pytest.fixture
def dpo(world: World) -> FlaskClient:
    return signed_in(world)


def signed_in(world: World, who: str = "dpo") -> FlaskClient:
    world.app.config["WTF_CSRF_METHODS"] = set()
    client = world.client()
    with world.database.transaction() as session:
        token, _ = sign_in.open_session(session, world.staff[who], None)
    with client.session_transaction() as cookie:
        cookie[STAFF_TOKEN] = token
    return client


def look(client: FlaskClient, key: str, **more: str) -> TestResponse:
    return client.post("/admin/consents", data={"key": key, "name": "", "why": "asked", "file": FILE} | more)


def shown(answer: TestResponse) -> list[str]:
    return re.findall(r'data-testid="consent" data-purpose="(\w+)"', answer.text)


def looks(world: World) -> list[AuditEntry]:
    with world.database.transaction(writes=False) as session:
        deeds = ("consent.lookup", "consent.proof")
        return list(
            session.scalars(select(AuditEntry).where(AuditEntry.deed.in_(deeds)).order_by(AuditEntry.at))
        )


def subject_of(world: World, phone: Phone) -> str:
    with world.database.transaction(writes=False) as session:
        link = select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
        return str(session.scalars(link).one())


def figures(answer: TestResponse, purpose: str) -> tuple[str, str]:
    row = answer.text.split(f'data-purpose="{purpose}"')[1].split("</tr>")[0]
    cells = re.findall(r'data-testid="(?:agree|withdrew)">(.*?)</td>', row, re.DOTALL)
    plain = [re.sub(r"<span class=\"small-only\">.*?</span>|<.*?>", "", cell).strip() for cell in cells]
    return plain[0], plain[1]


# --- figures ---------------------------------------------------------------------------------------------------------


def test_five_are_a_number_and_four_are_not(world: World, dpo: FlaskClient) -> None:
    people = [world.phone(f"Người {n}") for n in range(4)]
    assert figures(dpo.get("/admin/consents"), "contest_entry") == ("dưới 5", "dưới 5")
    people += [world.phone(f"Người {n}") for n in range(4, 11)]
    assert figures(dpo.get("/admin/consents"), "contest_entry") == ("11", "dưới 5")
    for phone in people[:5]:
        (row,) = phone.get("/me").json["consents"]
        phone.delete(f"/me/consents/{row['id']}")
    assert figures(dpo.get("/admin/consents"), "contest_entry") == ("6", "5")
    people[0].agree("contest_entry")
    assert figures(dpo.get("/admin/consents"), "contest_entry") == ("7", "dưới 5"), "who agreed again agrees"


def test_people_of_another_commune_are_not_counted(world: World, dpo: FlaskClient) -> None:
    for number in range(6):
        world.phone(f"Người {number}", hamlet=world.far_hamlet)
    assert figures(dpo.get("/admin/consents"), "contest_entry") == ("dưới 5", "dưới 5")


def test_every_text_in_force_is_there_to_read(world: World, dpo: FlaskClient) -> None:
    text = dpo.get("/admin/consents").text
    assert set(re.findall(r'data-testid="text-row" data-purpose="(\w+)"', text)) == set(consents.texts())


@pytest.mark.parametrize("who", ["an", "operator", "inspector", "editor"])
def test_nobody_else_looks(world: World, who: str) -> None:
    client = signed_in(world, who)
    assert client.get("/admin/consents").status_code == 403
    assert look(client, world.phone().number).status_code == 403
    assert looks(world) == []


# --- one person ------------------------------------------------------------------------------------------------------


def test_by_phone_number_with_a_reason(world: World, dpo: FlaskClient) -> None:
    phone = world.phone("Hoàng Thị Chi")
    phone.agree("publish_name")
    answer = look(dpo, phone.number)
    assert answer.status_code == 200
    assert "Hoàng Thị Chi" in answer.text
    assert shown(answer) == ["contest_entry", "publish_name"]
    (entry,) = looks(world)
    assert (entry.noun_id, entry.reason, entry.is_read) == (subject_of(world, phone), f"asked {FILE}", True)
    assert phone.me["id"] not in str(vars(entry)), "the trail knows the random key alone"


def test_by_receipt(world: World, dpo: FlaskClient) -> None:
    phone = world.phone("Hoàng Thị Chi")
    receipt = phone.take_part()["receipt"]
    assert shown(look(dpo, receipt.lower())) == ["contest_entry"]


@pytest.mark.parametrize(
    "lacking", [{"why": ""}, {"why": "curious"}, {"file": ""}, {"file": "a"}, {"key": ""}]
)
def test_without_a_reason_nothing_is_looked_up(
    world: World, dpo: FlaskClient, lacking: dict[str, str]
) -> None:
    phone = world.phone("Hoàng Thị Chi")
    answer = look(dpo, **{"key": phone.number, "name": "Hoàng Thị Chi"} | lacking)
    assert answer.status_code == 400
    assert shown(answer) == []
    assert 'data-testid="problem"' in answer.text
    assert 'value="Hoàng Thị Chi"' in answer.text, "what was typed stays"
    assert looks(world) == []


@pytest.mark.parametrize("file", ["đơn của hoang thi chi", "gọi 0912 345 678 ngày 1/2"])
def test_a_reason_names_nobody(world: World, dpo: FlaskClient, file: str) -> None:
    phone = world.phone("Hoàng Thị Chi")
    answer = look(dpo, phone.number, file=file)
    assert (answer.status_code, shown(answer)) == (409, [])
    assert [entry.reason for entry in looks(world)] == ["asked"]


def test_a_family_on_one_number_is_told_apart_by_name(world: World, dpo: FlaskClient) -> None:
    phone = world.phone("Hoàng Thị Chi")
    world.phone("Hoàng Văn Dũng", number=phone.number, consent=False)
    for name in ("", "Hoàng", "Người lạ"):
        answer = look(dpo, phone.number, name=name)
        assert (answer.status_code, shown(answer)) == (409, []), name
        assert "Hoàng Văn Dũng" not in answer.text
    answer = look(dpo, phone.number, name="hoang thi chi")
    assert shown(answer) == ["contest_entry"]
    assert "Dũng" not in answer.text


def test_who_is_not_there_or_lives_elsewhere_is_not_found_and_the_look_is_noted(
    world: World, dpo: FlaskClient
) -> None:
    far = world.phone("Người Xa", hamlet=world.far_hamlet)
    for key in ("0987654321", "ABCD-EFGH", far.number, "%"):
        answer = look(dpo, key)
        assert (answer.status_code, shown(answer)) == (404, []), key
        assert "Người Xa" not in answer.text
    assert [entry.noun_id for entry in looks(world)] == [None] * 4


def test_numbers_are_not_tried_one_after_another(
    world: World, dpo: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOOKS_AN_HOUR", 3)
    assert [look(dpo, f"098765432{n}").status_code for n in range(4)] == [404] * 3 + [429]


# --- the proof -------------------------------------------------------------------------------------------------------


def test_a_proof_shows_what_was_read_when_and_how(world: World, dpo: FlaskClient) -> None:
    phone = world.phone("Hoàng Thị Chi")
    (path, key) = PROOF.findall(look(dpo, phone.number).text)[0]
    answer = dpo.post(path, data={"reason": f"asked {FILE}", "key": key})
    assert answer.status_code == 200
    first = (
        consents.texts()["contest_entry"]
        .text["vi"]
        .replace("{controller}", "Nhóm vận hành thử")
        .splitlines()[0]
    )
    for words in ("Hoàng Thị Chi", first, "ứng dụng trên điện thoại", "chưa rút lại"):
        assert words in answer.text
    assert [entry.deed for entry in looks(world)] == ["consent.lookup", "consent.proof"]
    assert looks(world)[1].reason == f"asked {FILE}"


def test_a_proof_opens_from_a_look_of_ones_own_only(world: World, dpo: FlaskClient) -> None:
    phone = world.phone("Hoàng Thị Chi")
    (path, key) = PROOF.findall(look(dpo, phone.number).text)[0]
    other = signed_in(world)
    reason = f"asked {FILE}"
    assert other.post(path, data={"reason": reason, "key": key}).status_code == 404, "another session"
    assert dpo.post(path, data={"reason": "asked 13", "key": key}).status_code == 404, "another reason"
    assert dpo.post(path, data={"reason": reason}).status_code == 404
    assert dpo.post(path, data={"reason": reason, "key": "á"}).status_code == 404
    assert dpo.get(path).status_code == 405
    assert [entry.deed for entry in looks(world)] == ["consent.lookup"]


def test_the_trail_tells_the_reason_in_words(world: World, dpo: FlaskClient) -> None:
    look(dpo, world.phone("Hoàng Thị Chi").number)
    text = signed_in(world, "an").get("/admin/audit").text
    assert f"Người đó yêu cầu xem, chứng minh · {FILE}" in text
    assert "Hoàng Thị Chi" not in text


def test_after_leaving_nobody_is_found(world: World, dpo: FlaskClient) -> None:
    phone = world.phone("Hoàng Thị Chi")
    receipt = phone.take_part()["receipt"]
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204
    assert look(dpo, phone.number).status_code == look(dpo, receipt).status_code == 404
