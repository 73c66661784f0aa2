"""Keeps the promises of every kind: it is whole, its packs open, its deeds count once, and the phone can show it."""

import ast
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from babel.messages.pofile import read_po
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock, figures
from backend.db.base import Base
from backend.db.engine import WRITES
from backend.participation.measures import Measure
from backend.participation.models import Fact, Operation
from backend.safeguards.audit import OPERATOR
from backend.scorecards.indicators import Term, template
from campaigns import drafting, lifecycle, registry
from campaigns.campaigns import release
from campaigns.contest import KIND as CONTEST
from campaigns.kind import Action, Kind
from campaigns.models import Activity
from campaigns.pack.reader import read_pack
from campaigns.pack.store import SHIPPED
from campaigns.reasons import SHARED
from campaigns.registry import KINDS, HalfMadeKind
from mobile_api.wire import REASONS
from tests.support.pledges import belong, found_cell
from tests.support.visits import found_team, join
from tests.support.world import Phone, World

ROOT = Path(__file__).parents[2]
PICTURES = {
    kind.name: kind
    for kind in KINDS
    if any(
        "digest" in table.columns
        for name, table in Base.metadata.tables.items()
        if name.split("_")[0] == kind.name
    )
}
"""Kinds with a table of their own that names bytes by their digest."""
SCREENS = ROOT / "mobile_api" / "pwa" / "src" / "kinds"
ENGLISH = ROOT / "backend" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PACKS = sorted(path.parent.name for path in SHIPPED.glob("*/pack.yaml"))
ACTIONS = [(kind, action) for kind in KINDS for action in kind.actions]

of_every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
of_every_action = pytest.mark.parametrize(
    ("kind", "action"), ACTIONS, ids=[f"{kind.name}.{action.name}" for kind, action in ACTIONS]
)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# --- the register ---


def test_the_kinds_of_this_release_are_whole() -> None:
    registry.check()


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param((CONTEST, CONTEST), id="two of one name"),
        pytest.param((replace(CONTEST, actions=()),), id="no action"),
        pytest.param((replace(CONTEST, measures=()),), id="no measure"),
        pytest.param((replace(CONTEST, actions=CONTEST.actions[:1] * 2),), id="two actions of one name"),
        pytest.param((replace(CONTEST, measures=CONTEST.measures[:1] * 2),), id="two measures of one code"),
        pytest.param((replace(CONTEST, name="lesson"),), id="measures of another kind"),
        pytest.param((replace(CONTEST, measures=(Measure("contests", "", "sum"),)),), id="a measure that only resembles"),
    ],
)  # fmt: skip
def test_a_half_made_kind_is_refused(kinds: tuple[Kind, ...]) -> None:
    with pytest.raises(HalfMadeKind):
        registry.check(kinds)


def test_every_indicator_of_the_scorecard_reads_a_measure_that_exists_and_is_not_sealed() -> None:
    book = registry.measure_book()
    for indicator in template().indicators:
        for code in indicator.measures():
            assert not book[code].sealed, f"{indicator.code} would tell {code} too early"
        if isinstance(indicator.numerator, Term) and indicator.numerator.take == "people":
            assert book[indicator.numerator.measure].additivity == "distinct"


def test_what_a_measure_is_ranked_by_is_in_its_result() -> None:
    for kind in KINDS:
        for measure in kind.measures:
            ranked_by = {name for name, _ in measure.ranking.order} if measure.ranking else set()
            assert ranked_by - {"handed_in"} <= set(measure.result)
            if measure.ranking and measure.ranking.perfect:
                assert set(measure.ranking.perfect) <= set(measure.result)


# --- what a kind declares ---


@of_every_kind
def test_settings_come_back_from_storage_as_they_were(kind: Kind) -> None:
    chosen = kind.settings()
    stored = json.loads(json.dumps(msgspec.to_builtins(chosen)))
    assert msgspec.convert(stored, kind.settings) == chosen


@of_every_kind
def test_a_setting_nobody_declared_is_refused(kind: Kind) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(msgspec.to_builtins(kind.settings()) | {"surprise": 1}, kind.settings)


def test_a_paper_is_drawn_by_the_node_and_all_else_in_a_contest_may_wait_on_the_phone() -> None:
    assert {action.name: action.offline for action in CONTEST.actions} == {
        "start": False, "answer": True, "submit": True,
    }  # fmt: skip
    assert [action.name for action in CONTEST.actions if action.begins] == ["start"]


@of_every_kind
def test_every_reason_a_room_gives_has_a_sentence(kind: Kind) -> None:
    given = set(reasons_in(ROOT / "campaigns" / kind.name / "actions.py"))
    given |= set(reasons_in(ROOT / "campaigns" / "respond.py"))
    assert given, "no reason found: this test reads the source wrongly"
    assert given <= set(REASONS)
    assert all(sentence.strip() for sentence in REASONS.values())


def reasons_in(path: Path) -> Iterator[str]:
    """Words inside refused(...) and words returned by functions that answer why not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name == "refused" and node.args:
                yield from words_in(node.args[0])
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
            yield from words_in(node.value)


def words_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from words_in(node.body)
        yield from words_in(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


@of_every_kind
def test_no_kind_gives_another_meaning_to_a_word_that_all_share(kind: Kind) -> None:
    others = {code for other in KINDS if other is not kind for code in other.reasons}
    assert not set(kind.reasons) & (set(SHARED) | others)


@of_every_kind
def test_every_sentence_of_a_kind_is_there_in_english_too(kind: Kind) -> None:
    if not ENGLISH.exists():  # the catalogue comes with the first translation
        return
    with ENGLISH.open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file) if message.id}
    sentences = [kind.title, *REASONS.values(), *(measure.title for measure in kind.measures)]
    assert [sentence for sentence in sentences if not catalogue.get(sentence)] == []


# --- the phone's screens ---


@of_every_kind
def test_the_phone_has_a_screen(kind: Kind) -> None:
    assert list((SCREENS / kind.name).glob("index.ts*"))
    listed = (
        (SCREENS / "index.tsx").read_text(encoding="utf-8").split("KINDS: PhoneKind[] = [")[1].split("]")[0]
    )
    assert kind.name in [name.strip() for name in listed.split(",")]


def test_a_kind_that_names_pictures_says_which_so_that_they_are_kept() -> None:
    """Whole pictures that no kind names are deleted after a while."""
    forgotten = {name for name, kind in PICTURES.items() if kind.names_photos is Kind.names_photos}
    assert "visit" in PICTURES
    assert not forgotten


def test_the_phone_has_no_screen_for_a_kind_that_does_not_exist() -> None:
    shown = {place.name for place in SCREENS.iterdir() if place.is_dir()}
    assert shown == {kind.name for kind in KINDS}


# --- bad payloads ---


def nonsense(phone: Phone, kind: Kind, action: Action) -> str:
    return phone.freeze(f"{kind.name}.{action.name}", {"surprise": [1, None]})


@on_sqlite
@of_every_action
def test_a_body_that_does_not_fit_is_422_on_the_typed_route(world: World, kind: Kind, action: Action) -> None:
    phone = world.phone()
    answer = phone.client.post(
        f"/api/v1/activities/{world.activity}/{kind.name}/{action.name}",
        data=nonsense(phone, kind, action),
        content_type="application/json",
        headers=phone.headers,
    )
    assert (answer.status_code, answer.json["code"]) == (422, "payload_invalid")
    assert answer.content_type == "application/problem+json"


@on_sqlite
@of_every_action
def test_a_body_that_does_not_fit_is_kept_aside_by_the_sync(world: World, kind: Kind, action: Action) -> None:
    phone = world.phone()
    frozen = nonsense(phone, kind, action)
    (verdict,) = phone.push(frozen).json["results"]
    assert (verdict["verdict"], verdict["outcome"], verdict["reason"]) == (
        "quarantined",
        "refused",
        "body_invalid",
    )
    assert verdict["id"] == json.loads(frozen)["id"]
    assert verdict["receipt"]
    assert verdict["message"]


# --- packs: every one loads, opens, and a person can take part in each of its activities ---


def test_there_are_packs_and_every_kind_is_in_one() -> None:
    read = [yaml.safe_load((SHIPPED / pack / "pack.yaml").read_text(encoding="utf-8")) for pack in PACKS]
    used = {spec["kind"] for pack in read for round_ in pack["rounds"] for spec in round_["activities"]}
    assert used == {kind.name for kind in KINDS}


DOCUMENT = drafting.Document("12/KH-UBND", clock.today(), "Kế hoạch (hư cấu)")


def open_pack(world: World, pack: str) -> list[uuid.UUID]:
    read = read_pack(SHIPPED / pack)
    dates = drafting.dates_of(read, clock.today() + timedelta(days=1))
    with world.database.transaction() as session:
        campaign = drafting.prepare(session, read, world.commune, dates, OPERATOR, document=DOCUMENT)
        release(session, campaign.id, OPERATOR)
        activities = list(session.scalars(select(Activity).where(Activity.campaign_id == campaign.id)))
        for activity in activities:
            lifecycle.open_activity(session, activity, OPERATOR)
        return [activity.id for activity in activities]


def counted(world: World) -> tuple[int, int]:
    """(operations, facts) in the ledger."""
    with world.database.transaction(writes=False) as session:
        operations = session.scalar(select(func.count()).select_from(Operation))
        return operations or 0, session.scalar(select(func.count()).select_from(Fact)) or 0


@dataclass
class Insisting:
    """A phone that does every deed of a seed and offers it twice more in one batch, as if no receipt had reached it."""

    world: World
    activity: uuid.UUID
    phone: Phone
    session: Session

    def act(self, action: str, body: dict[str, Any], _seconds: int) -> dict[str, Any]:
        frozen = self.phone.freeze(action, body, activity=str(self.activity))
        first = self.phone.push(frozen).json["results"][0]
        assert (first["verdict"], first["reason"]) == ("accepted", None)
        before = counted(self.world)
        for again in self.phone.push(frozen, frozen).json["results"]:
            assert again["verdict"] == "duplicate"
            assert [again[same] for same in ("id", "receipt", "hash", "outcome")] == [
                first[same] for same in ("id", "receipt", "hash", "outcome")
            ]
            assert (again["result"] is None) == (first["result"] is None)
        assert counted(self.world) == before
        # The seed looks at what the deed left behind: a reader of SQLite sees it from its next transaction on.
        self.session.commit()
        self.session.connection(execution_options={WRITES: False})
        return dict(first["result"])


def take_part(world: World, pack: str) -> Phone:
    """A person, member of a team and of a Party cell, does what the seed does in every activity of the pack, insisting."""
    phone = world.phone()
    join(world, found_team(world), phone)
    belong(world, phone, found_cell(world))
    for purpose in ("pledge_record", "initiative_record", "movement_record"):
        phone.agree(purpose)
    for activity_id in open_pack(world, pack):
        with world.database.transaction(writes=False) as session:
            insisting = Insisting(world, activity_id, phone, session)
            activity = session.get_one(Activity, activity_id)
            registry.kind_named(activity.kind).seed(session, activity, insisting.act, random.Random(7))
    return phone


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_opens_and_what_its_seed_does_counts_once_however_often_it_is_sent(
    world: World, pack: str
) -> None:
    take_part(world, pack)
    assert counted(world)[1] > 0
    world.fold()
    assert figures.differences(world.database, registry.measure_book()) == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_room_forgets_whom_it_is_told_to_forget(world: World, pack: str) -> None:
    take_part(world, pack)
    with world.database.transaction() as session:
        subject = session.scalars(select(Operation.subject).distinct()).one()
        for name in {activity.kind for activity in read_pack(SHIPPED / pack).activities}:
            kind = registry.kind_named(name)
            assert kind.held(session, subject) != []
            kind.erase(session, subject)
            assert kind.held(session, subject) == []
