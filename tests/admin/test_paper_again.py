"""One paper made anew at the console, and a refused name put right."""

import re

from backend.certificates.models import Certificate
from backend.certificates.queries import check
from tests.admin.desk import Desk, trail
from tests.admin.test_batches import certificates, drawn, formal, made, new, over
from tests.certificates.test_batches import entry
from tests.certificates.test_batches import made as batch_of
from tests.mobile_api.test_recognition import letter, thanked
from tests.support.world import World

AGAIN, REVOKE = "/admin/papers/again", "/admin/papers/revoke"


def name_put_right(row: Certificate) -> str:
    """Another tone mark."""
    return str(row.statement["name"]).replace("Văn", "Vân")


def first(world: World, desk: Desk) -> Certificate:
    over(world)
    desk("an").post(new(world))
    drawn(world)
    return certificates(world)[0]


def test_a_number_leads_to_the_paper_and_a_new_one_takes_its_place(world: World, desk: Desk) -> None:
    row = first(world, desk)
    before = len(certificates(world))
    page = desk("an").get(f"{AGAIN}?number={row.number.lower()}").text
    assert (row.statement["name"] in page, 'data-testid="again"' in page) == (True, True)
    assert len(trail(world, "certificate.looked_up")) == 1
    answer = desk("an").post(
        AGAIN, data={"number": row.number, "name": name_put_right(row), "why": "in sai tên"}
    )
    assert answer.status_code == 303, answer.text
    number = re.search(r"number=([0-9A-Z-]{19})", answer.location)
    assert number is not None
    after = desk("an").get(answer.location).text
    assert (name_put_right(row) in after, number[1] in after) == (True, True)
    old = desk("an").get(f"{AGAIN}?number={row.number}").text
    assert ('data-testid="taken-back"' in old, number[1] in old, 'data-testid="again"' in old) == (
        True,
        True,
        False,
    )
    assert (len(certificates(world)), len(trail(world, "certificate.anew"))) == (before + 1, 1)
    public = world.app.test_client().get(f"/xac-minh/{row.number}").text
    assert ("verdict-revoked" in public, number[1] in public) == (True, False)
    assert row.statement["name"] not in public, "what had to be put right is not shown on"
    assert world.app.test_client().get(f"/xac-minh/{row.number}.json").status_code == 404


def test_what_was_typed_stays_where_it_is_refused(world: World, desk: Desk) -> None:
    row = first(world, desk)
    for data in ({"name": "Trần Thị Khác", "why": "in sai tên"}, {"name": name_put_right(row), "why": "x"}):
        answer = desk("an").post(AGAIN, data={"number": row.number} | data)
        assert (answer.status_code, 'data-testid="problem"' in answer.text) == (409, True)
        assert (data["name"] in answer.text, f'value="{data["why"]}"' in answer.text) == (True, True)
    with world.database.transaction(writes=False) as session:
        assert check(session, row.number).verdict == "valid"
    assert desk("an").get(f"{AGAIN}?number=khong-co").status_code == 404


def test_a_thank_you_letter_is_taken_back_with_a_reason_and_no_other_paper_is(
    world: World, desk: Desk
) -> None:
    number = letter(*thanked(world)).json["number"]
    short = desk("emulation").post(REVOKE, data={"number": number, "why": "x"})
    assert (short.status_code, "<details open>" in short.text) == (409, True)
    assert desk("emulation").post(REVOKE, data={"number": number, "why": "gửi nhầm người"}).status_code == 303
    assert "gửi nhầm người" in desk("emulation").get(f"{AGAIN}?number={number}").text
    assert "verdict-revoked" in world.app.test_client().get(f"/xac-minh/{number}").text


def test_what_has_a_result_behind_it_is_no_letter_to_take_back(world: World, desk: Desk) -> None:
    row = first(world, desk)
    assert desk("an").post(REVOKE, data={"number": row.number, "why": "gửi nhầm"}).status_code == 404
    with world.database.transaction(writes=False) as session:
        assert check(session, row.number).verdict == "valid"


def test_papers_behind_a_decision_are_made_anew_by_its_office_alone(world: World, desk: Desk) -> None:
    formal(world)
    drawn(world)
    number = certificates(world)[0].number
    assert desk("an").get(f"{AGAIN}?number={number}").status_code == 404
    assert desk("an").post(AGAIN, data={"number": number, "why": "in sai tên"}).status_code == 404
    assert desk("emulation").get(f"{AGAIN}?number={number}").status_code == 200
    assert desk("emulation").post(AGAIN, data={"number": number, "why": "bị mất"}).status_code == 303


def test_a_refused_line_is_put_right_on_its_page(world: World, desk: Desk) -> None:
    batch = batch_of(world, [entry("Lê Văn Một"), entry("Lê Văn 😀")], skip_refused=True)
    drawn(world)
    here = f"/admin/batches/{batch}"
    assert 'data-testid="mend"' in desk("an").get(here).text
    short = desk("an").post(f"{here}/items/2/mend", data={"name": "Lê Văn", "why": "x"})
    assert (short.status_code, 'value="Lê Văn"' in short.text) == (409, True)
    bad = desk("an").post(f"{here}/items/2/mend", data={"name": "Lê Văn 😎", "why": "tên có ký hiệu"})
    assert (bad.status_code, 'value="Lê Văn 😎"' in bad.text) == (409, True)
    assert desk("an").post(
        f"{here}/items/2/mend", data={"name": "Lê Văn", "why": "tên có ký hiệu"}
    ).status_code == 303  # fmt: skip
    drawn(world)
    assert {row.statement["name"] for row in certificates(world)} == {"Lê Văn Một", "Lê Văn"}
    assert len(trail(world, "batch.mend")) == 1
    assert made(world)[0].state == "done"


def test_a_name_the_person_chose_is_theirs_to_put_right(world: World, desk: Desk) -> None:
    over(world)
    batch = batch_of(world, [entry("Trần Thị 😀", activity=world.activity)], skip_refused=True)
    page = desk("an").get(f"/admin/batches/{batch}").text
    assert ("tự chọn" in page, 'data-testid="mend"' in page) == (True, False)
    answer = desk("an").post(
        f"/admin/batches/{batch}/items/1/mend", data={"name": "Trần Thị", "why": "tên có ký hiệu"}
    )
    assert answer.status_code == 409
