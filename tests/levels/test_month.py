"""A month of a province as it was told: overview, board, both views, answers, publication, and what goes out to DHIS2."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.frames import payload_of
from backend.federation.packets.models import PacketOut
from backend.federation.packets.stream import Arrived, PacketRefused
from backend.federation.peers.models import Peer
from backend.levels import accepting, publishing, reading
from backend.levels.answers import Acceptance, receive
from backend.levels.board import board, rated
from backend.levels.changes import ledger
from backend.levels.errors import (
    AlreadyAnswered,
    KeptInTheParty,
    NamesSomebody,
    NothingAccepted,
    NothingNew,
    NotTheNewest,
    ReasonMissing,
)
from backend.levels.exchange import rows_out
from backend.levels.models import LevelAcceptance, LevelAnswer, LevelPublication
from backend.levels.overview import Overview, overview
from backend.levels.reading import About
from backend.levels.views import both, sums_of
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import digest, holds
from backend.targets import dhis2
from backend.units import change
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named
from tests.levels.told import (
    ABOUT,
    COMMUNES,
    LATE,
    NOW,
    Province,
    body,
    merged,
    parted,
    put_right,
    tell,
    usual,
)
from tests.structure.test_budgets import spent
from tests.targets.test_dhis2 import complaints

REASON = "Số hộ đã đến lớn hơn số hộ của xã, xin đếm lại"


def looked(session: object, province: Province) -> tuple[NamedUnit, Overview]:
    level = named(session, province.level, clock.today())  # type: ignore[arg-type]
    return level, overview(session, level, ABOUT)  # type: ignore[arg-type]


def accept(province: Province, *codes: str) -> None:
    with province.database.transaction() as session:
        sheets = reading.sheets(session, ABOUT, codes)
        for code in codes:
            accepting.accept(session, ABOUT, code, sheets[code].told.digest, OPERATOR)


# --- overview ---------------------------------------------------------------------------------------------------------


def test_every_unit_is_in_the_overview_with_its_state_complete_and_timely(province: Province) -> None:
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
    assert {line.unit.code: line.state for line in found.lines} == {
        "05908": "told", "05917": "told", "05923": "told", "05941": "told", "05953": "told", "05488": "told",
        "05503": "late", "05710": "no_node",
    }  # fmt: skip
    assert (found.rates.expected, found.rates.actual, found.rates.on_time) == (8, 6, 5)
    assert (found.rates.complete, found.rates.timely) == (Decimal("75.0"), Decimal("62.5"))
    told = {line.unit.code: line.sheet.told for line in found.lines if line.sheet}
    assert (told["05917"].number, told["05917"].points) == (2, 57)
    assert (told["05923"].reported, told["05923"].expected) == (3, 4)


def test_the_sums_of_a_month_say_why_they_are_not_exact(province: Province) -> None:
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
        sums = {one.element.code: one for one in sums_of(found)}
    entrants = max(people * (6 + 3 * at) // 100 for at, (_, _, people) in enumerate(COMMUNES[:6]))
    assert (sums["du-thi"].above.least, sums["du-thi"].above.most) == (entrants, None)
    assert dict(sums["tu-dung-duoc"].above.why) == {"hidden": 1, "missing": 2, "no_bound": 1}
    assert dict(sums["sang-kien-gui"].above.why)["not_counted"] == 2


def test_the_ledger_of_a_restated_month_says_the_reason_and_what_moved_unit_by_unit(
    province: Province,
) -> None:
    with province.database.transaction(writes=False) as session:
        found = ledger(reading.history(session, ABOUT, "05917"))
    assert [entry.sheet.told.revision for entry in found] == [2, 1]
    assert found[0].sheet.told.reason.startswith("Bổ sung 37 lượt")
    assert {one.element.code for one in found[0].moved} == {"buoi-huong-dan"}
    assert found[0].moved[0].by == 37
    assert found[1].moved == ()


def test_hamlets_are_as_they_were_told_and_what_was_kept_back_is_nowhere(province: Province) -> None:
    with province.database.transaction(writes=False) as session:
        found = reading.sheet(session, ABOUT, "05917")
    assert found is not None
    assert [unit.heading for unit in found.units][:3] == ["Xã Tân Khánh", "Xóm Đồng Tiến", "Xóm Cầu Cong"]
    kept = found.cells["05917-T03"]["du-thi"]
    assert (kept.flag, kept.numerator, kept.value, kept.is_hidden) == ("S", None, None, True)
    assert found.cells["05917-T04"]["du-thi"].flag == "C"


def test_an_overview_asks_as_little_of_many_units_as_of_few(province: Province) -> None:
    def look() -> None:
        with province.database.transaction(writes=False) as session:
            looked(session, province)

    few = len(spent(province.database, look))
    with province.database.transaction() as session:
        for number in range(40):
            change.found(
                session, code=f"07{number:03d}", kind="commune", name=f"Mới {number}", level_word="xã", since=date(2025, 7, 1),
                parents={"territory": province.level},
            )  # fmt: skip
    assert len(spent(province.database, look)) == few
    assert few <= 12  # the level, its units, sheets, cells, a template, answers, first, later, who speaks


# --- side by side -----------------------------------------------------------------------------------------------------


def test_the_board_names_who_leads_among_like_ones_and_nobody_last(province: Province) -> None:
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
        element = next(one for one in rated(found) if one.code == "du-thi")
        made = board(session, found, element)
    assert [[leader.row.unit.code for leader in band.leaders] for band in made.bands] == [
        ["05953"],
        ["05488"],
    ]
    assert [band.others for band in made.bands] == [2, 2]
    assert made.silent == 2


def test_who_kept_a_rate_back_is_on_the_board_among_the_others_and_never_a_zero(province: Province) -> None:
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
        element = next(one for one in rated(found) if one.code == "tu-dung-duoc")
        made = board(session, found, element)
    named_ones = {leader.row.unit.code for band in made.bands for leader in band.leaders}
    assert "05953" not in named_ones
    assert made.silent == 3
    assert "05953" in {unit.code for band in made.bands for unit in band.units}


def test_both_views_over_a_merge_keep_what_was_told_and_add_it_up(province: Province) -> None:
    merged(province)
    with province.database.transaction(writes=False) as session:
        level, found = looked(session, province)
        seen = both(session, level, found)
    assert {"05923", "05953"} <= {line.unit.code for line in found.lines}, "as it was"
    now = {one.unit.code: one for one in seen.made}
    assert {"05923", "05953"}.isdisjoint(now)
    sums = {one.element.code: one for one in now["05960"].now.totals}
    assert [unit.code for unit in now["05960"].of] == ["05923", "05953"]
    assert sums["buoi-huong-dan"].above.least == 152 + 214
    assert sums["buoi-huong-dan"].above.is_exact
    assert not sums["tu-dung-duoc"].above.is_exact
    assert {step.document for step in seen.steps} == {"Nghị quyết số 12/NQ-HĐND (hư cấu)"}


# --- answers ----------------------------------------------------------------------------------------------------------


def test_an_accepted_revision_is_sealed_and_its_answer_goes_down_in_the_same_breath(
    province: Province,
) -> None:
    accept(province, "05917")
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
        [out] = session.scalars(select(PacketOut)).all()
        said = json.loads(out.payload)["body"]
        assert accepting.is_sealed(session, "05917", ABOUT.dataset, "state", "thang", "202611")
        assert not accepting.is_sealed(session, "05917", ABOUT.dataset, "party", "thang", "202611")
    assert (out.stream, out.peer_id) == ("acceptance/xa-thang", province.peers["05917"])
    assert (said["unit"], said["outcome"], said["revision"], said["words"]) == ("05917", "accepted", 2, "")
    assert said["digest"] == province.digests["05917", 2]
    assert next(line for line in found.lines if line.unit.code == "05917").state == "accepted"


def test_a_revision_after_that_is_kept_beside_until_it_is_accepted_too(province: Province) -> None:
    accept(province, "05917")
    code, name, people = COMMUNES[1]
    more = usual(1, people) | {"buoi-huong-dan": (190, None, "")}
    told = body(code, name, parted(more, code, hidden=2), revision=3, reason="Ba sổ ghi buổi chung nộp muộn")
    later = tell(province, code, told, NOW)
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
    line = next(one for one in found.lines if one.unit.code == code)
    assert (line.state, line.cells["buoi-huong-dan"].value) == ("newer", 158)
    assert line.later is not None
    with province.database.transaction() as session:
        accepting.accept(session, ABOUT, code, later, OPERATOR)
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
    line = next(one for one in found.lines if one.unit.code == code)
    assert (line.state, line.cells["buoi-huong-dan"].value, line.later) == ("accepted", 190, None)


def test_an_answer_is_final_and_about_the_newest_revision_alone(province: Province) -> None:
    old = province.digests["05917", 1]
    with pytest.raises(NotTheNewest), province.database.transaction() as session:
        accepting.accept(session, ABOUT, "05917", old, OPERATOR)
    accept(province, "05917")
    with pytest.raises(AlreadyAnswered), province.database.transaction() as session:
        accepting.give_back(session, ABOUT, "05917", province.digests["05917", 2], REASON, OPERATOR)
    with province.database.transaction(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(LevelAcceptance)) == 1


@pytest.mark.parametrize(("words", "error"), [("sai", ReasonMissing), (f"{REASON}, gọi 0912 345 678", NamesSomebody)])  # fmt: skip
def test_who_returns_figures_says_why_and_names_nobody(
    province: Province, words: str, error: type[Exception]
) -> None:
    with pytest.raises(error), province.database.transaction() as session:
        accepting.give_back(session, ABOUT, "05908", province.digests["05908", 1], words, OPERATOR)


def answer(province: Province, **more: object) -> Arrived:
    told = {
        "unit": "05917", "dataset": ABOUT.dataset, "line": "state", "calendar": "thang", "period": "202611", "revision": 1,
        "digest": "a" * 64, "outcome": "returned", "words": REASON, "at": "2026-12-20T03:00:00.000Z",
    }  # fmt: skip
    with province.database.transaction(writes=False) as session:
        peer = session.get_one(Peer, province.peers["05917"])
    return Arrived(peer, None, Acceptance(**(told | more)), "b" * 64, NOW)  # type: ignore[arg-type]


def as_the_commune(province: Province, session: Session) -> None:
    """This node is the commune's: it sent the packet that is answered."""
    this_node(session).unit_id = province.units["05917"]
    code, name, people = COMMUNES[1]
    payload = payload_of({"to": "19"}, body(code, name, parted(usual(1, people), code)))  # type: ignore[arg-type]
    session.add(
        PacketOut(
            peer_id=province.peers["05917"], stream=ABOUT.dataset, epoch="e", number=1, position=1, digest="a" * 64,
            payload=payload, subject="", made_at=NOW, state="received",
        )
    )  # fmt: skip


def test_an_answer_that_arrives_is_kept_once_where_the_figures_came_from(province: Province) -> None:
    with province.database.transaction() as session:
        as_the_commune(province, session)
        receive(session, answer(province))
        receive(session, answer(province))
        [row] = session.scalars(select(LevelAnswer)).all()
    assert (row.outcome, row.words, row.period) == ("returned", REASON, "202611")


@pytest.mark.parametrize("changed", [{"approval": "as it was called then"}, {"scope": "as it was"}])
def test_an_answer_to_figures_that_todays_rules_would_not_send_is_kept(
    province: Province, changed: dict[str, object]
) -> None:
    """They went up before this version: their digest says which they are."""
    with province.database.transaction() as session:
        as_the_commune(province, session)
        row = session.scalars(select(PacketOut)).one()
        said = json.loads(row.payload)
        said["body"] |= changed
        row.payload = json.dumps(said).encode()
        receive(session, answer(province))
        assert session.scalars(select(LevelAnswer)).one().digest == "a" * 64
        if "scope" not in changed:
            with pytest.raises(PacketRefused):
                receive(session, answer(province, period="202610"))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"unit": "05908"}, "not-ours"),
        ({"line": "party"}, "other-line"),
        ({"words": "gọi 0912345678"}, "words-name-somebody"),
        ({"at": "2026-13-20T03:00:00.000Z"}, "malformed-value"),
    ],
)
def test_an_answer_that_is_not_for_this_unit_or_not_well_formed_is_refused(
    province: Province, more: dict[str, object], code: str
) -> None:
    with province.database.transaction() as session:
        as_the_commune(province, session)
        with pytest.raises(PacketRefused) as refused:
            receive(session, answer(province, **more))
    assert refused.value.code == code


# --- giving out -------------------------------------------------------------------------------------------------------


def publish(province: Province, reason: str = "") -> LevelPublication:
    with province.database.transaction() as session:
        level, found = looked(session, province)
        return publishing.publish(session, province.signer, level, found, reason, OPERATOR)


def test_only_what_was_accepted_is_given_out_signed_and_without_points(province: Province) -> None:
    with pytest.raises(NothingAccepted):
        publish(province)
    accept(province, "05908", "05917", "05953")
    row = publish(province)
    said = json.loads(row.statement)
    assert [one["code"] for one in said["units"]] == ["05953", "05908", "05917"]
    assert {one["code"] for one in said["missing"]} == {"05488", "05941", "05503", "05923", "05710"}
    assert said["completeness"] == {"expected": 8, "accepted": 3}
    assert "points" not in row.statement.decode()
    assert "61.5" not in row.statement.decode()
    led = {one["code"] for made in said["boards"] for band in made["bands"] for one in band["leaders"]}
    assert led == {"05953", "05917"}, "of those accepted alone"
    assert {one["told"] for one in said["sums"]} <= {2, 3}
    kept = next(one for one in said["units"][0]["figures"] if one["element"] == "tu-dung-duoc")
    assert (kept["flag"], kept["numerator"], kept["value"]) == ("S", None, None)
    assert digest(row.statement) == row.digest
    with province.database.transaction(writes=False) as session:
        assert holds(session, said, row.signature, row.key_id)


def test_what_the_party_counts_is_given_out_to_nobody(province: Province) -> None:
    with province.database.transaction() as session:
        level = named(session, province.level, clock.today())
        found = overview(session, level, About(ABOUT.dataset, "party", ABOUT.period))
        with pytest.raises(KeptInTheParty):
            publishing.publish(session, province.signer, level, found, "", OPERATOR)


def test_a_publication_stands_and_the_next_one_has_a_reason_and_something_new(province: Province) -> None:
    accept(province, "05908", "05917", "05953")
    publish(province)
    with pytest.raises(NothingNew):
        publish(province, "Không có gì mới cả")
    accept(province, "05923")
    with pytest.raises(ReasonMissing):
        publish(province)
    assert publish(province, "Thêm số của xã Tân Thành").number == 2
    with province.database.transaction(writes=False) as session:
        first = publishing.one(session, province.level, "state", ABOUT.dataset, "thang", "202611", 1)
        assert first is not None
        assert len(first.said["units"]) == 3


def test_what_goes_out_to_dhis2_is_exact_accepted_and_taken_by_an_independent_client(
    province: Province,
) -> None:
    accept(province, *(code for code, *_ in COMMUNES[:6]))
    with province.database.transaction(writes=False) as session:
        level, found = looked(session, province)
        out = dhis2.out(rows_out(level, found))
    told = {(one.org_unit, one.data_element): one.value for one in out.values}
    assert told["05917", "xa-thang.du-thi_NUM"] == "882"
    assert told["05917", "xa-thang.du-thi"] == "9.0000"[:3] or Decimal(told["05917", "xa-thang.du-thi"]) == 9
    assert not any(unit == "19" for unit, _ in told), "two communes told nothing: every sum has an open end"
    assert {one.why for one in out.left_out} == {"hidden", "no_value"}
    assert ("05953", "xa-thang.tu-dung-duoc") not in told
    assert complaints(dhis2.to_json(out.values).decode()) == ""


def test_a_sum_goes_out_where_everybody_told_everything(province: Province) -> None:
    """Two communes of which all is known make a province of two."""
    with province.database.transaction() as session:
        for code in ("05488", "05503", "05710", "05923", "05941", "05953"):
            change.close(session, province.units[code], date(2026, 11, 15))
    accept(province, "05908", "05917")
    with province.database.transaction(writes=False) as session:
        level, found = looked(session, province)
        told = {
            (one.org_unit, one.data_element): one.value for one in dhis2.out(rows_out(level, found)).values
        }
    assert told["19", "xa-thang.buoi-huong-dan"] == str(90 + 158)
    assert ("19", "xa-thang.du-thi") not in told, "somebody may have taken part in both: at most so many"
    assert "xa-thang.ho-da-den" in {element for unit, element in told if unit == "19"}, (
        "a household lives in one"
    )


# --- one level up -----------------------------------------------------------------------------------------------------


def test_the_country_reads_its_provinces_by_the_same_code(province: Province) -> None:
    """A province's packet has its communes in it as a commune's has its hamlets."""
    with province.database.transaction() as session:
        country = change.found(
            session, code="VN", kind="country", name="Việt Nam", level_word="nước", since=date(2025, 7, 1)
        )
        change.place(session, province.level, country, "territory", date(2025, 7, 1))
        peer = session.get_one(Peer, province.peers["05503"])
        session.add(_reach(peer))
    province.peers["19"], province.numbers["19"] = province.peers["05503"], 0
    cells = {"19": usual(5, 90_000)} | {
        code: usual(at, people) for at, (code, _, people) in enumerate(COMMUNES[:4])
    }
    told = body("19", "Thái Nguyên", cells)
    units = told["scope"]["units"]
    units[0] |= {"level_word": "tỉnh", "kind": "province", "parent": "VN"}
    for unit, (_, name, _) in zip(units[1:], COMMUNES, strict=False):
        unit |= {"name": name, "level_word": "xã", "kind": "commune"}
    with province.database.transaction() as session:  # at a national node communes have no node of their own
        for reach in session.scalars(select(_reach_table())).all():
            if reach.unit_code != "19":
                session.delete(reach)
    tell(province, "19", told, NOW - timedelta(days=5))
    with province.database.transaction(writes=False) as session:
        level = named(session, session.scalars(select(Unit.id).where(Unit.code == "VN")).one(), clock.today())
        found = overview(session, level, ABOUT)
        inside = reading.sheet(session, ABOUT, "19")
    [line] = found.lines
    assert (line.unit.heading, line.state) == ("Tỉnh Thái Nguyên", "told")
    assert inside is not None
    assert [unit.heading for unit in inside.below("19")] == ["Xã Phú Bình", "Xã Tân Khánh", "Xã Tân Thành", "Xã Điềm Thụy"]  # fmt: skip


def _reach_table() -> type:
    from backend.federation.peers.models import PeerReach

    return PeerReach


def _reach(peer: Peer) -> object:
    return _reach_table()(peer_id=peer.id, unit_code="19", from_on=date(2025, 7, 1))


def test_the_partys_figures_are_another_book(province: Province) -> None:
    with province.database.transaction(writes=False) as session:
        level = named(session, province.level, clock.today())
        found = overview(session, level, About(ABOUT.dataset, "party", ABOUT.period))
    assert found.told == []
    assert {line.state for line in found.lines} == {"no_node"}


def test_who_told_in_time_and_put_it_right_later_was_in_time(province: Province) -> None:
    put_right(province, LATE)
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
    assert found.rates.on_time == 5


def test_put_right_again_after_the_seal_says_the_same_and_stays_accepted(province: Province) -> None:
    """The same figures told anew, in a later state of the card, are no news."""
    accept(province, "05917")
    put_right(province, NOW)
    with province.database.transaction(writes=False) as session:
        _, found = looked(session, province)
    assert next(line for line in found.lines if line.unit.code == "05917").state == "accepted"
