"""A rename, a move and an abolition composed on the console, and the same on every node below."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend import clock
from backend.db.node import this_node
from backend.units import change, deciding
from backend.units.deciding import Act, CannotDecide
from backend.units.event_in import UnitsIn
from backend.units.models import Unit, UnitEvent
from backend.units.queries import named
from backend.units.trees import LinesUp, subtree
from campaigns.units_from_above import live_through
from tests.federation.test_documents import fetch
from tests.support.levels import SINCE, Levels, Node, province_and_communes


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=2, lines=("state",)) as found:
        yield found


def typed(levels: Levels, **more: str) -> dict[str, str]:
    on = f"{levels.now.date() - timedelta(days=1):%d/%m/%Y}"
    return {
        "unit": "05923",
        "on": on,
        "document": "Nghị quyết 15/NQ-HĐND",
        "issuer": "",
        "decided_on": "",
    } | more


def decide(levels: Levels, what: str, form: dict[str, str]) -> tuple[FlaskClient, str]:
    """The form, the preview, the yes; what the preview said."""
    above = levels.province
    page = f"/admin/documents/reorganise/{what}"
    with above.here():
        office = above.browser("an")
        assert office.get(page).status_code == 200
        said = office.post(f"{page}/preview", data=form).text
        digest = said.split('name="digest" value="')[1][:64]
        assert office.post(page, data={**form, "document": "Khác", "digest": digest}).status_code == 409
        done = office.post(page, data={**form, "digest": digest}, follow_redirects=True)
        assert (done.status_code, "Đã ký và gửi việc sắp xếp" in done.text) == (200, True)
    return office, said


def nodes_after(levels: Levels) -> Iterator[Node]:
    for node in levels.nodes.values():
        if node is not levels.province:
            fetch(node)
        yield node


def test_a_commune_is_called_otherwise_on_every_node_from_that_day(levels: Levels) -> None:
    _, said = decide(levels, "rename", typed(levels, name="Tân Hòa", level_word="Phường"))
    assert "được gọi là phường Tân Hòa" in said
    for node in nodes_after(levels):
        with node.reading() as session:
            one = node.units["05923"]
            assert named(session, one, clock.today()).full_name == "phường Tân Hòa"
            assert named(session, one, clock.today() - timedelta(days=9)).full_name == "xã Tân Thành"


def test_an_abolished_commune_goes_into_another_and_its_node_serves_that_one(levels: Levels) -> None:
    decide(levels, "abolish", typed(levels, target="05917"))
    for node in nodes_after(levels):
        with node.reading() as session:
            event = session.scalars(select(UnitEvent)).one()
            assert (event.kind, session.get_one(Unit, node.units["05923"]).valid_to) == (
                "abolish",
                event.holds_from,
            )
    ended = levels["05923"]
    with ended.reading() as session:
        assert session.get_one(Unit, this_node(session).unit_id).code == "05917"
        assert {ended.units[code] for code in ended.hamlets} <= subtree(
            session, ended.units["05917"], clock.today()
        )


def test_a_commune_goes_to_another_province_with_all_below_it(levels: Levels) -> None:
    """Decided where both provinces are known; applied alike by who has them."""
    told: list[UnitsIn] = []
    for node in levels.nodes.values():
        with node.writing() as session:
            other = change.found(
                session, code="01", kind="province", name="Hà Nội", level_word="thành phố", since=SINCE
            )
            act = Act(clock.today() - timedelta(days=1), "Nghị quyết 15")
            told.append(told[0] if told else deciding.moving(session, "05923", "01", act))
            live_through(session, told[-1])
            lines = LinesUp(session)
            assert other in set(lines(node.units["05923"], clock.today()))
            assert node.units["19"] in set(lines(node.units["05923"], date(2026, 1, 1)))
            if node.code == "05923":
                assert other in set(lines(node.units["05923-T01"], clock.today()))


def test_a_decision_that_changes_nothing_or_cannot_be_is_refused(levels: Levels) -> None:
    act = Act(clock.today(), "Nghị quyết 15")
    with levels.province.writing() as session:
        for wrong in (
            lambda: deciding.renaming(session, "05923", "Tân Thành", "xã", act),
            lambda: deciding.renaming(session, "05923", "Mới", "xã", Act(SINCE, "Nghị quyết 15")),
            lambda: deciding.moving(session, "05923", "19", act),
            lambda: deciding.moving(session, "05923", "05917", act),
            lambda: deciding.abolishing(session, "05923", "05923", act),
        ):
            with pytest.raises(CannotDecide):
                wrong()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("what", "form", "sentence"),
    [
        ("rename", {"name": "", "level_word": "xã"}, "Xin ghi tên mới"),
        ("rename", {"unit": "99999", "name": "Tân Hòa", "level_word": "xã"}, "Xin chọn đơn vị"),
        ("abolish", {"target": ""}, "Xin chọn đơn vị"),
        ("abolish", {"target": "05917", "on": "31/02/2026"}, "Nghị quyết 15/NQ-HĐND"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    levels: Levels, what: str, form: dict[str, str], sentence: str
) -> None:
    above = levels.province
    with above.here():
        office = above.browser("an")
        answer = office.post(f"/admin/documents/reorganise/{what}/preview", data=typed(levels) | form)
    assert answer.status_code in (400, 409)
    assert sentence in answer.text
    assert "Nghị quyết 15/NQ-HĐND" in answer.text


def test_only_the_three_words_are_pages_and_only_for_who_keeps_documents(levels: Levels) -> None:
    above = levels.province
    with above.here():
        assert above.browser("an").get("/admin/documents/reorganise/split").status_code == 404
        assert above.browser("inspector").get("/admin/documents/reorganise/rename").status_code == 403
        assert "chưa có nơi nào nhận được" in above.browser("an").get("/admin/documents/reorganise/move").text
