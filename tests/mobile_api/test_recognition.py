"""What a person reads of the own recognition: awards, thank-yous, certificates; nobody else's, and nothing twice."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from backend import clock
from backend.certificates import designs
from backend.db.engine import Database
from backend.errors import DomainError
from backend.media.layout import fields_of
from backend.safeguards.audit import OPERATOR
from backend.safeguards.models import AuditEntry
from campaigns.award import thanks
from campaigns.award.models import Appeal, Entry, Handover, Prize, Thanks
from campaigns.models import Activity
from tests.structure.test_budgets import spent
from tests.support.honoured import ACHIEVEMENT, honour, subject_of
from tests.support.world import Phone, World

WORDS = "Cảm ơn Ông/Bà đã tham gia."


LISTS = ("awards", "thanks", "certificates")


def mine(phone: Phone) -> dict[str, list[dict[str, object]]]:
    answer = phone.get("/me/recognition")
    assert answer.status_code == 200, answer.text
    return {name: answer.json[name] for name in LISTS}


def thank(world: World, words: str = WORDS, receipt: str | None = None) -> None:
    with world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        if receipt is None:
            thanks.for_taking_part(session, activity, world.commune, words, OPERATOR)
        else:
            thanks.for_a_deed(session, activity, receipt, world.commune, words, OPERATOR)


def took_part(world: World, name: str = "Bình") -> Phone:
    phone = world.phone(name)
    phone.take_part()
    return phone


# --- awards ---


def test_nothing_yet_is_three_empty_lists(world: World) -> None:
    assert mine(world.phone()) == {"awards": [], "thanks": [], "certificates": []}


def test_an_award_is_told_with_its_decision_and_its_place_in_the_book(world: World) -> None:
    phone = world.phone("Nguyễn Thị Bình")
    entry = honour(world, phone)
    (award,) = mine(phone)["awards"]
    told = {
        key: award[key]
        for key in ("entry", "name", "achievement", "form", "decision", "day", "register", "unit")
    }
    assert told == {
        "entry": str(entry), "name": "Nguyễn Thị Bình", "achievement": ACHIEVEMENT, "form": "Giấy khen",
        "decision": "15/QĐ-UBND-1", "day": "2026-11-20", "register": "1/2026", "unit": "xã Tân Khánh",
    }  # fmt: skip
    assert award["wall"] == {"may": True, "shown": False, "until": None}


def test_what_was_taken_back_says_so_with_the_reason_and_a_crossed_out_number_is_not_there(
    world: World,
) -> None:
    phone = world.phone()
    one, other = honour(world, phone), honour(world, phone, achievement="Khác")
    with world.database.transaction() as session:
        gone = {"revoked_at": datetime(2026, 11, 22, tzinfo=UTC), "revoked_why": "Khai sai"}
        session.execute(update(Entry).where(Entry.id == one).values(**gone))
        session.execute(update(Entry).where(Entry.id == other).values(void_why="Ghi nhầm"))
    (award,) = mine(phone)["awards"]
    assert (award["revoked_at"], award["revoked_why"]) == ("2026-11-22T00:00:00.000Z", "Khai sai")
    assert award["wall"] == {"may": False, "shown": False, "until": None}


def test_a_prize_is_told_with_its_money_and_its_hand_over(world: World) -> None:
    phone = world.phone()
    entry = honour(world, phone)
    with world.database.transaction() as session:
        prize = Prize(
            activity_id=world.activity, code="nhat", place=1, words="Giải Nhất", amount=1_000_000, most=1
        )
        session.add(prize)
        session.flush()
        session.get_one(Entry, entry).prize_id = prize.id
        session.add(
            Handover(entry_id=entry, on_day=date(2026, 11, 21), to_whom="Bình", amount=1_000_000, words="")
        )
    (award,) = mine(phone)["awards"]
    assert (award["prize"], award["amount"], award["handed_over_on"]) == (
        "Giải Nhất",
        1_000_000,
        "2026-11-21",
    )


def test_an_appeal_and_its_answer_stand_with_the_award(world: World) -> None:
    phone = world.phone()
    entry = honour(world, phone)
    with world.database.transaction() as session:
        asked = Appeal(
            activity_id=world.activity, entry_id=entry, subject=subject_of(session, phone), words="Sai tên đệm của tôi.",
            at=datetime(2026, 11, 22, tzinfo=UTC), state="upheld", answer="Đã sửa.",
        )  # fmt: skip
        session.add(asked)
    (award,) = mine(phone)["awards"]
    appeal = award["appeal"]
    assert isinstance(appeal, dict)
    assert (appeal["state"], appeal["words"], appeal["answer"]) == (
        "upheld",
        "Sai tên đệm của tôi.",
        "Đã sửa.",
    )


def test_nobody_reads_what_is_somebody_elses(world: World) -> None:
    one, other = took_part(world), world.phone("Chi")
    honour(world, one)
    thank(world)
    assert mine(other) == {"awards": [], "thanks": [], "certificates": []}
    assert len(mine(one)["awards"]) == len(mine(one)["thanks"]) == 1


def test_reading_costs_the_same_with_one_award_and_with_many(world: World, database: Database) -> None:
    phone = world.phone()
    honour(world, phone)
    one = spent(database, lambda: mine(phone))
    for _ in range(5):
        honour(world, phone)
    assert spent(database, lambda: mine(phone)) == one


# --- thanks ---


def test_everybody_who_took_part_is_thanked_at_once(world: World) -> None:
    phone, idle = took_part(world), world.phone("Chưa thi")
    thank(world)
    (got,) = mine(phone)["thanks"]
    assert (got["words"], got["unit"]) == (WORDS, "xã Tân Khánh")
    assert mine(idle)["thanks"] == []


def test_nobody_is_thanked_twice_for_one_thing_and_who_comes_later_is_not_left_out(world: World) -> None:
    first = took_part(world)
    thank(world)
    later = took_part(world, "Chi")
    thank(world, "Cảm ơn lần nữa.")
    assert [one["words"] for one in mine(first)["thanks"]] == [WORDS]
    assert [one["words"] for one in mine(later)["thanks"]] == ["Cảm ơn lần nữa."]


def test_one_person_is_thanked_by_the_receipt_they_show(world: World) -> None:
    one, other = took_part(world), took_part(world, "Chi")
    receipt = one.get("/me/data").json["operations"][0]["receipt"]
    thank(world, "Cảm ơn Ông/Bà đã giúp cả xóm.", receipt=f" {receipt.lower()} ")
    assert [row["words"] for row in mine(one)["thanks"]] == ["Cảm ơn Ông/Bà đã giúp cả xóm."]
    assert mine(other)["thanks"] == []


@pytest.mark.parametrize("receipt", ["", "XXXX-XXXX", "' OR 1=1"])
def test_a_receipt_nobody_has_thanks_nobody(world: World, receipt: str) -> None:
    took_part(world)
    with pytest.raises(thanks.NobodyToThank):
        thank(world, receipt=receipt)


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        (lambda world: thank(world), thanks.NobodyToThank),
        (lambda world: (took_part(world), thank(world, "  Cảm  ")), thanks.ThanksWithoutWords),
        (lambda world: (took_part(world), thank(world, "a" * 301)), thanks.ThanksWithoutWords),
    ],
)
def test_thanks_without_anybody_or_without_words_are_refused(
    world: World, deed: Callable[[World], object], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        deed(world)
    with world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Thanks)) == 0


def test_who_has_left_is_not_thanked_and_takes_the_thanks_along(world: World) -> None:
    gone, here = took_part(world), took_part(world, "Chi")
    thank(world)
    assert gone.delete("/me", {"pin": "1234"}).status_code == 204
    thank(world)
    with world.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Thanks)) == 1
    assert len(mine(here)["thanks"]) == 1


def test_a_paper_that_was_taken_out_is_not_thanked_for(world: World) -> None:
    from backend.participation.models import Fact

    took_part(world)
    with world.database.transaction() as session:
        facts = list(session.scalars(select(Fact)))
        for fact in facts:
            back = {c.name: getattr(fact, c.name) for c in Fact.__table__.columns}
            back |= {"operation_id": uuid.uuid4(), "is_reversal": True, "quantity": -fact.quantity}
            back |= {"reverses_operation": fact.operation_id, "reverses_line": fact.line}
            session.add(Fact(**back))
    with pytest.raises(thanks.NobodyToThank):
        thank(world)


def test_the_trail_says_that_thanks_were_given_and_names_nobody_thanked(world: World) -> None:
    took_part(world)
    thank(world)
    with world.database.transaction(writes=False) as session:
        (line,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "thanks.give_all"))
        assert (line.noun, line.noun_id) == ("activity", str(world.activity))


def test_the_own_download_holds_thanks_awards_and_the_choice(world: World) -> None:
    phone = took_part(world)
    honour(world, phone)
    thank(world)
    told = str(phone.get("/me/data").json["activities"]["award"])
    assert WORDS in told
    assert ACHIEVEMENT in told


# --- thanks on paper ---


def letter(phone: Phone, thanks_id: object, name: str = "Nguyễn Thị Bình") -> TestResponse:
    return phone.post(f"/me/recognition/thanks/{thanks_id}/letter", {"name": name})


def thanked(world: World, words: str = WORDS) -> tuple[Phone, object]:
    phone = took_part(world)
    thank(world, words)
    (got,) = mine(phone)["thanks"]
    assert got["letter"] is None
    return phone, got["id"]


def test_a_thank_you_becomes_a_letter_when_it_is_asked_for(world: World) -> None:
    phone, given = thanked(world)
    paper = letter(phone, given).json
    assert (paper["tier"], paper["heading"], paper["issuer"], paper["decision"]) == (
        "thanks", "Thư cảm ơn", "Ban Tổ chức – xã Tân Khánh", "",
    )  # fmt: skip
    assert letter(phone, given, "Tên khác").json == paper, "asked again, the same one"
    told = mine(phone)
    assert told["certificates"] == [paper]
    assert [one["letter"] for one in told["thanks"]] == [paper["number"]]
    page = world.client().get(f"/xac-minh/{paper['number']}")
    assert 'data-testid="verdict-valid"' in page.text
    assert WORDS in page.text
    for suffix, start in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("vc.json", b"{")):
        answer = world.client().get(f"/xac-minh/{paper['number']}.{suffix}")
        assert (answer.status_code, answer.data[: len(start)]) == (200, start)


def test_the_letter_has_no_emblem_and_names_no_decision(world: World) -> None:
    with world.database.transaction(writes=False) as session:
        known = designs.find(session, designs.DEFAULTS["thanks"])
    assert known.design.emblem is None
    assert "decision" not in fields_of(known.design)


def test_a_childs_letter_carries_initials_whatever_is_typed(world: World) -> None:
    child = world.phone("Nguyễn Văn An", birth_year=clock.today().year - 12)
    with world.database.transaction() as session:
        given = Thanks(
            unit_id=world.commune, subject=subject_of(session, child), words=WORDS, at=clock.now(), source_key="x"
        )  # fmt: skip
        session.add(given)
        session.flush()
        thanks_id = given.id
    told = child.get("/me/recognition").json
    assert told["minor"] is True
    paper = letter(child, thanks_id).json
    assert paper["name"] == told["printed_name"]
    assert "Nguyễn" not in paper["name"]


def test_nobody_gets_a_letter_for_somebody_elses_thanks(world: World) -> None:
    _, given = thanked(world)
    other = world.phone("Chi")
    assert letter(other, given).status_code == letter(other, uuid.uuid4()).status_code == 404
    assert mine(other)["certificates"] == []


@pytest.mark.parametrize("name", ["😀", "Ａ" * 60, "—"])
def test_a_name_no_letter_prints_makes_no_paper(world: World, name: str) -> None:
    phone, given = thanked(world)
    refused = letter(phone, given, name)
    assert refused.status_code in (409, 422), refused.text
    assert mine(phone)["certificates"] == []


def test_words_that_cannot_be_printed_are_refused_before_anybody_is_thanked(world: World) -> None:
    phone = took_part(world)
    for words in ("Cảm ơn Ông/Bà 😀", "Cảm ơn \U0001e900 Ông/Bà"):
        with pytest.raises(thanks.ThanksNotPrintable):
            thank(world, words)
    assert mine(phone)["thanks"] == []


def test_the_longest_thanks_fit_on_the_letter(world: World) -> None:
    phone, given = thanked(world, ("NGUYỄN ƯƠNG MƯỜNG " * 17)[: thanks.WORDS].strip())
    number = letter(phone, given).json["number"]
    assert world.client().get(f"/xac-minh/{number}.png").status_code == 200


def test_the_letter_goes_with_its_person(world: World) -> None:
    phone, given = thanked(world)
    number = letter(phone, given).json["number"]
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204
    assert world.client().get(f"/xac-minh/{number}").status_code == 404
