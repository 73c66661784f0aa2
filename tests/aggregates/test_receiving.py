"""What the level above believes of a packet, what it refuses with which word, and that a whole scope takes the place of one."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.aggregates import queries, receiving
from backend.aggregates.models import ToldCell, ToldRevision, ToldUnit
from backend.aggregates.packet import Cell, Figures
from backend.cards.models import Card
from backend.federation.packets.models import PacketIn, StreamIn
from backend.federation.packets.stream import Arrived, PacketHeld, PacketRefused
from backend.federation.peers.models import Peer, PeerReach
from tests.aggregates.telling import EPOCH, NOW, a_month, arrived, cell, peer, strangers, take, told
from tests.cards.book import AGAIN, ASSISTED, REASON, Deed, published, write
from tests.support.world import World

OF = ("figures/xa-thang", "thang", "202610")


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


@pytest.fixture
def commune(session: Session) -> Peer:
    return peer(session, "child", unit="05752", name="Xã Tân Khánh")


@pytest.fixture
def body(world: World, session: Session, commune: Peer) -> Figures:
    peer(session, "parent")
    write(session, [Deed(world.hamlet, None, date(2026, 10, 15), ASSISTED, 2, key=uuid.uuid4())])
    a_month(session, world)
    (found,) = told(session)
    return found


def altered(body: Figures, change: Callable[[Any], Any]) -> Figures:
    """The packet as JSON, with one thing changed by hand."""
    plain = msgspec.json.decode(msgspec.json.encode(body))
    change(plain)
    return msgspec.convert(plain, Figures)


def refusal(session: Session, commune: Peer, body: Figures, **more: Any) -> tuple[str, str]:
    with pytest.raises(PacketRefused) as refused:
        take(session, arrived(commune, body, **more))
    assert session.scalar(select(func.count()).select_from(ToldCell)) in (0, len(body.cells), 15)
    return refused.value.code, refused.value.pointer


# --- taken in ---------------------------------------------------------------------------------------------------


def test_everything_of_the_packet_can_be_read_again(session: Session, commune: Peer, body: Figures) -> None:
    assert take(session, arrived(commune, body)) is None
    found = {(one.unit_code, one.element): one for one in queries.cells(session, *OF)}
    assert len(found) == len(body.cells) == 15
    own = found["05752", "du-thi"]
    assert (own.within, own.numerator, own.denominator, own.value, own.flag) == (
        "05752",
        21,
        70,
        Decimal(30),
        "",
    )
    never = found["05752-T01", "sang-kien-gui"]
    assert (never.numerator, never.value, never.flag, never.has_figure) == (None, None, "N", False)
    standing = queries.revisions(session, *OF)["05752"]
    assert (standing.revision, standing.state, standing.peer_id, standing.is_standing) == (
        1,
        "open",
        commune.id,
        True,
    )
    assert standing.said["completeness"] == {"expected": 2, "reported": 2}
    assert standing.said["points"]["out_of"] == "100"
    assert [part.code for part in queries.parts(session, "05752")] == ["05752", "05752-T01", "05752-T02"]
    assert queries.parts(session, "05752")[1].full_name == "xóm Đồng Tiến"


def test_a_restatement_takes_the_place_of_the_whole_scope_and_stays_in_the_ledger(
    world: World, session: Session, commune: Peer, body: Figures
) -> None:
    take(session, arrived(commune, body))
    gone = altered(body, _without_a_hamlet)
    take(
        session,
        arrived(commune, msgspec.structs.replace(gone, revision=2, reason="Xóm Cầu Cong ghi nhầm"), number=2),
    )
    assert {one.unit_code for one in queries.cells(session, *OF)} == {"05752", "05752-T01"}
    ledger = queries.history(session, "05752", *OF)
    assert [(one.number, one.revision, one.reason, one.is_standing) for one in ledger] == [
        (1, 1, REASON, False), (2, 2, "Xóm Cầu Cong ghi nhầm", True),
    ]  # fmt: skip


def _without_a_hamlet(plain: Any) -> None:
    plain["scope"]["units"].pop(1)
    plain["cells"] = [[u if u == 0 else 1, *rest] for u, *rest in plain["cells"] if u != 1]
    for element in plain["scope"]["elements"]:
        element["apart"] = None


def test_the_next_state_of_the_same_figures_is_taken(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, body))
    take(session, arrived(commune, msgspec.structs.replace(body, state="locked"), number=2))
    assert queries.revisions(session, *OF)["05752"].state == "locked"
    assert len(queries.cells(session, *OF)) == 15


def test_the_same_body_in_another_packet_changes_no_figure(
    session: Session, commune: Peer, body: Figures
) -> None:
    """Told again after a restored backup, in a new epoch."""
    take(session, arrived(commune, body))
    before = queries.cells(session, *OF)
    take(session, arrived(commune, body, epoch=str(uuid.UUID(int=6))))
    assert queries.cells(session, *OF) == before
    assert session.scalar(select(func.count()).select_from(ToldRevision)) == 2


def test_after_a_restored_backup_revisions_begin_anew(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, msgspec.structs.replace(body, revision=3, reason="Có bản ghi đến muộn")))
    take(session, arrived(commune, body, epoch=str(uuid.UUID(int=6))))
    assert queries.revisions(session, *OF)["05752"].revision == 1


def test_another_line_is_another_sheet(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, body))
    assert queries.revisions(session, *OF, line="party") == {}
    assert queries.cells(session, *OF, line="party") == []
    assert queries.datasets(session) == [("figures/xa-thang", "state", "thang", "202610")]


def test_the_hamlets_can_be_left_out(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, body))
    assert {one.unit_code for one in queries.cells(session, *OF, units=["05752"], only_tops=True)} == {
        "05752"
    }
    assert queries.cells(session, *OF, units=["05755"]) == []


def test_a_later_name_is_not_overwritten_by_an_older_period(
    session: Session, commune: Peer, body: Figures
) -> None:
    take(session, arrived(commune, body))
    session.execute(
        update(ToldUnit).where(ToldUnit.code == "05752-T01").values(name="Tên mới", as_of=date(2026, 12, 31))
    )
    take(session, arrived(commune, msgspec.structs.replace(body, state="locked"), number=2))
    assert queries.parts(session, "05752")[1].name == "Tên mới"


# --- sealed above -----------------------------------------------------------------------------------------------


def test_what_was_accepted_stands_and_what_comes_later_is_kept_beside_it(
    session: Session, commune: Peer, body: Figures
) -> None:
    take(session, arrived(commune, body))
    asked: list[tuple[str, ...]] = []

    def is_sealed(_session: Session, *of: str) -> bool:
        asked.append(of)
        return True

    gone = msgspec.structs.replace(
        altered(body, _without_a_hamlet), revision=2, reason="Xóm Cầu Cong ghi nhầm"
    )
    assert take(session, arrived(commune, gone, number=2), is_sealed) == "late"
    assert asked == [("05752", "figures/xa-thang", "state", "thang", "202610")]
    assert len(queries.cells(session, *OF)) == 15
    assert [(one.revision, one.is_standing) for one in queries.history(session, "05752", *OF)] == [
        (1, True),
        (2, False),
    ]


def test_the_state_of_accepted_figures_still_travels(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, body))
    locked = msgspec.structs.replace(body, state="locked")
    assert take(session, arrived(commune, locked, number=2), lambda *_: True) is None
    assert queries.revisions(session, *OF)["05752"].state == "locked"


# --- refused ----------------------------------------------------------------------------------------------------


def test_a_unit_the_peer_does_not_speak_for(session: Session, commune: Peer, body: Figures) -> None:
    other = peer(session, "child", unit="05755", name="Xã Xa Lạ")
    assert refusal(session, other, body) == ("outside-reach", "/scope/units/0/code")


def test_a_reach_that_ended_before_the_periods_last_day(
    session: Session, commune: Peer, body: Figures
) -> None:
    session.execute(update(PeerReach).values(until_on=date(2026, 10, 20)))
    assert refusal(session, commune, body) == ("outside-reach", "/scope/units/0/code")


def test_an_earlier_period_is_taken_after_the_reach_ended(
    session: Session, commune: Peer, body: Figures
) -> None:
    """Merged away since: what was before still goes up."""
    session.execute(update(PeerReach).values(until_on=date(2026, 11, 1)))
    assert take(session, arrived(commune, body)) is None


def test_another_peers_unit_among_the_parts(session: Session, commune: Peer, body: Figures) -> None:
    peer(session, "child", unit="05755", name="Xã Xa Lạ")

    def slip_in(plain: Any) -> None:
        plain["scope"]["units"][1]["code"] = "05755"

    assert refusal(session, commune, altered(body, slip_in)) == ("outside-reach", "/scope/units")


@pytest.mark.parametrize(
    ("about", "of_another"),
    [
        ({}, True),
        ({"state": "suspended"}, True),
        ({"state": "revoked"}, False),
        ({"line": "party"}, False),
        ({"until_on": date(2026, 10, 31)}, False),
        ({"from_on": date(2026, 11, 1)}, False),
    ],
    ids=lambda value: next(iter(value), "now") if isinstance(value, dict) else None,
)
def test_another_peer_has_a_part_where_it_speaks_for_it_then_and_on_this_line(
    session: Session, commune: Peer, body: Figures, about: dict[str, Any], of_another: bool
) -> None:
    other = peer(session, "child", unit="05752-T01", name="Nút khác")
    reach = {name: value for name, value in about.items() if name.endswith("_on")}
    itself = {name: value for name, value in about.items() if name not in reach}
    if reach:
        session.execute(update(PeerReach).where(PeerReach.peer_id == other.id).values(reach))
    if itself:
        session.execute(update(Peer).where(Peer.id == other.id).values(itself))
    if of_another:
        assert refusal(session, commune, body) == ("outside-reach", "/scope/units")
    else:
        assert take(session, arrived(commune, body)) is None


def test_a_period_that_is_not_over(session: Session, commune: Peer, body: Figures) -> None:
    ahead = altered(body, lambda plain: plain.update(period="202611"))
    assert refusal(session, commune, ahead) == ("future-period", "/period")
    assert (
        refusal(session, commune, altered(body, lambda plain: plain.update(period="2026W47")))[0]
        == "period-unknown"
    )


def test_a_missing_cell(session: Session, commune: Peer, body: Figures) -> None:
    assert refusal(session, commune, altered(body, lambda plain: plain["cells"].pop(4))) == (
        "scope-not-full",
        "/cells",
    )


def test_a_cell_twice(session: Session, commune: Peer, body: Figures) -> None:
    def twice(plain: Any) -> None:
        plain["cells"][4] = plain["cells"][3]

    assert refusal(session, commune, altered(body, twice)) == ("scope-not-full", "/cells/4")


def test_a_missing_element(session: Session, commune: Peer, body: Figures) -> None:
    def leave_out(plain: Any) -> None:
        plain["scope"]["elements"].pop()
        plain["cells"] = [one for one in plain["cells"] if one[1] != 4]

    assert refusal(session, commune, altered(body, leave_out)) == ("other-elements", "/scope/elements")


def test_a_laxer_rule_of_small_numbers(session: Session, commune: Peer, body: Figures) -> None:
    def lax(plain: Any) -> None:
        plain["scope"]["elements"][0]["k"] = 2

    assert refusal(session, commune, altered(body, lax)) == ("other-elements", "/scope/elements/0")


@pytest.mark.parametrize(("people", "value"), [(3, "10"), (0, "0"), (28, "93.3")])
def test_a_small_number_that_is_shown(
    session: Session, commune: Peer, body: Figures, people: int, value: str
) -> None:
    """Few, nobody, all but a few: of thirty."""

    def show(plain: Any) -> None:
        plain["cells"][5] = [1, 0, people, 30, value, ""]

    assert refusal(session, commune, altered(body, show)) == ("small-number-shown", "/cells/5")


def test_a_hidden_cell_that_tells_its_number_after_all(
    session: Session, commune: Peer, body: Figures
) -> None:
    def tell(plain: Any) -> None:
        plain["cells"][5][5] = "S"

    assert refusal(session, commune, altered(body, tell)) == ("hidden-yet-told", "/cells/5")


def test_a_value_that_is_not_what_its_sides_come_to(session: Session, commune: Peer, body: Figures) -> None:
    def round_up(plain: Any) -> None:
        plain["cells"][0][4] = "31"

    assert refusal(session, commune, altered(body, round_up)) == ("value-differs", "/cells/0")


def test_parts_that_do_not_add_up_to_the_whole(session: Session, commune: Peer, body: Figures) -> None:
    def add_one(plain: Any) -> None:
        place = next(n for n, one in enumerate(plain["cells"]) if one[0] == 2 and one[1] == 1)
        plain["cells"][place][2] += 1
        plain["cells"][place][4] = str(plain["cells"][place][2])

    assert refusal(session, commune, altered(body, add_one)) == ("sum-differs", "/scope/elements/1/apart")


def test_an_older_revision_after_a_newer_one(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, msgspec.structs.replace(body, revision=2, reason="Có bản ghi đến muộn")))
    assert refusal(session, commune, body, number=2) == ("older-revision", "/revision")


def test_one_revision_told_in_two_ways(session: Session, commune: Peer, body: Figures) -> None:
    take(session, arrived(commune, body))
    other = altered(body, lambda plain: plain["cells"].__setitem__(0, [0, 0, 20, 70, "28.6", ""]))
    assert refusal(session, commune, other, number=2) == ("same-revision-other-figures", "/cells")


def test_a_restatement_without_a_reason(session: Session, commune: Peer, body: Figures) -> None:
    bare = msgspec.structs.replace(body, revision=2, reason="...")
    assert refusal(session, commune, bare) == ("reason-missing", "/reason")


@pytest.mark.parametrize(
    "words", ["Gọi chị Lan 0912 345 678", "CCCD 019.185.001.234", "viết cho lan@example.vn"]
)
def test_words_by_which_a_person_is_found(session: Session, commune: Peer, body: Figures, words: str) -> None:
    assert refusal(session, commune, msgspec.structs.replace(body, reason=words)) == (
        "names-a-person",
        "/reason",
    )

    def in_a_name(plain: Any) -> None:
        plain["scope"]["units"][1]["name"] = words

    assert refusal(session, commune, altered(body, in_a_name)) == ("names-a-person", "/scope/units/1/name")


def test_another_line_than_the_peers(session: Session, commune: Peer, body: Figures) -> None:
    party = msgspec.structs.replace(body, line="party")
    assert refusal(session, commune, party) == ("other-line", "/line")


def test_a_body_for_another_stream(session: Session, commune: Peer, body: Figures) -> None:
    other = msgspec.structs.replace(body, dataset="figures/khac")
    assert refusal(session, commune, other) == ("other-dataset", "/dataset")


def test_units_told_twice_or_under_nothing(session: Session, commune: Peer, body: Figures) -> None:
    def twice(plain: Any) -> None:
        plain["scope"]["units"][2]["code"] = "05752-T02"

    def lost(plain: Any) -> None:
        plain["scope"]["units"][2]["parent"] = "05755"

    def no_day(plain: Any) -> None:
        plain["scope"]["units"][2]["from"] = "2026-02-30"

    assert refusal(session, commune, altered(body, twice)) == ("unit-twice", "/scope/units/2/code")
    assert refusal(session, commune, altered(body, lost)) == ("unit-not-below", "/scope/units/2/parent")
    assert refusal(session, commune, altered(body, no_day)) == ("no-such-day", "/scope/units/2/from")


def test_a_template_that_is_not_here_yet_waits_for_its_document(
    world: World, session: Session, commune: Peer, body: Figures
) -> None:
    unknown = altered(body, lambda plain: plain["template"].update(sha256="ab" * 32))
    with pytest.raises(PacketHeld) as held:
        take(session, arrived(commune, unknown))
    assert held.value.code == "template-unknown"
    own = altered(body, lambda plain: plain.update(calendar="lich-cua-xa"))
    with pytest.raises(PacketHeld) as held:
        take(session, arrived(commune, own))
    assert held.value.code == "calendar-unknown"


def test_the_templates_name_must_be_that_of_its_bytes(session: Session, commune: Peer, body: Figures) -> None:
    other = altered(body, lambda plain: plain["template"].update(version=7))
    assert refusal(session, commune, other) == ("other-template", "/template")


# --- what had to wait ---------------------------------------------------------------------------------------------


def kept(session: Session, one: Arrived, turn: int) -> Arrived:
    """Among the packets and in its chain, as the inbox would have it."""
    header = one.header
    session.add(
        PacketIn(
            peer_id=one.peer.id, stream=header.stream, epoch=header.epoch, number=header.number, digest=one.digest,
            raw=b"", state="applied", via="wire", received_at=NOW, receipt=b"",
        )
    )  # fmt: skip
    head = StreamIn(
        peer_id=one.peer.id, stream=header.stream, epoch=header.epoch, turn=turn, number=header.number, digest=one.digest,
        at=NOW, day=NOW.date(), day_bytes=1,
    )  # fmt: skip
    session.merge(head)
    session.flush()
    return one


@pytest.mark.parametrize(("number", "epoch"), [(3, EPOCH), (1, str(uuid.UUID(int=4)))])
def test_what_had_to_wait_does_not_take_the_place_of_what_was_told_since(
    session: Session, commune: Peer, body: Figures, number: int, epoch: str
) -> None:
    """By a later packet, or in an epoch that began later, whatever its name."""
    waited = kept(session, arrived(commune, body, number=2), turn=1)
    locked = msgspec.structs.replace(body, state="locked")
    take(
        session,
        kept(session, arrived(commune, locked, number=number, epoch=epoch), turn=1 + (epoch != EPOCH)),
    )
    with pytest.raises(PacketRefused) as refused:
        take(session, replace(waited, is_again=True))
    assert refused.value.code == "overtaken"
    assert queries.revisions(session, *OF)["05752"].state == "locked"


def test_what_had_to_wait_and_was_not_overtaken_is_taken(
    session: Session, commune: Peer, body: Figures
) -> None:
    take(session, kept(session, arrived(commune, body), turn=1))
    locked = msgspec.structs.replace(body, state="locked")
    waited = kept(session, arrived(commune, locked, number=2), turn=1)
    assert take(session, replace(waited, is_again=True)) is None


def test_an_acceptance_is_about_the_template_and_its_rules_too(body: Figures) -> None:
    figures = receiving.digest_of_figures(body)
    other_rules = msgspec.structs.replace(body, rules="khac")
    newer = altered(body, lambda plain: plain["template"].update(version=7))
    digests = {receiving.digest_of_whole(one, figures) for one in (body, other_rules, newer)}
    assert len(digests) == 3
    assert receiving.digest_of_whole(msgspec.structs.replace(body, state="locked"), figures) in digests


def test_fields_nobody_knows_are_refused_by_the_shape() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'[0,0,1,2,"50","","Lan"]', type=Cell)


def test_a_month_later_the_restated_card_goes_the_whole_way(
    world: World, session: Session, commune: Peer, body: Figures
) -> None:
    take(session, arrived(commune, body))
    write(session, strangers(world.hamlet, 10, received=AGAIN - timedelta(days=1)))
    published(session, session.scalars(select(Card)).one(), AGAIN)
    (second,) = told(session, AGAIN + timedelta(hours=1))
    take(session, arrived(commune, second, number=2, at=AGAIN + timedelta(hours=2)))
    found = {(one.unit_code, one.element): one for one in queries.cells(session, *OF)}
    assert found["05752", "du-thi"].numerator == cell(second, "05752", "du-thi").numerator == 31
    assert queries.revisions(session, *OF)["05752"].received_at == AGAIN + timedelta(hours=2)
    assert NOW < AGAIN
