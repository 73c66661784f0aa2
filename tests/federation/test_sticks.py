"""Carried by hand: files, QR codes, and the commands for them."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
import zxingcpp
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend import streams
from backend.cli import main
from backend.federation import frames
from backend.federation.packets import carrying, commands, sticks
from backend.federation.packets.sticks import PictureMissing, PictureUnreadable, StickUnreadable
from backend.safeguards.signing import packed
from tests.federation.pair import AN, BINH, BOOK, ORDERS, PARTY, Pair, Side, from_template


@pytest.fixture
def two(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    monkeypatch.setattr(commands, "_books", [lambda: BOOK])
    made = from_template(sqlite_template, tmp_path)
    yield made
    made.commune.database.close(), made.province.database.close()


def shell(side: Side, *words: str) -> Result:
    """The command line on that side's machine."""
    assert side.place
    seed = {id(AN): b"a", id(BINH): b"b"}[id(side.signer)] * 32
    told = {
        "LANTOA_MODE": "demo", "LANTOA_DATA": str(side.place.parent / "data"), "LANTOA_SIGNING_KEY": packed(seed),
        "LANTOA_DATABASE_URL": f"sqlite:///{side.place}",
    }  # fmt: skip
    return CliRunner().invoke(main, ["node", *words], env=told)


# --- files --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=8))
def test_what_is_written_is_read(raws: list[bytes]) -> None:
    assert sticks.read(sticks.write(raws)) == raws


@pytest.mark.parametrize("content", [b"x", b"5\nabc", b"-1\nabc", b"03\nabc", b"3\nabc\n", b"999999999\nabc", b"\n", b"9999999\nabc"])  # fmt: skip
def test_a_file_that_was_copied_badly_is_refused_whole(content: bytes) -> None:
    with pytest.raises(StickUnreadable) as caught:
        sticks.read(content)
    assert caught.value.code == "stick-cut"


def test_a_file_of_too_many_frames_is_refused() -> None:
    with pytest.raises(StickUnreadable) as caught:
        sticks.read(b"1\nx" * (sticks.MOST_FRAMES + 1))
    assert caught.value.code == "too-many-frames"


def test_a_huge_file_is_refused_before_it_is_cut_up() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 1 << 30

    with pytest.raises(StickUnreadable) as caught:
        sticks.read(Huge(b"1\nx"))
    assert caught.value.code == "stick-too-large"


# --- pictures -----------------------------------------------------------------------------------------------------------


def test_pictures_are_read_in_any_order_and_more_than_once() -> None:
    raw = random.Random(3).randbytes(2500)
    texts = sticks.pictures(raw)
    assert len(texts) > 3
    random.Random(4).shuffle(texts)
    assert sticks.from_pictures([*texts, *texts]) == raw


def test_a_missing_picture_is_named() -> None:
    texts = sticks.pictures(random.Random(3).randbytes(2500))
    with pytest.raises(PictureMissing) as caught:
        sticks.from_pictures([text for text in texts if not text.startswith("LT1:2:")])
    assert caught.value.values["missing"] == "2"


@pytest.mark.parametrize("texts", [["hello"], ["LT1:1:1:0:AAAA"], ["LT1:9:2:0:AAAA"], ["LT1:1:1:X:!!!!"], []])
def test_other_pictures_are_refused(texts: list[str]) -> None:
    with pytest.raises(PictureUnreadable):
        sticks.from_pictures(texts)


def test_pictures_of_two_packets_are_not_mixed() -> None:
    one, other = (sticks.pictures(random.Random(n).randbytes(1500)) for n in (1, 2))
    with pytest.raises(PictureUnreadable):
        sticks.from_pictures([one[0], *other[1:]])


def test_a_bomb_in_a_picture_stops_at_a_frames_size() -> None:
    import base64
    import zlib

    text = base64.b32encode(zlib.compress(bytes(frames.MOST_BYTES + 1), 9)).decode().rstrip("=")
    with pytest.raises(frames.FrameRefused):
        sticks.from_pictures([f"LT1:1:1:00000000:{text}"])


# --- carried ------------------------------------------------------------------------------------------------------------


def carry(two: Pair, *, shuffle: int | None = None) -> list[carrying.Told]:
    """From the commune to the province."""
    with two.commune.database.transaction() as session:
        raws = carrying.pack(session, two.commune.peer, AN)
    if shuffle is not None:
        random.Random(shuffle).shuffle(raws)
    return carrying.bring_in(two.province.database, sticks.write(raws), BOOK, BINH)


def carry_back(two: Pair) -> list[carrying.Told]:
    with two.province.database.transaction() as session:
        raws = carrying.pack(session, two.province.peer, BINH)
    return carrying.bring_in(two.commune.database, sticks.write(raws), BOOK, AN)


def test_there_and_back_again_on_a_stick(two: Pair) -> None:
    for key in "abc":
        two.commune.say(key, "1")
    assert [one.outcome for one in carry(two)] == ["taken"] * 3 + ["compared"]
    assert two.province.notes() == dict.fromkeys("abc", "1")
    assert len(two.commune.waiting()) == 3, "only a receipt ends the wait"
    carry_back(two)
    assert two.commune.waiting() == []


def test_the_same_stick_twice_changes_nothing(two: Pair) -> None:
    two.commune.say("a", "1")
    carry(two)
    assert [one.outcome for one in carry(two)] == ["known", "compared"]
    assert two.province.notes() == {"a": "1"}


@pytest.mark.parametrize("seed", range(3))
def test_frames_of_a_file_may_lie_in_any_order(two: Pair, seed: int) -> None:
    for value in "123456":
        two.commune.say("a", value)
    told = carry(two, shuffle=seed)
    assert [one.outcome for one in told] == ["taken"] * 6 + ["compared"]
    assert two.province.notes() == {"a": "6"}


def test_a_stick_and_the_wire_may_race(two: Pair) -> None:
    first, _ = two.commune.say("a", "1"), two.commune.say("a", "2")
    with two.commune.database.transaction() as session:
        raws = carrying.pack(session, two.commune.peer, AN)
    two.deliver(first)
    told = carrying.bring_in(two.province.database, sticks.write(raws), BOOK, BINH)
    assert [one.outcome for one in told] == ["known", "taken", "compared"]
    carry_back(two)
    assert two.commune.waiting() == []
    assert two.province.notes() == {"a": "2"}


def test_a_strangers_stick_is_refused_frame_by_frame(two: Pair) -> None:
    raw = two.commune.raw(two.commune.say("a", "1"))
    with two.province.database.transaction() as session:
        session.merge(two.province.peer).state = "revoked"
    told = carrying.bring_in(two.province.database, sticks.write([raw, b"junk", raw[:-1] + b"x"]), BOOK, BINH)
    assert {(one.outcome, one.code) for one in told} == {
        ("refused", "unknown-peer"),
        ("refused", "not-a-frame"),
    }
    assert two.province.notes() == {}


def test_a_stick_for_a_node_on_two_lines_goes_by_its_stream(two: Pair) -> None:
    party = two.province.know(two.commune, "child", "party")
    two.commune.say("a", "1")
    assert carry(two)[0].outcome == "taken"
    two.commune.peer = two.commune.know(two.province, "parent", "party")
    two.commune.say("p", "1", stream=PARTY)
    assert carry(two)[0].outcome == "taken"
    assert two.province.rows("SELECT count(*) FROM packet_in") == [(2,)]
    with two.province.database.transaction(writes=False) as session:
        from backend.federation.packets import inbox

        assert [head.number for head in inbox.heads(session, party.id, "party")] == [1]


# --- commands -----------------------------------------------------------------------------------------------------------


def test_an_operator_carries_a_packet_and_its_receipt(two: Pair, tmp_path: Path) -> None:
    two.commune.say("a", "1")
    stick, back = tmp_path / "up.lantoa", tmp_path / "back.lantoa"
    made = shell(two.commune, "export-packet", "--out", str(stick))
    assert made.exit_code == 0, made.output
    assert shell(two.province, "verify", str(stick)).exit_code == 0
    brought = shell(two.province, "import-packet", str(stick), "--out", str(back))
    assert (brought.exit_code, brought.output.splitlines()[0]) == (0, "taken     packet notes 1")
    assert two.province.notes() == {"a": "1"}
    assert shell(two.commune, "import-packet", str(back)).exit_code == 0
    assert two.commune.waiting() == []


def test_a_stranger_verifies_with_nothing_but_a_public_key(two: Pair, tmp_path: Path) -> None:
    for key in "ab":
        two.commune.say(key, "1")
    stick = tmp_path / "up.lantoa"
    shell(two.commune, "export-packet", "--out", str(stick))
    good = CliRunner().invoke(main, ["node", "verify", str(stick), "--key", packed(AN.public)])
    assert good.exit_code == 0, good.output
    assert good.output.count("signature good") == 3
    assert "chain begins" in good.output
    assert "chain goes on" in good.output
    other = CliRunner().invoke(main, ["node", "verify", str(stick), "--key", packed(BINH.public)])
    assert (other.exit_code, "signature unknown key" in other.output) == (1, True)
    raws = sticks.read(stick.read_bytes())
    stick.write_bytes(sticks.write([raws[0][:-4] + b"1" + raws[0][-3:], *raws[1:]]))
    assert CliRunner().invoke(main, ["node", "verify", str(stick), "--key", packed(AN.public)]).exit_code == 1


def test_small_packets_go_as_qr_codes_that_an_independent_reader_reads(two: Pair, tmp_path: Path) -> None:
    two.commune.say("a", "1")
    made = shell(two.commune, "export-packet", "--out", str(tmp_path / "x"), "--qr", str(tmp_path / "qr"))
    assert made.exit_code == 0, made.output
    pictures = sorted((tmp_path / "qr").glob("0001-*.png"))
    texts = [zxingcpp.read_barcode(Image.open(one)).text for one in pictures]
    (tmp_path / "scanned.txt").write_text("\n".join(texts))
    brought = shell(two.province, "import-packet", str(tmp_path / "scanned.txt"))
    assert brought.exit_code == 0, brought.output
    assert two.province.notes() == {"a": "1"}


def test_a_torn_file_says_what_to_do(two: Pair, tmp_path: Path) -> None:
    two.commune.say("a", "1")
    stick = tmp_path / "up.lantoa"
    shell(two.commune, "export-packet", "--out", str(stick))
    stick.write_bytes(stick.read_bytes()[:-10])
    torn = shell(two.province, "import-packet", str(stick))
    assert torn.exit_code == 1
    assert "stick-cut" in torn.output
    assert "Xin chép lại" in torn.output
    assert two.province.notes() == {}


def test_the_command_line_and_the_door_know_the_same_streams() -> None:
    assert [one.name for one in streams.book().streams] == [one.name for one in streams.STREAMS]
    assert ORDERS.name not in streams.book().by_name
    assert segno.make("LT1").designator
