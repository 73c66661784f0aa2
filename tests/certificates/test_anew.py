"""A paper made a second time: one that is good, one that is taken back, and a way from the old number to the new one."""

import json
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend import clock
from backend.certificates import anew as again
from backend.certificates import batches, designs, mending, progress
from backend.certificates.batch_models import BatchItem
from backend.certificates.batches import Entry
from backend.certificates.errors import (
    CertificateUnknown,
    NameIsChosen,
    NameNotPrintable,
    NameOfAnother,
    NameOfChild,
    NothingToMend,
    PaperTakenBack,
)
from backend.certificates.models import Certificate, StatusBit
from backend.certificates.queries import check, of_source, of_subject
from backend.certificates.revoke import revoke
from backend.people.models import Person, SubjectLink
from backend.safeguards import keys, signing
from backend.safeguards.signing import Signer
from campaigns import leaving
from tests.certificates.test_batch_people import beside
from tests.certificates.test_batches import (
    KEY,
    OFFICER,
    OPERATOR,
    URL,
    certificates,
    entry,
    hand,
    items,
    made,
    run,
    seen,
    words,
)
from tests.support.world import World

NAME = "Nguyễn Thị Bình"
WHY = "in sai tên đệm"


def issued(world: World, place: Path, what: Entry, **more: object) -> tuple[uuid.UUID, Certificate]:
    """(batch, its only paper)"""
    batch = made(world, [what], **more)  # type: ignore[arg-type]
    run(world.database, hand(place))
    (row,) = certificates(world.database)
    return batch, row


def anew(world: World, row: Certificate, name: str = "", signer: Signer = KEY) -> Certificate:
    with world.database.transaction() as session:
        return again.anew(session, row.id, WHY, OFFICER, signer, URL, name)


def verdict(world: World, number: str) -> str:
    with world.database.transaction(writes=False) as session:
        return check(session, number).verdict


def test_the_new_paper_says_the_same_with_the_name_put_right(world: World, tmp_path: Path) -> None:
    _, old = issued(world, tmp_path, entry("Nguyễn Thị Bỉnh"))
    new = anew(world, old, NAME)
    assert (verdict(world, old.number), verdict(world, new.number)) == ("revoked", "valid")
    assert new.statement == old.statement | {"number": new.number, "name": NAME}
    told, before = json.loads(new.credential or ""), json.loads(old.credential or "")
    assert told["credentialSubject"]["achievement"] == before["credentialSubject"]["achievement"]
    with world.database.transaction(writes=False) as session:
        gone = check(session, old.number).certificate
        assert gone is not None
        assert (new.number in (gone.revoked_reason or ""), WHY in (gone.revoked_reason or "")) == (
            False,
            True,
        )
        assert gone.replaced_by == new.number
        assert session.get(StatusBit, (old.list_id, old.position)) is not None, "those offline learn it too"
        assert session.get(StatusBit, (new.list_id, new.position)) is None


def test_slip_upon_slip_leads_to_nobody_else(world: World, tmp_path: Path) -> None:
    _, old = issued(world, tmp_path, entry("Nguyễn Văn An"))
    second = anew(world, old, "Nguyễn Văn Am")
    with pytest.raises(NameOfAnother):
        anew(world, second, "Nguyễn Văn Em")
    assert anew(world, second, "Nguyễn Văn An").statement["name"] == "Nguyễn Văn An"


def test_the_printer_and_every_question_find_the_new_one(world: World, tmp_path: Path) -> None:
    what = entry("Nguyễn Thị Bỉnh")
    batch, old = issued(world, tmp_path, what)
    new = anew(world, old, NAME)
    with world.database.transaction(writes=False) as session:
        assert [one.number for one in progress.to_print(session, batch)] == [new.number]
        found = of_source(session, "decision", what.source_id)
        assert found is not None
        assert found.number == new.number
        assert [row.number for row in of_subject(session, what.source_id)] == [new.number]


def test_a_formal_paper_keeps_the_day_of_its_decision(world: World, tmp_path: Path) -> None:
    day = date(2026, 3, 1)
    _, old = issued(
        world, tmp_path, entry(NAME), design=designs.shipped_id("giay-khen"), issued_on=day, tier="formal"
    )
    new = anew(world, old)
    assert (new.statement["date"], new.tier) == (day.isoformat(), "formal")
    assert new.issued_at > old.issued_at - timedelta(seconds=1)


def test_one_that_was_taken_back_or_made_anew_is_not_made_again(world: World, tmp_path: Path) -> None:
    _, old = issued(world, tmp_path, entry(NAME))
    new = anew(world, old)
    with pytest.raises(PaperTakenBack):
        anew(world, old)
    with world.database.transaction() as session:
        revoke(session, old.number, "không phải người này", OFFICER)  # whoever complains holds the old number
    assert verdict(world, new.number) == "revoked"
    with pytest.raises(PaperTakenBack):
        anew(world, new)
    assert len(certificates(world.database)) == 2


def test_a_name_nobody_can_print_changes_nothing(world: World, tmp_path: Path) -> None:
    _, old = issued(world, tmp_path, entry(NAME))
    with pytest.raises(NameNotPrintable):
        anew(world, old, f"{NAME} 😀")
    with pytest.raises(NameOfAnother):
        anew(world, old, "Trần Văn Tám")
    assert verdict(world, old.number) == "valid"


def test_nobody_writes_a_childs_name_on_paper_and_who_left_gets_none(world: World, tmp_path: Path) -> None:
    person = uuid.UUID(world.phone(NAME).me["id"])
    with world.database.transaction() as session:
        subject = session.scalars(select(SubjectLink.subject).where(SubjectLink.person_id == person)).one()
        session.get_one(Person, person).birth_year = clock.today().year - 12
    _, old = issued(world, tmp_path, Entry(uuid.uuid4(), words("N. T. B."), subject=subject))
    with pytest.raises(NameOfChild):
        anew(world, old, NAME)
    new = anew(world, old)
    assert new.statement["name"] == "N. T. B."
    with world.database.transaction() as session:
        leaving._erase(session, person, subject)
    assert certificates(world.database) == [], "the old and the new one go with their person"
    with pytest.raises(CertificateUnknown):
        anew(world, new)


def test_a_child_without_an_account_keeps_the_initials_too(world: World, tmp_path: Path) -> None:
    _, old = issued(world, tmp_path, entry("N. T. B."))
    with pytest.raises(NameOfChild):
        anew(world, old, "N. T. Bình")
    batch = made(world, [entry("N. T. B."), entry("Lê Văn 😀")], skip_refused=True)
    with world.database.transaction() as session:
        row = session.get_one(BatchItem, (batch, 1))
        row.state, row.trouble = "refused", "không vẽ được"
    with pytest.raises(NameOfChild):
        mend(world, batch, 1, NAME)


def test_of_taking_back_and_making_anew_at_once_nothing_good_is_left(world: World, tmp_path: Path) -> None:
    """Whoever takes it back has seen the old paper before the new one was there."""
    _, old = issued(world, tmp_path, entry(NAME))

    def take_back() -> None:
        with world.database.transaction() as session:
            seen_before = session.get_one(Certificate, old.id)
            revoke(session, seen_before, "không phải người này", OFFICER)

    beside(world, lambda session: again.anew(session, old.id, WHY, OFFICER, KEY, URL), take_back)
    assert {verdict(world, row.number) for row in certificates(world.database)} == {"revoked"}
    assert len(certificates(world.database)) == 2


def test_a_line_put_right_while_it_is_given_up_is_not_printed(world: World, tmp_path: Path) -> None:
    gone = entry("Lê Văn 😀")
    batch = made(world, [entry("Lê Văn Một"), gone], skip_refused=True)

    def give_up() -> None:
        with world.database.transaction() as session:
            batches.give_up(session, "decision", gone.source_id, "thu hồi")

    beside(world, lambda session: mending.mend(session, batch, 2, "Lê Văn", WHY, OFFICER), give_up)
    run(world.database, hand(tmp_path))
    assert {row.statement["name"] for row in certificates(world.database)} == {"Lê Văn Một"}


def test_papers_of_a_withdrawn_key_are_found_and_made_anew_with_the_next(
    world: World, tmp_path: Path
) -> None:
    _, old = issued(world, tmp_path, entry(NAME))
    other = Signer(signing.packed(b"c" * 32))
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        with world.database.transaction() as session:
            keys.rotate(session, KEY, other, OPERATOR)
            assert again.unbelieved(session, KEY.key_id) == [], "what it signed before stays good"
            keys.withdraw(session, KEY.key_id, clock.now() - timedelta(days=3), OPERATOR)
        with world.database.transaction(writes=False) as session:
            assert again.unbelieved(session, KEY.key_id) == [(old.id, old.number)]
        assert verdict(world, old.number) == "key_withdrawn"
        with clock.stopped_at(clock.now() + timedelta(minutes=1)):
            new = anew(world, old, signer=other)
            assert (new.key_id, verdict(world, new.number)) == (other.key_id, "valid")
        with world.database.transaction(writes=False) as session:
            assert again.unbelieved(session, KEY.key_id) == []


# --- a line that could not be printed -----------------------------------------------------------------------------------


def mend(world: World, batch: uuid.UUID, position: int, name: str) -> None:
    with world.database.transaction() as session:
        mending.mend(session, batch, position, name, WHY, OFFICER)


def test_a_refused_name_put_right_is_printed_under_its_number(world: World, tmp_path: Path) -> None:
    batch = made(world, [entry("Lê Văn Một"), entry("Lê Văn 😀")], skip_refused=True)
    run(world.database, hand(tmp_path))
    number = items(world.database, batch)[1].number
    with pytest.raises(NameNotPrintable):
        mend(world, batch, 2, "Lê Văn 😀")
    with pytest.raises(NameOfAnother):
        mend(world, batch, 2, "Trần Thị Lụa")
    mend(world, batch, 2, "Lê  Văn")
    assert seen(world.database, batch).batch.state == "ready"
    run(world.database, hand(tmp_path))
    found = seen(world.database, batch)
    assert (found.batch.state, found.done, found.refused) == ("done", 2, 0)
    assert verdict(world, number) == "valid"
    assert {row.statement["name"] for row in certificates(world.database)} == {"Lê Văn Một", "Lê Văn"}


def test_what_is_printed_given_up_or_chosen_by_its_person_is_not_mended(world: World, tmp_path: Path) -> None:
    gone, own = entry("Lê Văn 😀"), entry("Trần Thị 😀", activity=world.activity)
    batch = made(world, [entry("Lê Văn Một"), gone, own], skip_refused=True)
    with world.database.transaction() as session:
        batches.give_up(session, "decision", gone.source_id, "thu hồi")
    run(world.database, hand(tmp_path))
    for position, refusal in ((1, NothingToMend), (2, NothingToMend), (3, NameIsChosen), (4, NothingToMend)):
        with pytest.raises(refusal):
            mend(world, batch, position, "Lê Văn")
    assert len(certificates(world.database)) == 1
