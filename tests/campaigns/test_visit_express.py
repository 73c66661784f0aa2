"""Many visits the express way and the general way, on two nodes that are the same to the last row: the same verdicts and
the same rows in every table, whatever comes.
"""

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend import clock, figures
from backend.clock import milliseconds
from backend.db.engine import Database
from backend.participation.lease import shut_gate
from backend.participation.models import Change
from backend.people.models import SignInSession, SubjectLink
from backend.teams import change, merging
from backend.teams.households import assign
from backend.teams.merging import merge
from campaigns import known, together
from campaigns.models import Activity
from campaigns.registry import measure_book
from campaigns.visit.measures import DISTINCT
from campaigns.visit.models import Visit
from tests.support import postgres
from tests.support.contest import second_phone
from tests.support.twins import Twins, twins
from tests.support.visits import Field, in_the_field, join, met, new_household
from tests.support.world import Phone, World

pytestmark = pytest.mark.postgres
MINUTE = 60_000


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, postgres_template: str) -> Iterator[str]:
    """The express way is PostgreSQL's."""
    name = f"t_{uuid.uuid4().hex}"
    yield postgres.create_database(name, template=postgres_template)
    postgres.drop_database(name)


@pytest.fixture
def there(world: World) -> Field:
    """Bích with a companion in her team; Cường in the other one; this process knows the activity."""
    field = in_the_field(world)
    join(world, field.team, field.world.phone("Dung"))
    known._KNOWN.clear()
    return field


@pytest.fixture
def homes(there: Field) -> list[str]:
    with clock.stopped_at(clock.now() - timedelta(days=20)):
        return [new_household(there.bich, nickname=f"Nhà {n} (hư cấu)") for n in range(4)]


@pytest.fixture
def both(
    there: Field, homes: list[str], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Twins]:
    with twins(there.world.database, database_url, tmp_path, monkeypatch) as made:
        yield made


def visits(phone: Phone, homes: list[str], count: int, **more: Any) -> list[str]:
    """Frozen visits, one a minute, the last of them a minute ago; each household several times."""
    now = milliseconds(clock.now())
    return [
        phone.freeze(
            "visit.log", met(homes[n % len(homes)], **more), wall_ms=now - (count - n) * MINUTE, mono_ms=now - (count - n) * MINUTE
        )
        for n in range(count)
    ]  # fmt: skip


def verdicts(told: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(row["verdict"], row["outcome"], row["reason"]) for row in told["body"]["results"]]


def on_both(both: Twins, deed: Callable[[Any], Any]) -> None:
    """Something somebody does meanwhile at both nodes."""
    for database in both.databases():
        with database.transaction() as session:
            deed(session)


# --- the plain cases ----------------------------------------------------------------------------------------------


def test_fifty_visits_and_the_same_again(both: Twins, there: Field, homes: list[str]) -> None:
    with clock.stopped_at(clock.now()):
        frozen = visits(there.bich, homes, 50)
        told = both.push(there.bich, *frozen)
        assert set(verdicts(told)) == {("accepted", "counted", None)}
        assert told["body"]["results"][0]["result"]["team"] == "Tổ công nghệ số cộng đồng xóm Đồng Tiến"
        again = both.push(there.bich, *frozen)
        assert set(verdicts(again)) == {("duplicate", "counted", None)}
        assert [row["result"] for row in again["body"]["results"]] == [
            row["result"] for row in told["body"]["results"]
        ]
        some = both.push(there.bich, *frozen[10:20])
        assert set(verdicts(some)) == {("duplicate", "counted", None)}
    assert both.took == [True, True, True]
    both.compare()


def test_the_receipt_of_the_first_time(both: Twins, there: Field, homes: list[str]) -> None:
    phone, frozen = both.on("quick", there.bich), visits(there.bich, homes, 5)
    first, again = (
        [(row["id"], row["receipt"], row["hash"], row["received_at"], row["seal"]) for row in rows_of(phone.push(*frozen))]
        for _ in range(2)
    )  # fmt: skip
    assert first == again
    assert both.took == [True, True]


def test_the_companion_learns_of_each_household_once(both: Twins, there: Field, homes: list[str]) -> None:
    with both.quick.transaction(writes=False) as session:
        before = session.scalar(select(func.count()).select_from(Change)) or 0
    with clock.stopped_at(clock.now()):
        both.push(there.bich, *visits(there.bich, homes, 9))
    with both.quick.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Change)) == before + len(homes)
    assert both.took == [True]
    both.compare()


@pytest.mark.parametrize(
    "more",
    [
        {"services": []},
        {"consent": None, "services": [], "device": "own", "photos": ["a" * 64]},
        {"met": "nobody"},
        {"met": "declined", "no_further_visit": True},
        {"note": "Bận “mùa”, {hẹn}, 'tối' \\ \"quay lại\", NULL (hư cấu)", "device": "shared"},
        {"photos": ["b" * 64, "a" * 64, "b" * 64], "follow_up_on": "2026-12-01"},
        {"place": "mobile_point"},
    ],
)
def test_whatever_a_visit_says(both: Twins, there: Field, homes: list[str], more: dict[str, Any]) -> None:
    with clock.stopped_at(clock.now()):
        services = [
            {"service": "drone", "outcome": "explained"},
            {"service": "other", "outcome": "explained"},
            {"service": "vneid", "outcome": "used_alone"},
            {"service": "vneid", "outcome": "explained"},
            {"service": "cashless", "outcome": "not_possible", "reason": "no_device"},
        ]
        frozen = [
            there.bich.freeze("visit.log", met(homes[0]) | {"services": services} | more),
            there.bich.freeze("visit.log", met(homes[1]) | more),
        ]
        both.push(there.bich, *frozen)
        both.push(there.bich, *frozen)
    assert both.took == [True, True]
    both.compare()


def test_one_visit_alone(both: Twins, there: Field, homes: list[str]) -> None:
    with clock.stopped_at(clock.now()):
        told = both.push(there.bich, *visits(there.bich, homes, 1))
    assert (verdicts(told), both.took) == ([("accepted", "counted", None)], [True])
    both.compare()


# --- left to the general way --------------------------------------------------------------------------------------


def _corrected(phone: Phone, homes: list[str]) -> list[str]:
    first = visits(phone, homes, 1)
    before = str(uuid.uuid4())
    return [*first, phone.freeze("visit.log", met(homes[0]), id=before), phone.freeze("visit.log", met(homes[0], corrects=before))]  # fmt: skip


def _hole(phone: Phone, homes: list[str]) -> list[str]:
    return [frozen for n, frozen in enumerate(visits(phone, homes, 4)) if n != 1]


def _kept_promise(phone: Phone, homes: list[str]) -> list[str]:
    first = str(uuid.uuid4())
    return [phone.freeze("visit.log", met(homes[0]), id=first), phone.freeze("visit.log", met(homes[0], follow_up_of=first))]  # fmt: skip


def _unknown_household(phone: Phone, homes: list[str]) -> list[str]:
    return visits(phone, [*homes, str(uuid.uuid4())], 5)


def _no_consent(phone: Phone, homes: list[str]) -> list[str]:
    return [*visits(phone, homes, 2), *visits(phone, homes, 1, consent=99)]


def _too_long_ago(phone: Phone, homes: list[str]) -> list[str]:
    """Before the household was known."""
    long_ago = milliseconds(clock.now() - timedelta(days=25))
    return [*visits(phone, homes, 2), phone.freeze("visit.log", met(homes[0]), wall_ms=long_ago, mono_ms=long_ago)]  # fmt: skip


def _nonsense(phone: Phone, homes: list[str]) -> list[str]:
    return [*visits(phone, homes, 2), phone.freeze("visit.log", {"nonsense": True})]


def _another_deed(phone: Phone, homes: list[str]) -> list[str]:
    return [*visits(phone, homes, 2), phone.freeze("visit.check_in", {"hamlet": str(phone.world.hamlet)})]


def _the_same_twice(phone: Phone, homes: list[str]) -> list[str]:
    (one,) = visits(phone, homes, 1)
    return [one, one]


def _one_id_twice(phone: Phone, homes: list[str]) -> list[str]:
    one = str(uuid.uuid4())
    return [phone.freeze("visit.log", met(homes[n]), id=one) for n in range(2)]


@pytest.mark.parametrize(
    "frozen",
    [
        _corrected, _hole, _kept_promise, _unknown_household, _no_consent, _too_long_ago, _nonsense, _another_deed,
        _the_same_twice, _one_id_twice,
    ],
)  # fmt: skip
def test_what_is_not_plain(
    both: Twins, there: Field, homes: list[str], frozen: Callable[[Phone, list[str]], list[str]]
) -> None:
    with clock.stopped_at(clock.now()):
        sent = frozen(there.bich, homes)
        both.push(there.bich, *sent)
        assert both.took == [False]
        both.push(there.bich, *sent)
        both.push(there.bich, *visits(there.bich, homes, 2))
    both.compare()


def test_other_bytes_under_an_old_id(both: Twins, there: Field, homes: list[str]) -> None:
    with clock.stopped_at(clock.now()):
        one = str(uuid.uuid4())
        both.push(there.bich, there.bich.freeze("visit.log", met(homes[0]), id=one))
        there.bich.seq -= 1
        told = both.push(there.bich, there.bich.freeze("visit.log", met(homes[1]), id=one))
    assert verdicts(told) == [("quarantined", "refused", "content_differs")]
    assert both.took == [True, False]
    both.compare()


def test_another_teams_household(both: Twins, there: Field, homes: list[str]) -> None:
    with clock.stopped_at(clock.now()):
        on_both(both, lambda session: assign(session, uuid.UUID(homes[1]), there.other_team, "chuyển Tổ"))
        told = both.push(there.bich, *visits(there.bich, homes, 4))
    assert (len(verdicts(told)), both.took) == (4, [False])
    both.compare()


def test_a_household_that_joined_another(
    both: Twins, there: Field, homes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = uuid.uuid4()
    monkeypatch.setattr(merging, "new_id", lambda: one)  # the operation that puts facts right, at both nodes
    with clock.stopped_at(clock.now()):
        both.push(there.bich, *visits(there.bich, homes, 4))
        on_both(both, lambda s: merge(s, uuid.UUID(homes[1]), uuid.UUID(homes[0]), distinct=DISTINCT))
        both.push(there.bich, *visits(there.bich, homes, 4))
        both.push(there.bich, *visits(there.bich, homes[:1], 2))
    assert both.took[:2] == [True, False]
    both.compare()


def test_a_household_met_earlier_than_it_was_counted(both: Twins, there: Field, homes: list[str]) -> None:
    with clock.stopped_at(clock.now()):
        both.push(there.bich, *visits(there.bich, homes[:1], 1))
        long_ago = milliseconds(clock.now() - timedelta(days=3))
        early = {"wall_ms": long_ago, "mono_ms": long_ago}
        both.push(there.bich, there.bich.freeze("visit.log", met(homes[0]), **early))
    assert both.took == [True, False]
    both.compare()


def test_after_the_activity_closed(both: Twins, there: Field, homes: list[str]) -> None:
    """What was done before the end counts all the same, what came after does not, and nothing is kept once it is settled."""

    def become(state: str, closes_at: Any) -> None:
        change = update(Activity).where(Activity.id == there.world.activity)
        on_both(both, lambda s: s.execute(change.values(state=state, closes_at=closes_at)))

    with clock.stopped_at(clock.now()) as move:
        become("closed", clock.now())
        both.push(there.bich, *visits(there.bich, homes, 3))
        move(timedelta(hours=1))
        told = both.push(there.bich, *visits(there.bich, homes, 3))
        assert verdicts(told)[0] == ("accepted", "refused", "closed")
        become("settled", clock.now())
        both.push(there.bich, *visits(there.bich, homes, 3, note="không giữ (hư cấu)"))
    assert both.took == [True, False, False]
    both.compare()


def test_whoever_left_the_team(both: Twins, there: Field, homes: list[str]) -> None:
    who = uuid.UUID(there.bich.me["id"])
    with clock.stopped_at(clock.now()) as move:
        on_both(both, lambda s: change.leave(s, there.team, who, clock.today()))
        move(timedelta(minutes=5))
        both.push(there.bich, *visits(there.bich, homes, 3))
    assert both.took == [False]
    both.compare()


def test_nobody_is_let_in_without_a_session(both: Twins, there: Field, homes: list[str]) -> None:
    with clock.stopped_at(clock.now()):
        frozen = visits(there.bich, homes, 3)
        device, there.bich.device = there.bich.device, str(uuid.uuid4())
        assert both.push(there.bich, *frozen)["status"] == 409
        there.bich.device = device
        on_both(both, lambda s: s.execute(update(SignInSession).values(revoked_at=clock.now())))
        assert both.push(there.bich, *frozen)["status"] == 401
    assert both.took == [False, False]
    both.compare()


# --- whatever comes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_batches(both: Twins, there: Field, homes: list[str], seed: int) -> None:
    chance = random.Random(seed)
    sent: list[list[str]] = []
    ids: list[str] = []
    with clock.stopped_at(clock.now()) as move:
        for _ in range(10):
            move(timedelta(minutes=chance.randrange(1, 600)))
            if chance.random() < 0.12:
                here, team = chance.choice(homes), chance.choice([there.team, there.other_team])
                on_both(both, lambda s, h=here, t=team: assign(s, uuid.UUID(h), t, "thử"))  # type: ignore[misc]
            if sent and chance.random() < 0.25:
                batch = chance.choice(sent)
                both.push(there.bich, *batch[: chance.randrange(1, len(batch) + 1)])
                continue
            batch = [_some_visit(chance, there.bich, homes, ids) for _ in range(chance.randrange(1, 7))]
            if chance.random() < 0.1:
                chance.shuffle(batch)
            sent.append(batch)
            both.push(there.bich, *batch)
    assert any(both.took)
    both.compare()


def _some_visit(chance: random.Random, phone: Phone, homes: list[str], ids: list[str]) -> str:
    at = (
        milliseconds(clock.now())
        - chance.choice([0, 5, 60, 60 * 24 * 3, 60 * 24 * 19]) * MINUTE
        - chance.randrange(MINUTE)
    )
    services = {
        chance.choice(["vneid", "cashless", "drone", "scam_advice"]): chance.choice(["explained", "installed", "not_possible"])
        for _ in range(chance.randrange(3))
    }  # fmt: skip
    more: dict[str, Any] = {"met": chance.choice(["adult"] * 4 + ["nobody", "declined"])}
    if chance.random() < 0.2:
        more["note"] = chance.choice(["", "hẹn tối (hư cấu)", "{}", "NULL"])
    if chance.random() < 0.2:
        more["photos"] = [chance.choice("abc") * 64]
    if ids and chance.random() < 0.05:
        more[chance.choice(["corrects", "follow_up_of"])] = chance.choice(ids)
    ids.append(str(uuid.UUID(int=chance.getrandbits(128), version=4)))
    return phone.freeze(
        "visit.log", met(chance.choice(homes), services, chance.choice([1] * 9 + [None])) | more,
        id=ids[-1], wall_ms=at, mono_ms=at,
    )  # fmt: skip


# --- somebody else at that moment ---------------------------------------------------------------------------------


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> Iterator[list[Any]]:
    """`happens` in a thread of its own once the express way has read, and before it writes. Answers its results."""
    real, came, errors = together._values, list[Any](), list[BaseException]()
    threads: list[threading.Thread] = []

    def run() -> None:
        try:
            came.append(happens())
        except BaseException as error:
            errors.append(error)

    def values(*arguments: Any) -> Any:
        if not threads:
            threads.append(threading.Thread(target=run))
            threads[0].start()
            threads[0].join(timeout=0.4)  # it may have to wait for us
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(together, "_values", values)
        yield came
    threads[0].join(timeout=30)
    assert not errors, errors


@pytest.fixture
def took(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the express way made of each push, in the order in which it was done with them."""
    real, found = together.done, list[bool]()

    def done(database: Database, sent: Any) -> Any:
        answered = real(database, sent)
        found.append(answered is not None)
        return answered

    monkeypatch.setattr(together, "done", done)
    return found


def another_line(phone: Phone) -> Phone:
    return replace(phone, client=phone.world.client())


def rows_of(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json["results"])


def row_of(answer: Any) -> dict[str, Any]:
    return rows_of(answer)[0]


def test_a_correction_from_the_own_other_phone_sees_what_it_corrects(
    there: Field, homes: list[str], took: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At another household, so that no row of a household keeps the two apart."""
    other, first = second_phone(there.bich), str(uuid.uuid4())
    frozen = there.bich.freeze("visit.log", met(homes[0]), id=first)
    later = milliseconds(clock.now()) + 1000
    better = other.freeze("visit.log", met(homes[1], {"cashless": "explained"}, corrects=first), wall_ms=later, mono_ms=later)  # fmt: skip
    with meanwhile(monkeypatch, lambda: row_of(other.push(better))) as said:
        assert row_of(there.bich.push(frozen))["outcome"] == "counted"
    assert sorted(took) == [False, True]
    assert said[0]["result"]["stands"]
    assert there.facts() == {"visit.households": 1, "visit.visits": 1, "visit.cashless.explained": 1}
    there.tallies()
    assert figures.differences(there.world.database, measure_book()) == []


def test_the_same_batch_on_two_lines_counts_once(
    there: Field, homes: list[str], took: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen, line = visits(there.bich, homes, 3), another_line(there.bich)
    with meanwhile(monkeypatch, lambda: rows_of(line.push(*frozen))) as said:
        told = rows_of(there.bich.push(*frozen))
    assert sorted([told[0]["verdict"], said[0][0]["verdict"]]) == ["accepted", "duplicate"]
    assert [row["receipt"] for row in told] == [row["receipt"] for row in said[0]]
    assert there.facts() == {"visit.households": 3, "visit.visits": 3, "visit.vneid.installed": 3}


def test_whoever_leaves_at_that_moment_is_gone_from_what_was_written(
    there: Field, homes: list[str], took: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = another_line(there.bich)
    frozen = visits(there.bich, homes, 3, note="hẹn tối (hư cấu)")
    with meanwhile(monkeypatch, lambda: line.delete("/me", {"pin": "1234"}).status_code) as said:
        assert row_of(there.bich.push(*frozen))["outcome"] == "counted"
    assert (took, said) == ([True], [204])
    with there.world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Visit)).all()
        assert len(rows) == 3
        assert {row.note for row in rows} == {None}
        assert not session.scalars(
            select(SubjectLink).where(SubjectLink.subject.in_({r.by for r in rows}))
        ).all()


def test_a_merge_at_that_moment_waits_and_counts_the_household_once(
    there: Field, homes: list[str], took: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def joined() -> None:
        with there.world.database.transaction() as session:
            merge(session, uuid.UUID(homes[1]), uuid.UUID(homes[0]), distinct=DISTINCT)

    with meanwhile(monkeypatch, joined):
        there.bich.push(*visits(there.bich, homes[:2], 2))
    assert took == [True]
    assert there.tallies()["visit.households"] == 1
    assert figures.differences(there.world.database, measure_book()) == []


def test_a_companion_at_the_same_door_counts_the_household_once(
    there: Field, homes: list[str], took: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    join(there.world, there.team, there.cuong)
    frozen = visits(there.cuong, homes, 4)
    with meanwhile(monkeypatch, lambda: row_of(there.cuong.push(*frozen))["outcome"]) as said:
        there.bich.push(*visits(there.bich, homes, 4))
    assert said == ["counted"]
    assert there.facts() == {"visit.households": 4, "visit.visits": 8, "visit.vneid.installed": 8}
    assert figures.differences(there.world.database, measure_book()) == []


def test_an_activity_that_is_being_settled_is_not_written_to(
    there: Field, homes: list[str], took: list[bool]
) -> None:
    """Whoever shuts the gate is waited for, by the general way; the express way gives way at once."""
    begun, over = threading.Event(), threading.Event()

    def settle() -> None:
        with there.world.database.transaction() as session:
            shut_gate(session, there.world.activity)
            begun.set()
            over.wait(timeout=0.8)
            session.execute(
                update(Activity).where(Activity.id == there.world.activity).values(state="settled")
            )

    thread = threading.Thread(target=settle)
    thread.start()
    begun.wait(timeout=10)
    row = row_of(there.bich.push(*visits(there.bich, homes, 2, note="không giữ (hư cấu)")))
    thread.join(timeout=10)
    assert (row["outcome"], took) == ("counted", [False])
    with there.world.database.transaction(writes=False) as session:
        assert set(session.scalars(select(Visit.note))) == {None}
