"""Published cards: bytes that never change, reproduced from the ledger, each restatement explaining itself."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import at, parse
from backend.cards import (
    actions,
    adopting,
    canonical,
    queries,
    revisions,
    sources,
    store,
    templates,
    verify,
    words,
)
from backend.cards.errors import (
    EvidenceNotHandedIn,
    KnownBefore,
    NothingMoved,
    NotThereThen,
    PeriodRunning,
    ReasonMissing,
    TemplateChanged,
)
from backend.cards.models import Card, CardRevision, CardScore
from backend.db.lasting import Unchangeable
from backend.people.regrouping import merge_units
from backend.safeguards.audit import OPERATOR
from backend.targets import declare, issuing
from backend.targets.catalogue import indicator
from backend.targets.csv_file import Cell
from backend.targets.issuing import Heading
from backend.targets.models import Target, TargetSet
from backend.targets.series import reasons
from backend.units import change
from campaigns.respond import take_in_again
from tests.cards.book import (
    AGAIN,
    ASSISTED,
    HOUSEHOLDS,
    MONTH,
    PAPERS,
    PUBLISHED,
    REASON,
    VISITS,
    Deed,
    hamlets,
    many,
    opened,
    published,
    unguarded,
    write,
)
from tests.support.visits import in_the_field, met, new_household
from tests.support.world import World


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def row(revision: CardRevision, code: str) -> dict[str, Any]:
    payload = canonical.read(revision.payload)
    return next(one for group in payload["groups"] for one in group["criteria"] if one["code"] == code)


def moved(revision: CardRevision, code: str) -> dict[str, tuple[Any, Any]]:
    found = next(one for one in revisions.changes(revision) if one.criterion == code)
    return {field["field"]: (field["before"], field["after"]) for field in found.fields}


def because(revision: CardRevision, code: str) -> dict[str, int]:
    found = next(one for one in revisions.changes(revision) if one.criterion == code)
    return {reason["code"]: reason.get("count", 0) for reason in found.because}


# --- figures --------------------------------------------------------------------------------------------------------


def test_a_person_counts_once_and_what_was_taken_back_not_at_all(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 6))
    write(session, many(world.other_hamlet, 4))  # the first four once more, elsewhere
    back = replace(many(world.hamlet, 1)[0], subject=uuid.uuid4(), took_back=PUBLISHED - timedelta(days=1))
    write(session, [back])
    found = row(published(session, opened(session, world)), "du-thi")
    assert (found["numerator"], found["denominator"], found["value"]) == ("6", "70", "8.6")
    assert found["computed"] == "21.5"  # 8.6 of 10 % asked, of 25 points


def test_facts_of_another_month_and_of_another_commune_stay_out(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    write(session, many(world.far_hamlet, 9))
    write(session, many(world.hamlet, 20, day=date(2026, 9, 30)))
    write(session, many(world.hamlet, 20, day=date(2026, 11, 1)))
    assert row(published(session, opened(session, world)), "du-thi")["numerator"] == "7"


def test_what_is_not_known_is_no_zero(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 6, VISITS))
    found = published(session, opened(session, world))
    never = row(found, "buoi-huong-dan")
    assert (never["numerator"], never["value"], never["points"]) == (None, None, None)
    assert [mark["code"] for mark in never["marks"]] == ["no_data"]
    payload = canonical.read(found.payload)
    assert payload["total"]["is_complete"] is False
    assert payload["class"] is None


def test_a_zero_that_was_counted_is_a_zero(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 6, "initiative.registered", day=date(2026, 9, 3)))
    found = row(published(session, opened(session, world)), "sang-kien-gui")
    assert (found["numerator"], found["points"]) == ("0", "0")


def test_a_zero_denominator_and_a_missing_headcount_are_said(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 6, "visit.vneid.used_alone"))
    write(session, many(world.far_hamlet, 6))
    here = row(published(session, opened(session, world)), "tu-dung-duoc")
    assert (here["value"], here["points"]) == (None, None)
    assert "zero_denominator" in [mark["code"] for mark in here["marks"]]
    far = row(published(session, opened(session, world, unit=world.far_commune)), "du-thi")
    assert (far["numerator"], far["denominator"], far["value"], far["points"]) == ("6", None, None, None)
    assert "no_headcount" in [mark["code"] for mark in far["marks"]]


@pytest.mark.parametrize("people", [0, 1, 4])
def test_a_few_people_are_hidden_and_score_as_nobody(world: World, session: Session, people: int) -> None:
    write(session, many(world.hamlet, 7, day=date(2026, 9, 3)))  # counted at all, but in September
    write(session, [replace(deed, subject=uuid.uuid4()) for deed in many(world.hamlet, people)])
    found = published(session, opened(session, world))
    here = row(found, "du-thi")
    assert (here["numerator"], here["value"], here["computed"], here["points"]) == (None, None, "0", "0")
    assert "hidden" in [mark["code"] for mark in here["marks"]]
    assert canonical.read(found.payload)["total"]["out_of"] == "100", "nobody is better off than a few"


def test_points_given_from_above_count_for_a_hidden_figure(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 4))
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED - timedelta(hours=1)):
        actions.official_score(
            session, card.id, {"du-thi": (Decimal(3), "Đối chiếu danh sách giấy")}, OPERATOR
        )
    assert row(published(session, card), "du-thi")["points"] == "3"


def test_facts_dated_in_2035_are_kept_out_and_said(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 6))
    write(session, many(world.hamlet, 3, day=date(2035, 10, 15), received=datetime(2026, 10, 16, tzinfo=UTC)))
    ahead = many(
        world.hamlet, 2, received=datetime(2026, 9, 1, tzinfo=UTC)
    )  # said in September to be of October
    write(session, [replace(deed, subject=uuid.uuid4()) for deed in ahead])
    found = published(session, opened(session, world))
    assert row(found, "du-thi")["numerator"] == "6"
    assert canonical.read(found.payload)["marks"] == [{"code": "dated_ahead", "values": {"count": "5"}}]


def test_volume_for_its_own_sake_loses_half(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 60, HOUSEHOLDS))
    write(session, [replace(deed, subject=None) for deed in many(world.hamlet, 120, VISITS)])
    found = row(published(session, opened(session, world)), "ho-da-den")
    assert found["computed"] == "5"  # 60 of 120 households is 10 of 20 points; half of that
    low = next(mark for mark in found["marks"] if mark["code"] == "gate_low")
    assert low["values"]["reached"] == "50.0"


# --- restatements ---------------------------------------------------------------------------------------------------


def test_late_facts_make_the_next_revision_which_says_why(world: World, session: Session) -> None:
    first_seven = many(world.hamlet, 7)
    write(session, first_seven)
    card = opened(session, world)
    first = published(session, card)
    write(
        session,
        [
            replace(many(world.hamlet, 1)[0], subject=uuid.uuid4(), received=PUBLISHED + timedelta(days=n))
            for n in (1, 2, 3)
        ],
    )
    write(session, [replace(first_seven[0], took_back=PUBLISHED + timedelta(days=1))])
    second = published(session, card, AGAIN)
    assert second.number == 2
    assert moved(second, "du-thi")["numerator"] == ("7", "9")
    assert because(second, "du-thi") == {"late": 3, "reversed": 1}
    assert canonical.read(second.payload)["follows"] == first.sha256
    assert row(first, "du-thi")["numerator"] == "7"
    assert verify.verify(session) == []


def few(world: World, people: int, **more: Any) -> list[Deed]:
    return [replace(deed, subject=uuid.uuid4()) for deed in many(world.hamlet, people, **more)]


def test_a_restatement_does_not_tell_how_few_were_hidden(world: World, session: Session) -> None:
    """Four hidden and two late are six; six shown and two taken back are four."""
    write(session, few(world, 4))
    card = opened(session, world)
    published(session, card)
    write(session, few(world, 2, received=PUBLISHED + timedelta(days=1)))
    with clock.stopped_at(AGAIN):
        foreseen = next(one for one in revisions.foresee(session, card) if one.criterion == "du-thi")
    assert foreseen.because == [{"code": "late"}]
    second = published(session, card, AGAIN)
    told = next(one for one in revisions.changes(second) if one.criterion == "du-thi")
    assert moved(second, "du-thi")["numerator"] == (None, "6")
    assert told.because == [{"code": "late"}]
    assert str(words.because(told.because[0])) == "có bản ghi đến muộn"
    assert verify.verify(session) == []


def test_nor_how_few_were_left(world: World, session: Session) -> None:
    shown = few(world, 6)
    card = opened(session, world)
    back = [replace(one, took_back=PUBLISHED + timedelta(days=1)) for one in shown[:2]]
    write(session, [*shown[2:], *back])
    published(session, card)
    second = published(session, card, AGAIN)
    told = next(one for one in revisions.changes(second) if one.criterion == "du-thi")
    assert moved(second, "du-thi")["numerator"] == ("6", None)
    assert told.because == [{"code": "reversed"}]
    assert verify.verify(session) == []


def test_a_further_revision_needs_a_reason_and_something_that_moved(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    published(session, card)
    with pytest.raises(NothingMoved):
        published(session, card, AGAIN)
    write(
        session,
        [replace(many(world.hamlet, 1)[0], subject=uuid.uuid4(), received=PUBLISHED + timedelta(days=1))],
    )
    with pytest.raises(ReasonMissing):
        published(session, card, AGAIN, "muộn")
    with pytest.raises(KnownBefore):
        published(session, card, PUBLISHED)
    assert published(session, card, AGAIN).number == 2


def test_a_month_that_is_not_over_is_not_published(world: World, session: Session) -> None:
    card = opened(session, world)
    with pytest.raises(PeriodRunning):
        published(session, card, datetime(2026, 10, 31, 16, 59, tzinfo=UTC))
    assert published(session, card, datetime(2026, 10, 31, 17, 1, tzinfo=UTC)).number == 1


def test_what_arrived_after_the_moment_is_known_only_later(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    write(
        session,
        [replace(many(world.hamlet, 1)[0], subject=uuid.uuid4(), received=PUBLISHED + timedelta(days=1))],
    )
    with clock.stopped_at(AGAIN):
        then = queries.view_of(session, card, known_at=PUBLISHED)
        now = queries.view_of(session, card)
    assert (then.criteria[0].numerator, now.criteria[0].numerator) == (7, 8)


def test_what_had_come_before_but_was_recorded_later_is_known_only_later(
    world: World, session: Session
) -> None:
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    first = published(session, card)
    waited = replace(many(world.hamlet, 1)[0], subject=uuid.uuid4(), recorded=PUBLISHED + timedelta(days=2))
    write(session, [waited])
    assert verify.verify(session) == []
    second = published(session, card, AGAIN)
    assert (row(first, "du-thi")["numerator"], row(second, "du-thi")["numerator"]) == ("7", "8")
    assert because(second, "du-thi") == {"recorded": 1}
    assert verify.verify(session) == []


def test_a_visit_accepted_after_publication_leaves_the_published_card_alone(world: World) -> None:
    field = in_the_field(world)
    month = at("thang", clock.today(), "month")
    household, stranger = new_household(field.bich), world.phone("Dung")
    waits = uuid.UUID(stranger.do("visit.log", met(household))["id"])
    with world.database.transaction() as session:
        others = many(world.hamlet, 8, HOUSEHOLDS, day=clock.today(), received=clock.now())
        write(session, others)
        card = actions.open_card(session, world.commune, "xa-thang", month, OPERATOR).id
    after = clock.now() + timedelta(days=40)
    with world.database.transaction() as session, clock.stopped_at(after):
        first = revisions.publish(session, session.get_one(Card, card), OPERATOR)
        assert row(first, "ho-da-den")["numerator"] == "8"
    with world.database.transaction() as session, clock.stopped_at(after + timedelta(days=1)):
        assert take_in_again(session, waits, accept_for=field.team).outcome == "counted"
    with world.database.transaction() as session, clock.stopped_at(after + timedelta(days=2)):
        assert verify.verify(session) == []
        second = revisions.publish(session, session.get_one(Card, card), OPERATOR, REASON)
        assert because(second, "ho-da-den")["recorded"] >= 1
        assert row(second, "ho-da-den")["numerator"] == "9"
        assert verify.verify(session) == []


def test_a_card_published_as_soon_as_it_is_opened_has_its_headcount(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    with clock.stopped_at(PUBLISHED):
        card = actions.open_card(session, world.commune, "xa-thang", MONTH, OPERATOR)
    with clock.stopped_at(PUBLISHED + timedelta(minutes=1)):
        first = revisions.publish(session, card, OPERATOR)
        assert row(first, "du-thi")["denominator"] == "70"
        assert verify.verify(session) == []


# --- it never changes -----------------------------------------------------------------------------------------------


def test_a_published_revision_cannot_be_changed(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    revision = published(session, opened(session, world))
    session.flush()
    for change_it in (
        lambda: setattr(revision, "reason", "khác"),
        lambda: setattr(revision, "payload", b"{}"),
        lambda: session.delete(revision),
    ):
        with pytest.raises(Unchangeable):
            _in_a_savepoint(session, change_it)
    with pytest.raises(Unchangeable):
        session.execute(update(CardRevision).values(reason="khác"))


def _in_a_savepoint(session: Session, deed: Callable[[], None]) -> None:
    with session.begin_nested():
        deed()
        session.flush()


KEPT = {
    "card_template": "version = 9", "card_lineup": "body = ''", "card_revision": "reason = 'khác'", "card_score": "points = 1",
    "card_check": "held = 1",
}  # fmt: skip


@pytest.mark.parametrize("table", KEPT)
def test_the_database_itself_refuses_to_change_what_is_kept(
    world: World, session: Session, table: str
) -> None:
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED - timedelta(hours=1)):
        actions.spot_check(session, card.id, "ho-da-den", 20, 19, "", OPERATOR)
        actions.self_score(session, card.id, {"truyen-thanh": (Decimal(8), "Sổ phát thanh")}, OPERATOR)
    published(session, card)
    session.flush()
    for statement in (f"UPDATE {table} SET {KEPT[table]}", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="is never changed"), session.begin_nested():
            session.execute(text(statement))
    assert verify.verify(session) == []


def test_bytes_changed_behind_our_back_are_found_and_named(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    revision = published(session, opened(session, world))
    forged = revision.payload.replace(b'"numerator":"7"', b'"numerator":"9"')
    assert forged != revision.payload
    with unguarded(session, "card_revision"):
        session.execute(
            text("UPDATE card_revision SET payload = :p, sha256 = :s"),
            {"p": forged, "s": canonical.fingerprint(forged)},
        )
    session.expire_all()
    found = [str(one) for one in verify.verify(session)]
    assert len(found) == 1
    assert "tham-gia.criteria.du-thi.numerator: published 9, the ledger says 7" in found[0]


def test_a_fact_lost_from_the_ledger_is_found(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7))
    published(session, opened(session, world))
    assert verify.verify(session) == []
    session.execute(text("DELETE FROM pending_fact"))
    session.execute(
        text(
            "DELETE FROM fact WHERE subject = (SELECT max(subject) FROM fact WHERE measure = 'contest.entrants')"
            if session.get_bind().dialect.name == "sqlite"
            else "DELETE FROM fact WHERE ctid = (SELECT max(ctid) FROM fact WHERE measure = 'contest.entrants')"
        )
    )
    assert any("numerator: published 7, the ledger says 6" in str(one) for one in verify.verify(session))


def test_reproduced_byte_for_byte_after_later_facts_a_new_template_and_a_merge(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = hamlets(session, world, [120, 80])
    write(session, [*many(extra[0], 12), *many(world.hamlet, 20, HOUSEHOLDS), *many(extra[1], 30, VISITS)])
    card = opened(session, world)
    first = published(session, card)
    kept = bytes(first.payload)
    write(
        session,
        [
            replace(deed, subject=uuid.uuid4(), received=PUBLISHED + timedelta(days=2))
            for deed in many(extra[1], 8)
        ],
    )
    with clock.stopped_at(PUBLISHED + timedelta(days=3)):
        merge_units(session, extra, extra[0], on=date(2026, 10, 20), document="NQ 12/NQ-HĐND")
    second = published(session, card, AGAIN)
    newer = templates.import_template(
        (templates.SHIPPED / "xa-thang.yaml")
        .read_text(encoding="utf-8")
        .replace("version: 1", "version: 3", 1)
        .replace("target: 10\n", "target: 20\n", 1)
    )
    monkeypatch.setattr(templates, "newest", lambda _code: newer)
    monkeypatch.setattr(templates, "newest_sha", lambda _code: newer.sha256)
    with clock.stopped_at(AGAIN + timedelta(days=1)):
        adopting.adopt_template(session, card.id, OPERATOR, "Tỉnh ban hành mẫu mới")
    third = published(session, card, AGAIN + timedelta(days=2), "Áp dụng mẫu phiếu mới của tỉnh")
    session.expire_all()
    assert session.get_one(CardRevision, first.id).payload == kept
    assert [canonical.read(one.payload)["template"]["version"] for one in (first, second, third)] == [2, 2, 3]
    assert because(second, "du-thi") == {"late": 8}  # the merge itself moved nothing in the commune
    assert because(third, "du-thi") == {"target": 0, "template": 0}
    assert verify.verify(session) == []
    assert verify.count(session) == 3


def test_a_hamlet_that_moves_away_backdated_leaves_the_old_revision_alone(
    world: World, session: Session
) -> None:
    (extra,) = hamlets(session, world, [120])
    write(
        session,
        [
            *many(extra, 12, day=date(2026, 10, 10)),
            *[replace(d, subject=uuid.uuid4()) for d in many(extra, 10, day=date(2026, 10, 25))],
        ],
    )
    card = opened(session, world)
    first = published(session, card)
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        change.place(session, extra, world.far_commune, "territory", date(2026, 10, 20))
        change.record(session, "move", [(extra, extra)], on=date(2026, 10, 20), document="NQ 13/NQ-HĐND")
        session.flush()
    second = published(session, card, AGAIN)
    assert (row(first, "du-thi")["numerator"], row(second, "du-thi")["numerator"]) == ("22", "12")
    assert because(second, "du-thi") == {"units": 0}
    assert verify.verify(session) == []
    with clock.stopped_at(AGAIN):
        as_now = queries.view_of(session, card, live=True, view="now")
    assert as_now.criteria[0].mark_codes == ("no_data",)  # all of it counts in the other commune now


def test_over_todays_units_a_few_who_moved_do_not_come_out_by_subtraction(
    world: World, session: Session
) -> None:
    (extra,) = hamlets(session, world, [120])
    write(session, [*many(world.hamlet, 20), *[replace(d, subject=uuid.uuid4()) for d in many(extra, 3)]])
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED + timedelta(days=1)):
        change.place(session, extra, world.far_commune, "territory", date(2026, 11, 2))
        change.record(session, "move", [(extra, extra)], on=date(2026, 11, 2), document="NQ 13/NQ-HĐND")
        session.flush()
    with clock.stopped_at(AGAIN):
        was = queries.view_of(session, card, live=True).criteria[0]
        now = queries.view_of(session, card, live=True, view="now").criteria[0]
    assert was.numerator == 23
    assert (now.numerator, now.value, now.is_hidden, now.points) == (None, None, True, None)


def test_a_version_of_a_template_is_never_given_another_content(world: World, session: Session) -> None:
    store.keep_template(session, templates.shipped_version("xa-thang", 1))
    text_ = (templates.SHIPPED / "xa-thang.yaml").read_text(encoding="utf-8")
    other = templates.import_template(text_.replace("target: 10\n", "target: 20\n", 1))
    with pytest.raises(TemplateChanged):
        store.keep_template(session, other)


def test_a_period_keeps_the_template_of_its_first_card(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(session, world)
    text_ = (templates.SHIPPED / "xa-thang.yaml").read_text(encoding="utf-8")
    newer = templates.import_template(text_.replace("version: 1", "version: 3", 1))
    monkeypatch.setattr(templates, "newest", lambda _code: newer)
    second = opened(session, world, unit=world.far_commune)
    assert first.template_sha == second.template_sha


# --- how much it asks the database ------------------------------------------------------------------------------------


def statements(session: Session, card: Card) -> int:
    session.flush()
    session.expire_all()
    asked: list[str] = []
    engine = session.get_bind()
    listen = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    try:
        queries.view_of(session, card, live=True)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    return len(asked)


def test_a_card_asks_as_much_of_a_large_unit_as_of_a_small_one(world: World, session: Session) -> None:
    card = opened(session, world)
    write(session, many(world.hamlet, 6))
    small = statements(session, card)
    for unit in hamlets(session, world, [100] * 60):
        write(session, many(unit, 3))
    assert statements(session, card) == small
    assert small <= 20


# --- the payload ------------------------------------------------------------------------------------------------------


def test_the_bytes_are_canonical(world: World, session: Session) -> None:
    write(session, many(world.hamlet, 7, PAPERS))
    revision = published(session, opened(session, world))
    told = json.loads(revision.payload)
    again = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert again == revision.payload
    assert canonical.fingerprint(again) == revision.sha256
    assert revision.reason == REASON


def test_scores_count_as_they_stood_when_it_was_published(world: World, session: Session) -> None:
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED - timedelta(hours=3)):
        actions.self_score(
            session, card.id, {"truyen-thanh": (Decimal("8.5"), "Sổ phát sóng tháng 10")}, OPERATOR
        )
    with clock.stopped_at(PUBLISHED - timedelta(hours=2)):
        actions.official_score(session, card.id, {"truyen-thanh": (Decimal(7), "Thiếu hai buổi")}, OPERATOR)
    first = published(session, card)
    with clock.stopped_at(PUBLISHED + timedelta(hours=2)):
        actions.official_score(session, card.id, {"truyen-thanh": (Decimal(8), "Đã bổ sung")}, OPERATOR)
    second = published(session, card, AGAIN)
    assert [row(one, "truyen-thanh")["points"] for one in (first, second)] == ["7", "8"]
    assert because(second, "truyen-thanh") == {"official": 0}
    assert row(first, "truyen-thanh")["self"] == "8.5"
    assert verify.verify(session) == []
    assert session.query(CardScore).count() == 3


# --- targets and declared figures -------------------------------------------------------------------------------------


def planned(session: Session, unit: uuid.UUID, **more: Any) -> TargetSet:
    """The unit's own plan with one target of what the card's first criterion counts."""
    told: dict[str, Any] = {
        "comparator": "ge",
        "value": Decimal(20),
        "value_max": None,
        "basis": "level",
        "horizon_year": 2026,
    } | more
    code = told.pop("code", "XA-THI")
    issuer = told.pop("issuer", unit)
    cell = Cell(
        code=code, name_vi=f"Chỉ tiêu {code}", name_en=code, unit="%" if code == "XA-THI" else "lượt", scope="measurable",
        source_anomaly=False, as_written="như văn bản", **told,
    )  # fmt: skip
    return issuing.issue(
        session,
        issuer,
        Heading("Kế hoạch", "Đảng ủy xã", date(2026, 1, 1), document_number="12-KH/ĐU"),
        [cell],
    )


def declared(session: Session, unit: uuid.UUID, value: str) -> None:
    with clock.stopped_at(datetime(2026, 11, 1, 3, tzinfo=UTC)):
        declare.declare(
            session, indicator(session, "XA-THI"), unit, MONTH, (value, "", ""), "Báo cáo 11/BC", None
        )


def test_less_measured_than_declared_stands_beside_it_with_the_reason(world: World, session: Session) -> None:
    planned(session, world.commune)
    declared(session, world.commune, "30,5")
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    first = published(session, card)
    assert row(first, "du-thi")["declared"] == {"value": "30.5", "source": "Báo cáo 11/BC"}
    assert row(first, "du-thi")["target"]["source"] == "12-KH/ĐU"
    assert row(first, "du-thi")["computed"] == "12.5", "10 of the plan's 20, not of the template's 10"
    assert "below_declared_unexplained" in [mark["code"] for mark in row(first, "du-thi")["marks"]]
    with clock.stopped_at(PUBLISHED + timedelta(hours=5)):
        actions.give_reason(session, card.id, "du-thi", "Báo cáo tính cả người ngoài xã", OPERATOR)
    second = published(session, card, AGAIN)
    assert "below_declared" in [mark["code"] for mark in row(second, "du-thi")["marks"]]
    with clock.stopped_at(AGAIN + timedelta(days=1)):
        here = queries.view_of(session, card).criteria[0]
    assert (here.value, here.declared, here.target) == (Decimal(10), Decimal("30.5"), Decimal(20))
    assert here.reason == "Báo cáo tính cả người ngoài xã"
    with clock.stopped_at(AGAIN + timedelta(days=2)):
        planned(session, world.commune, value=Decimal(99))
        declared(session, world.commune, "99")
    assert verify.verify(session) == [], "what the plan says later changes nothing that was published"


def test_the_reason_is_one_wherever_it_is_typed(world: World, session: Session) -> None:
    planned(session, world.commune)
    declared(session, world.commune, "30,5")
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    one = indicator(session, "XA-THI")
    with clock.stopped_at(PUBLISHED - timedelta(hours=5)):
        declare.give_reason(session, one, world.commune, MONTH, "Trùng người giữa hai xóm", None)
    assert "below_declared" in [mark["code"] for mark in row(published(session, card), "du-thi")["marks"]]
    with clock.stopped_at(PUBLISHED + timedelta(hours=5)):
        assert queries.view_of(session, card, live=True).criteria[0].reason == "Trùng người giữa hai xóm"
        actions.give_reason(session, card.id, "du-thi", "Trùng người giữa ba xóm", OPERATOR)
    assert reasons(session, one, world.commune)["thang", MONTH.code].words == "Trùng người giữa ba xóm"
    assert session.query(CardScore).count() == 0


@pytest.mark.parametrize(
    ("plan", "code", "mark"),
    [
        ({"horizon_year": 2030}, "du-thi", "target_no_horizon"),
        ({"comparator": "qualitative", "value": None}, "du-thi", "target_qualitative"),
        ({"basis": "per_year"}, "du-thi", "target_whole_year"),
        ({"basis": "total"}, "du-thi", "target_running_total"),
        ({"code": "XA-HD", "basis": "total"}, "buoi-huong-dan", "target_running_total"),
    ],
)
def test_what_a_month_cannot_be_held_against_is_said_and_earns_nothing_silently(
    world: World, session: Session, plan: dict[str, Any], code: str, mark: str
) -> None:
    planned(session, world.commune, **plan)
    write(session, [*many(world.hamlet, 7), *many(world.hamlet, 30, ASSISTED)])
    found = row(published(session, opened(session, world)), code)
    codes = [one["code"] for one in found["marks"]]
    assert found["value"] is not None
    assert (found["computed"], found["points"], found["target"]["value"]) == (None, None, None)
    assert mark in codes
    assert "no_target" not in codes
    assert words.MARKS[mark]


def test_a_months_share_of_a_target_of_the_year_is_marked(world: World, session: Session) -> None:
    planned(session, world.commune, code="XA-HD", basis="per_year", value=Decimal(730))
    write(session, many(world.hamlet, 31, ASSISTED))
    found = row(published(session, opened(session, world)), "buoi-huong-dan")
    assert (found["target"]["value"], found["target"]["whole"], found["computed"]) == ("62.00", "730", "7.5")
    assert {"code": "target_share", "values": {"whole": "730", "share": "62.00"}} in found["marks"]


def test_a_count_asked_of_the_province_is_not_asked_of_a_commune_but_a_rate_is(
    world: World, session: Session
) -> None:
    planned(session, world.commune, code="XA-HD", basis="per_year", issuer=world.province)
    found = sources.freeze_targets(session, world.commune, templates.newest("xa-thang"), MONTH)
    assert found["buoi-huong-dan"]["cannot"] == "of_the_whole"
    assert found["du-thi"] == {"value": "10", "source": "template", "is_stand_in": True}
    planned(session, world.commune, issuer=world.province)
    found = sources.freeze_targets(session, world.commune, templates.newest("xa-thang"), MONTH)
    assert (found["du-thi"]["value"], found["du-thi"].get("cannot")) == ("20", None)


def test_a_target_between_two_horizons_is_marked_or_missing_as_the_template_says(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(session, many(world.hamlet, 7))
    held = planned(session, world.commune, horizon_year=2025, value=Decimal(10))
    session.add(
        Target(
            set_id=held.id, indicator_id=indicator(session, "XA-THI").id, place=2, horizon_year=2030, comparator="ge",
            value=Decimal(20), basis="level", source_anomaly=False, as_written="20%",
        )
    )  # fmt: skip
    session.flush()
    none = sources.freeze_targets(session, world.commune, templates.newest("xa-thang"), MONTH)
    assert (none["du-thi"]["value"], none["du-thi"]["cannot"]) == (None, "no_horizon")
    text_ = (templates.SHIPPED / "xa-thang-2.yaml").read_text(encoding="utf-8")
    linear = templates.import_template(text_.replace("interpolation: none", "interpolation: linear"))
    monkeypatch.setattr(templates, "newest", lambda _code: linear)
    here = row(published(session, opened(session, world)), "du-thi")
    assert here["target"]["value"] == "11.66", "304 of the 1826 days between the two horizons"
    assert "interpolated" in [mark["code"] for mark in here["marks"]]


def test_a_card_of_the_first_version_is_still_reproduced(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(session, world.commune)
    write(session, [*many(world.hamlet, 7), *many(world.hamlet, 130, HOUSEHOLDS)])
    with monkeypatch.context() as patch:
        patch.setattr(templates, "newest", lambda code: templates.shipped_version(code, 1))
        card = opened(session, world)
    first = published(session, card)
    assert canonical.read(first.payload)["rules"] == "cards/1"
    assert row(first, "du-thi")["target"] == {"value": "10", "source": "template"}
    assert row(first, "ho-da-den")["computed"] == "20", "an absent check cost nothing then"
    assert verify.verify(session) == []


def test_a_headcount_counted_after_opening_is_in_the_next_look_and_in_what_is_published(
    world: World, session: Session
) -> None:
    write(session, many(world.far_hamlet, 7))
    card = opened(session, world, unit=world.far_commune)
    with clock.stopped_at(PUBLISHED):
        assert "no_headcount" in queries.view_of(session, card).criteria[0].mark_codes
        change.count_heads(
            session, world.far_commune, "residents_from_7", date(2026, 9, 1), 140, "Công an xã"
        )
        session.flush()
        assert queries.view_of(session, card).criteria[0].denominator == 140
    assert row(published(session, card), "du-thi")["denominator"] == "140"
    assert revisions.foresee(session, card) == []
    assert verify.verify(session) == []


def test_no_period_is_divided_by_heads_counted_after_it_and_the_day_and_source_are_told(
    world: World, session: Session
) -> None:
    write(session, many(world.far_hamlet, 7))
    for day, people in ((date(2026, 3, 1), 100), (date(2026, 9, 1), 140), (date(2026, 11, 2), 999), (date(2035, 1, 1), 5000)):  # fmt: skip
        change.count_heads(
            session, world.far_commune, "residents_from_7", day, people, f"Công an xã, {people}"
        )
    session.flush()
    counted = {"on_date": "2026-09-01", "source": "Công an xã, 140"}
    with clock.stopped_at(AGAIN):
        late = actions.open_card(session, world.far_commune, "xa-thang", MONTH, OPERATOR)
        view = queries.view_of(session, late).criteria[0]
    assert view.denominator == 140
    assert view.denominator_from == counted
    found = row(published(session, late, AGAIN), "du-thi")
    assert (found["denominator"], found["denominator_from"]) == ("140", counted)
    assert row(published(session, opened(session, world)), "buoi-huong-dan")["denominator_from"] is None
    assert verify.verify(session) == []


def test_heads_counted_only_after_the_period_are_no_denominator_of_it(world: World, session: Session) -> None:
    write(session, many(world.far_hamlet, 7))
    change.count_heads(session, world.far_commune, "residents_from_7", date(2026, 11, 2), 140, "Công an xã")
    card = opened(session, world, unit=world.far_commune)
    with clock.stopped_at(AGAIN):
        assert queries.view_of(session, card).criteria[0].denominator is None
    assert "no_headcount" in [
        mark["code"] for mark in row(published(session, card, AGAIN), "du-thi")["marks"]
    ]


def test_no_card_for_a_unit_that_was_not_there_in_the_period(world: World, session: Session) -> None:
    with pytest.raises(NotThereThen):
        actions.open_card(session, world.commune, "xa-thang", parse("thang", "202506"), OPERATOR)


def test_where_evidence_is_a_must_nobody_gives_points_without_it(world: World, session: Session) -> None:
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED):
        with pytest.raises(EvidenceNotHandedIn):
            actions.official_score(session, card.id, {"truyen-thanh": (Decimal(8), "Có nghe")}, OPERATOR)
        actions.official_score(session, card.id, {"truyen-thanh": (Decimal(0), "Chưa nộp")}, OPERATOR)


def test_the_month_is_named(world: World, session: Session) -> None:
    assert opened(session, world).period == MONTH.code


def test_reasons_of_deeds_are_kept(world: World, session: Session) -> None:
    card = opened(session, world)
    assert [step.step for step in queries.steps_of(session, card.id)] == ["opened"]
    assert Deed(world.hamlet, None, date(2026, 10, 1)).rows()[0]["period"] == "202610"


def test_a_card_opened_by_two_at_once_is_one(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(session, world)
    looks = iter([None])
    real = store.card_of
    monkeypatch.setattr(store, "card_of", lambda *told: _second(looks, real, told))
    assert opened(session, world).id == first.id


def _second(looks: Iterator[None], real: Callable[..., Any], told: tuple[Any, ...]) -> Any:
    """The first look finds nothing, as for somebody who came a moment earlier."""
    for nothing in looks:
        return nothing
    return real(*told)
