"""A signing key that is given up, told to the nodes below by the office of the province."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend import clock
from backend.certificates.models import RevokedKey
from backend.federation.documents.models import Document
from backend.federation.peers import queries as peers
from backend.federation.peers.models import PeerKey
from backend.safeguards.signing import Signer, packed
from tests.federation.test_documents import fetch, state_of
from tests.support.levels import Levels, province_and_communes

PAGE = "/admin/documents/revoke-key"
LOST = Signer(packed(b"l" * 32)).key_id


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=2, lines=("state",)) as found:
        yield found


def typed(levels: Levels, **more: str) -> dict[str, str]:
    since = f"{levels.now.date() - timedelta(days=3):%d/%m/%Y}"
    return {"key_id": LOST.lower().replace("-", " "), "since": since, "why": "Máy chủ bị lấy cắp"} | more


def tell(levels: Levels, form: dict[str, str]) -> str:
    """The form, the preview, the yes; what the preview said."""
    above = levels.province
    with above.here():
        office = above.browser("an")
        assert office.get(PAGE).status_code == 200
        said = office.post(f"{PAGE}/preview", data=form).text
        digest = said.split('name="digest" value="')[1][:64]
        assert office.post(PAGE, data={**form, "why": "Lý do khác", "digest": digest}).status_code == 409
        done = office.post(PAGE, data={**form, "digest": digest}, follow_redirects=True)
        assert (done.status_code, "Khóa ký bị lộ" in done.text) == (200, True)
    return said


def test_a_key_given_up_is_not_believed_below_any_more_and_a_second_one_adds_to_it(levels: Levels) -> None:
    other = Signer(packed(b"m" * 32)).key_id
    assert "máy chủ không kết nối ở đây" in tell(levels, typed(levels))
    tell(levels, typed(levels, key_id=other))
    node = levels.communes[0]
    fetch(node)
    assert state_of(node, "revocations/19").state == "applied"
    with node.reading() as session:
        rows = {row.key_id: row for row in session.scalars(select(RevokedKey))}
        assert set(rows) == {LOST, other}
        assert clock.local_day(rows[LOST].since) == levels.now.date() - timedelta(days=3)
    with levels.province.reading() as session:
        assert sorted(row.number for row in session.scalars(select(Document))) == [1, 2]
        assert {row.line for row in session.scalars(select(Document))} == {"state"}


def test_a_key_two_persons_called_lost_stands_ready_with_its_name_and_day(levels: Levels) -> None:
    above, child = levels.province, levels.communes[0]
    with above.writing() as session:
        peer = peers.children(session)[0]
        row = session.scalars(select(PeerKey).where(PeerKey.peer_id == peer.id)).one()
        row.withdrawn_from = clock.now() - timedelta(days=2)
    with above.here():
        page = above.browser("an").get(PAGE).text
    assert f"take-{child.signer.key_id}" in page
    said = tell(levels, typed(levels, key_id=child.signer.key_id))
    assert "Tân Khánh" in said
    with above.here():
        assert f"told-{child.signer.key_id}" in above.browser("an").get(PAGE).text
        assert f"take-{child.signer.key_id}" not in above.browser("an").get(PAGE).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"key_id": "ABCD-EFGH"}, "24 chữ và số"),
        ({"since": "31/02/2026"}, "ngày khóa có thể đã lộ"),
        ({"since": "01/01/2099"}, "không sau hôm nay"),
        ({"since": "01/01/0001"}, "ngày khóa có thể đã lộ"),
        ({"why": "x"}, "ít nhất vài chữ"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    levels: Levels, form: dict[str, str], sentence: str
) -> None:
    above = levels.province
    with above.here():
        answer = above.browser("an").post(f"{PAGE}/preview", data=typed(levels) | form)
    assert (answer.status_code, sentence in answer.text) == (400, True)
    kept = (typed(levels) | form)["key_id"]
    assert f'value="{kept}"' in answer.text


def test_a_key_in_use_is_given_up_first_where_two_persons_do_it(levels: Levels) -> None:
    above = levels.province
    for key, sentence in (
        (levels.communes[0].signer.key_id, "Kết nối máy chủ trước"),
        (above.signer.key_id, "khóa máy chủ này đang ký"),
    ):
        with above.here():
            answer = above.browser("an").post(f"{PAGE}/preview", data=typed(levels, key_id=key))
        assert (answer.status_code, sentence in answer.text) == (409, True)


def test_the_same_key_is_not_told_twice_and_a_reason_names_nobody(levels: Levels) -> None:
    tell(levels, typed(levels))
    above = levels.province
    with above.here():
        office = above.browser("an")
        assert "đã được báo xuống dưới" in office.post(f"{PAGE}/preview", data=typed(levels)).text
        other = typed(levels, key_id=Signer(packed(b"m" * 32)).key_id, why="gọi ông Ba 0912345678")
        answer = office.post(f"{PAGE}/preview", data=other)
        assert (answer.status_code, "số điện thoại" in answer.text) == (409, True)


def test_only_who_keeps_documents_of_this_unit_gets_there(levels: Levels) -> None:
    with levels.province.here():
        assert levels.province.browser("inspector").get(PAGE).status_code == 403
        assert levels.province.browser("operator").get(PAGE).status_code == 403
