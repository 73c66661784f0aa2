"""The console's pages about documents: what came, what stands, going back; giving out, who answered; a merge of communes."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend import clock
from backend.federation.documents import fetching
from backend.federation.documents.models import Document, DocumentState
from backend.streams import DOCUMENTS
from backend.targets.csv_file import Cell
from backend.targets.issuing import Heading, issue
from backend.targets.queries import set_of
from backend.units.models import Unit, UnitEvent
from campaigns.from_above_models import PackKey
from tests.support.levels import Levels, Node, province_and_communes


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=2, lines=("state",)) as found:
        yield found


def fetch(node: Node) -> None:
    with node.here(), node.levels.link.client() as client:
        fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)


def a_set(node: Node, title: str = "Kế hoạch 57", value: str = "60") -> str:
    """A set of the province's own, as its office wrote it; answers how the form names it."""
    cell = Cell(
        "T1", "Tỷ lệ hồ sơ", "Rate", "%", "manual", 2027, "ge", Decimal(value), None, "level", False, value
    )
    with node.writing() as session:
        heading = Heading(title, "UBND tỉnh", date(2026, 1, 1))
        return f"targets:{issue(session, node.unit, heading, [cell]).id}"


def post(browser: FlaskClient, page: str, address: str, /, **form: object) -> tuple[int, str]:
    assert browser.get(page).status_code == 200
    answer = browser.post(address, data=form, follow_redirects=True)
    return answer.status_code, answer.text


def test_an_office_gives_targets_out_sees_who_took_them_and_takes_them_back(levels: Levels) -> None:
    above, below = levels.province, levels.communes[0]
    what = a_set(above)
    with above.here():
        office = above.browser("office")
        status, text = post(
            office, "/admin/documents/give", "/admin/documents/give", what=what, to="all", line="state"
        )
        assert (status, "chưa báo" in text) == (200, True)
    fetch(below)
    levels.courier(below)
    with above.reading() as session:
        digest = session.scalars(select(Document.digest)).one()
    page = f"/admin/documents/given/{digest}"
    with above.here():
        text = office.get(page).text
        assert "Đang áp dụng" in text
        assert "1 trên 2 nơi nhận đang áp dụng" in office.get("/admin/documents").text
        status, text = post(office, page, f"/admin/documents/withdraw/{digest}", reason="x")
        assert (status, "Xin ghi lý do" in text) == (400, True)
        status, text = post(office, page, f"/admin/documents/withdraw/{digest}", reason="Ban hành nhầm")
        assert (status, "Ban hành nhầm" in text) == (200, True)
    fetch(below)
    with below.reading() as session:
        assert set_of(session, below.unit, clock.today()) is None


def test_the_office_below_goes_back_and_what_it_typed_is_not_lost(levels: Levels) -> None:
    above, below = levels.province, levels.communes[0]
    what = a_set(above)
    with above.here():
        post(
            above.browser("office"),
            "/admin/documents/give",
            "/admin/documents/give",
            what=what,
            to="all",
            line="state",
        )
    fetch(below)
    with below.reading() as session:
        state = session.scalars(select(DocumentState)).one()
    here = f"{state.peer_id}/{state.series}"
    page, back = f"/admin/documents/received/{here}", f"/admin/documents/roll-back/{here}"
    with below.here():
        office = below.browser("office")
        text = office.get("/admin/documents").text
        assert "đang dùng bản số 1" in text
        assert "Bộ chỉ tiêu: Kế hoạch 57" in text
        status, text = post(office, page, back, standing="0" * 64, reason="Sai cột số liệu")
        assert (status, "Sai cột số liệu" in text) == (409, True)
        status, text = post(office, page, back, standing=state.standing, reason="Sai cột số liệu")
        assert (status, "Đã lùi về bản trước" in text) == (200, True)
        status, text = post(office, page, f"/admin/documents/again/{here}")
        assert status == 200
    fetch(below)
    with below.reading() as session:
        assert session.scalars(select(DocumentState.state)).one() == "applied"


def test_a_pack_goes_down_with_its_questions_sealed_until_the_hour_typed(levels: Levels) -> None:
    above = levels.province
    with above.here():
        office = above.browser("an")
        day = f"{clock.today() + timedelta(days=3):%d/%m/%Y}"
        form = {
            "what": "pack:tim-hieu-chuyen-doi-so",
            "to": "all",
            "line": "state",
            "day": day,
            "addition": "dates",
        }
        status, text = post(office, "/admin/documents/give", "/admin/documents/give", **form, hour="25:00")
        assert (status, day in text, "giờ mở đề" in text) == (400, True, True)
        far = form | {"day": "31/12/9999"}
        status, text = post(office, "/admin/documents/give", "/admin/documents/give", **far, hour="7:00")
        assert (status, "giờ mở đề" in text) == (400, True)
        status, text = post(office, "/admin/documents/give", "/admin/documents/give", **form, hour="7:00")
        assert (status, "Tìm hiểu chuyển đổi số" in text) == (200, True)
    with above.reading() as session:
        opens = session.scalars(select(PackKey.opens_at)).one().astimezone(clock.VIETNAM)
        assert f"{opens:%d/%m/%Y %H:%M}" == f"{day} 07:00"


def test_nothing_chosen_is_said(levels: Levels) -> None:
    above = levels.province
    with above.here():
        office = above.browser("office")
        status, text = post(office, "/admin/documents/give", "/admin/documents/give", what="", line="state")
        assert (status, "ít nhất một nơi nhận" in text) == (400, True)


def test_two_communes_become_one_after_a_second_look(levels: Levels) -> None:
    above = levels.province
    on = f"{levels.now.date() - timedelta(days=1):%d/%m/%Y}"
    form = {
        "unit": ["05917", "05923"], "served_by": "05917", "level_word": "xã", "name": "Tân Hòa", "code": "05999", "on": on,
        "document": "Nghị quyết 15/NQ-HĐND", "issuer": "", "decided_on": "",
    }  # fmt: skip
    with above.here():
        office = above.browser("an")
        page, preview = "/admin/documents/merge", "/admin/documents/merge/preview"
        status, text = post(office, page, preview, **form | {"served_by": ""})
        assert (status, "Tân Hòa" in text) == (400, True)
        text = office.post(preview, data=form).text
        assert "xã Tân Hòa (05999)" in text
        digest = text.split('name="digest" value="')[1][:64]
        stale = office.post(page, data={**form, "name": "Khác", "digest": digest})
        assert stale.status_code == 409
        done = office.post(page, data={**form, "digest": digest}, follow_redirects=True)
        assert (done.status_code, "Đã ký và gửi việc sắp xếp" in done.text) == (200, True)
    for node in levels.communes:
        fetch(node)
        with node.reading() as session:
            assert len(session.scalars(select(UnitEvent)).all()) == 1
            assert session.scalars(select(Unit.valid_to).where(Unit.code == "05923")).one() is not None


@pytest.mark.parametrize(("who", "status"), [("inspector", 403), ("province", 403), ("office", 200)])
def test_only_the_offices_give_out(levels: Levels, who: str, status: int) -> None:
    node = levels.province
    with node.here():
        assert node.browser(who).get("/admin/documents/give").status_code == status
