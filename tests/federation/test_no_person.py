"""No stream, document or door between nodes can carry a person: every shape is walked, every free text has a reason and is tried."""

import inspect
import types
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import Meta, Struct

from backend import streams
from backend.federation import frames, no_person
from backend.federation.documents.shapes import Catalogue
from backend.federation.no_person import NamesSomebody
from backend.federation.packets import comparing
from backend.federation.packets.comparing import Streams
from backend.federation.packets.receipts import Missing, ReceiptBody
from backend.federation.packets.stream import Stream
from backend.federation.shapes import Schema, StreamName
from backend.http import NodeApp
from tests.federation.pair import Pair, from_template

BODIES = {one.name: one.body for one in streams.STREAMS}
PAPERS = {name: kind.body for name, kind in streams.DOCUMENTS.items()}

NUMBERS = ("0912345678", "+84912345678", "091 234 56 78", "012345678901", "024-123-456789", "hoa.nguyen@example.com", "số 0912.345.678 nhé")  # fmt: skip
NAMES = ("Nguyễn Thị Hoa", "Nguyen Thi Hoa", "bà Hoa")
PERSON = (*NUMBERS, *NAMES)

OFFICE = "an office's own words in a signed paper everybody may read; the paper's clerk answers for them"
PROOF = "no words: key material, which a signature is checked with before anything is kept"
BOOK = "a word of the node's own lists: what the receiver does not know is refused"
REASON = "why, in the office's words; numbers and addresses of persons are refused on both sides"
UNIT = "what a unit is called; numbers and addresses of persons are refused on both sides"
ASKED = (
    "an office asks or answers another about work; numbers and addresses of persons are refused on both sides"
)
FREE: dict[str, str] = {
    "keys.old": PROOF, "keys.public": PROOF, "keys.until": PROOF, "keys.signature": PROOF, "keys.proof": PROOF,
    "acks.words": REASON,
    "figures.dataset": BOOK, "figures.template.code": BOOK, "figures.rules": BOOK, "figures.calendar": BOOK,
    "figures.period": BOOK, "figures.reason": REASON, "figures.scope.units[].code": BOOK,
    "figures.scope.units[].name": UNIT, "figures.scope.units[].level_word": UNIT, "figures.scope.units[].kind": BOOK,
    "figures.scope.units[].parent": BOOK, "figures.scope.elements[].code": BOOK, "figures.scope.elements[].noun": BOOK,
    "figures.cells[].value": "a decimal; the room checks that it is one", "figures.points.class": BOOK,
    "figures.declared[].code": BOOK,
    "acceptance.unit": BOOK, "acceptance.dataset": BOOK, "acceptance.line": BOOK, "acceptance.calendar": BOOK,
    "acceptance.period": BOOK, "acceptance.digest": BOOK, "acceptance.outcome": BOOK, "acceptance.words": REASON,
    "acceptance.at": BOOK,
    "reports.number": OFFICE, "reports.title": OFFICE, "report-answers.words": REASON,
    "proposals.title": ASKED, "proposals.words": ASKED, "proposals.handed_on[].words": ASKED, "proposal-answers.words": ASKED,
}  # fmt: skip
"""Every text without a pattern in what streams carry, and why it may be there."""
SIGNED: dict[str, str] = {"reports.files[].content": OFFICE}
"""Bytes that a stream carries, path by path, and why: a paper that was signed to be sent as it is, and nothing else."""
PUBLISHED = {
    "revocations": "why a key is withdrawn", "units": "an administrative decision, as it was published", "calendar": "names of periods",
    "template": "a scorecard template, published with the scorecards", "targets": "targets of a plan, as the plan writes them",
    "pack": "a campaign's rules, texts and questions, shown to everybody", "contest-key": "a key of 32 bytes",
}  # fmt: skip
"""Documents go down, from the office that publishes them to everybody; they hold what is public anyway, never a fact of somebody."""


def fields_of(bodies: dict[str, Any], *sorts: str) -> list[tuple[str, Any]]:
    return [
        (f"{name}{path}", wanted)
        for name, body in bodies.items()
        for path, sort, wanted in no_person.texts_in(body)
        if sort in sorts
    ]


# --- the shapes -------------------------------------------------------------------------------------------------------


def test_a_stream_says_every_field_by_name_and_takes_no_other() -> None:
    assert fields_of(BODIES | PAPERS, "open") == []


def test_no_stream_carries_the_id_of_a_row_or_bytes_but_signed_papers() -> None:
    """A key under which somebody is kept here would be one wherever it went."""
    assert fields_of(BODIES, "id") == []
    assert {path for path, _ in fields_of(BODIES, "bytes")} == SIGNED.keys()


def test_every_free_text_of_a_stream_is_on_the_list_with_its_reason() -> None:
    unlisted = {path for path, _ in fields_of(BODIES, "free")} - FREE.keys()
    assert unlisted == set(), "give the field a pattern, or a line in FREE that says why it may hold words"


def test_every_document_with_free_texts_is_something_that_is_published() -> None:
    told = {path.split(".")[0] for path, _ in fields_of(PAPERS, "free", "bytes")}
    assert told <= PUBLISHED.keys()


@pytest.mark.parametrize(("path", "wanted"), fields_of(BODIES | PAPERS, "shaped"), ids=lambda one: one if isinstance(one, str) else "")  # fmt: skip
def test_a_field_with_a_pattern_takes_no_name_and_no_address(path: str, wanted: Any) -> None:
    for words in (*NAMES, "hoa.nguyen@example.com", "091 234 56 78"):
        if path.endswith((".code", ".unit", "contest", "round")) or "@" in words or " " in words:
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(words, wanted)


@pytest.mark.parametrize(
    "path", [path for path, _ in fields_of(BODIES | PAPERS, "shaped") if path.startswith("contest-")]
)
def test_no_code_of_a_contest_is_a_number_of_somebody(path: str) -> None:
    wanted = dict(fields_of(BODIES | PAPERS, "shaped"))[path]
    for words in ("0912345678", "84912345678", "012345678901", "091-234-5678", "so-0912345678"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(words, wanted)


@pytest.mark.parametrize("name", ["contest-counts", "contest-rows", "contest-total", "contest-final"])
def test_no_figure_of_a_contest_is_large_enough_to_be_a_telephone_number(name: str) -> None:
    bounds = [meta.le for meta in numbers_in((BODIES | PAPERS)[name])]
    assert bounds
    assert all(most is not None and most <= 100_000_000 for most in bounds), "nine digits at the most"


def numbers_in(wanted: Any, meta: Meta | None = None) -> Iterator[Meta]:
    if get_origin(wanted) is Annotated:
        inner, *notes = get_args(wanted)
        yield from numbers_in(inner, next(note for note in notes if isinstance(note, Meta)))
    elif get_args(wanted):
        for inner in get_args(wanted):
            yield from numbers_in(inner, meta)
    elif isinstance(wanted, type) and issubclass(wanted, Struct):
        for hint in get_type_hints(wanted, include_extras=True).values():
            yield from numbers_in(hint)
    elif wanted is int:
        yield meta or Meta()


def test_no_pattern_lets_a_line_end_through() -> None:
    """`$` stands before a last line end too: then two spellings of one hash or code would both be taken."""
    shaped = fields_of(BODIES | PAPERS | AROUND | {"catalogue-body": Catalogue}, "shaped")
    assert len(shaped) > 100
    open_ended = {path: pattern_of(wanted) for path, wanted in shaped if not is_closed(pattern_of(wanted))}
    assert open_ended == {}, "end the pattern with \\Z, or take the type from backend/federation/shapes.py"


def pattern_of(wanted: Any) -> str:
    return next(str(note.pattern) for note in get_args(wanted) if isinstance(note, Meta) and note.pattern)


def is_closed(pattern: str) -> bool:
    return pattern.startswith("^") and pattern.endswith(r"\Z") and "$" not in pattern


# --- what stands around a body: headers, receipts, statements -------------------------------------------------------------

AROUND: dict[str, Any] = {
    "packet": frames.PacketHeader, "receipt-header": frames.ReceiptHeader, "digest": frames.DigestHeader,
    "catalogue": frames.CatalogueHeader, "document": frames.DocumentHeader, "receipt": ReceiptBody, "streams": Streams,
}  # fmt: skip
SHAPED_AROUND = fields_of(AROUND, "shaped")


def test_nothing_around_a_body_has_room_for_a_word_of_ones_own() -> None:
    assert fields_of(AROUND, "free", "open", "bytes", "id") == []
    assert len(SHAPED_AROUND) > 40


@pytest.mark.parametrize(
    ("path", "wanted"), SHAPED_AROUND, ids=lambda one: one if isinstance(one, str) else ""
)
def test_no_header_receipt_or_statement_takes_a_person(path: str, wanted: Any) -> None:
    """A unit's code alone may be any figures; whose it is not, it is refused."""
    of_somebody = set(PERSON) - (
        {"0912345678", "012345678901", "024-123-456789"} if "units" in path else set()
    )
    for words in of_somebody:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(words, wanted)


def test_what_does_not_fit_its_column_is_no_receipt_and_no_header() -> None:
    """A database that counts letters would break where it is written down, and again each minute."""
    for path, wanted in SHAPED_AROUND:
        for words in ("a" * 200, "a" * 200 + "/1", "a-" * 100, "0" * 200, "/" * 400, "thu\n", "\0"):
            with pytest.raises(msgspec.ValidationError):
                print(path, msgspec.convert(words, wanted))
    for path, wanted in numbers_around():
        with pytest.raises(msgspec.ValidationError):
            print(path, msgspec.convert(2**31, wanted))


def numbers_around() -> Iterator[tuple[str, Any]]:
    for struct in (*AROUND.values(), frames.Place, Missing):
        for name, hint in get_type_hints(struct, include_extras=True).items():
            if get_origin(hint) is Annotated and get_args(hint)[0] is int:
                yield f"{struct.__name__}.{name}", hint


@pytest.mark.parametrize("numbers", [[0], [2**31], list(range(1, 502))])
def test_a_receipt_names_no_more_missing_packets_than_were_agreed(numbers: list[int]) -> None:
    plain = {"epoch": str(uuid.uuid4()), "numbers": numbers}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain, Missing)


def test_what_this_node_says_around_its_bodies_fits_the_shapes(two: Pair) -> None:
    """Else its own packets, receipts and statements would be refused by everybody."""
    packet = two.commune.say("a", "1", part="xa-2026")
    receipt = two.province.take(two.commune.raw(packet))
    with two.province.database.transaction() as session:
        statement = comparing.statement(session, two.province.peer, two.province.signer)
    for raw, body in ((two.commune.raw(packet), None), (receipt.raw, ReceiptBody), (statement, Streams)):
        frame = frames.open_outside(raw, frames.outside(raw), None)
        if body is not None:
            assert isinstance(frames.read_body(frame, body), body)


@pytest.mark.parametrize("one", streams.STREAMS, ids=lambda one: one.name)
def test_every_stream_has_a_name_and_a_schema_that_fit(one: Stream) -> None:
    assert msgspec.convert(one.name, StreamName)
    assert msgspec.convert(one.schema, Schema)


# --- a person pushed through each of them ----------------------------------------------------------------------------


def example(wanted: Any, path: str, where: str, words: str, meta: Meta | None = None) -> Any:
    """A value of that type in plain JSON, with `words` in the field `where` and harmless ones elsewhere."""
    origin = get_origin(wanted)
    if origin is Annotated:
        inner, *notes = get_args(wanted)
        return example(inner, path, where, words, next((n for n in notes if isinstance(n, Meta)), meta))
    if origin is Literal:
        return get_args(wanted)[0]
    if origin in (Union, types.UnionType):
        options = [one for one in get_args(wanted) if one is not type(None)]
        return example(options[0], path, where, words, meta) if where.startswith(path) else None
    if origin in (list, tuple, set, frozenset):
        return [example(get_args(wanted)[0], f"{path}[]", where, words)]
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        hints = get_type_hints(wanted, include_extras=True)
        return {
            one.encode_name: example(hints[one.name], f"{path}.{one.encode_name}", where, words)
            for one in msgspec.structs.fields(wanted)
        }
    return words if path == where else PLAIN.get(wanted, meta)


PLAIN = {
    int: 1,
    bool: False,
    str: "thu",
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    Decimal: Decimal(1),
}


def built(body: type[Struct], value: Any) -> Struct:
    """The struct, without the checks that only reading does: so that the words alone are looked at."""
    hints = get_type_hints(body, include_extras=True)
    return body(
        **{one.name: made(hints[one.name], value[one.encode_name]) for one in msgspec.structs.fields(body)}
    )


def made(wanted: Any, value: Any) -> Any:
    origin = get_origin(wanted)
    if origin is Annotated:
        return made(get_args(wanted)[0], value)
    if origin in (Union, types.UnionType):
        options = [one for one in get_args(wanted) if one is not type(None)]
        return None if value is None else made(options[0], value)
    if origin in (list, tuple, set, frozenset):
        return [made(get_args(wanted)[0], one) for one in value]
    return built(wanted, value) if isinstance(wanted, type) and issubclass(wanted, Struct) else value


@pytest.mark.parametrize(
    "path", sorted({path for path, _ in fields_of(BODIES, "free")} - {"figures.cells[].value"})
)
@pytest.mark.parametrize("words", NUMBERS)
def test_a_number_or_address_of_a_person_is_found_in_whatever_field_it_stands(path: str, words: str) -> None:
    name = path.split(".")[0]
    body = built(BODIES[name], example(BODIES[name], name, path, words))
    pointer = no_person.found(body)
    assert pointer is not None
    assert pointer.replace("/0", "[]").replace("/", ".") == path.removeprefix(name)
    assert no_person.found(built(BODIES[name], example(BODIES[name], name, path, "xã Tân Khánh"))) is None


# --- through the packets themselves ---------------------------------------------------------------------------------------


@pytest.fixture
def two(sqlite_template: Path, tmp_path: Path) -> Pair:
    """A commune and its province."""
    return from_template(sqlite_template, tmp_path)


@pytest.mark.parametrize("words", NUMBERS)
def test_a_person_does_not_leave(two: Pair, words: str) -> None:
    commune = two.commune
    with pytest.raises(NamesSomebody):
        commune.say("đề nghị", f"liên hệ {words}")
    assert commune.waiting() == [], "and no number is used up"


def test_a_person_sent_by_a_node_that_does_not_look_is_refused_and_stands_nowhere(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune, province = two.commune, two.province
    with monkeypatch.context() as careless:
        careless.setattr(no_person, "found", lambda _body: None)
        packet = commune.say("đề nghị", "liên hệ 0912345678")
        raw = commune.raw(packet)
    receipt = province.take(raw)
    assert (receipt.body.outcome, receipt.body.code) == ("refused", "names-a-person")
    assert province.notes() == {}


# --- the doors ---------------------------------------------------------------------------------------------------------


PERSONAL = (
    "person",
    "people",
    "subject",
    "phone",
    "consent",
    "member",
    "name",
    "photo",
    "attempt",
    "paper",
    "visit",
)


def test_no_route_between_nodes_asks_for_or_hands_out_a_person(one_app: NodeApp) -> None:
    routes = [rule for rule in one_app.url_map.iter_rules() if rule.rule.startswith("/federation")]
    assert routes, "there is a door"
    for rule in routes:
        words = (
            rule.rule.lower().replace("<", " ").replace(">", " ").replace("/", " ").replace(":", " ").split()
        )
        assert not any(word.rstrip("s") in PERSONAL for word in words), rule.rule
        assert one_app.view_functions[rule.endpoint].guard.name == "peer", rule.rule  # type: ignore[attr-defined]


def test_no_view_behind_the_door_reads_a_table_of_people(one_app: NodeApp) -> None:
    """By what it imports: the wire and everything it stands on knows no person."""
    import backend.wire as wire

    for rule in one_app.url_map.iter_rules():
        if rule.rule.startswith("/federation"):
            module = inspect.getmodule(inspect.unwrap(one_app.view_functions[rule.endpoint]))
            assert module is not None
            assert module.__name__.startswith(wire.__name__)
            assert "backend.people" not in inspect.getsource(module)


# --- what leaves is what the shape says ---------------------------------------------------------------------------------


def test_nothing_hides_beside_the_named_fields() -> None:
    """A frame whose body says one field more is no frame of that stream."""
    name = "contest-counts"
    plain = {
        "contest": "thi-chung", "round": "dot-1", "rules": "a" * 64, "unit": "05917", "revision": 1, "people": 9,
        "papers": 9, "all_correct": 1, "flag": "", "reason": "first",
    }  # fmt: skip
    assert msgspec.convert(plain, BODIES[name])
    for more in (
        {"phone": "0912345678"},
        {"name": "Nguyễn Thị Hoa"},
        {"subject": str(uuid.uuid4())},
        {"note": ""},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(plain | more, BODIES[name])
    row = {"number": 1, "right": 5, "of": 5, "seconds": 60, "gap": 0}
    for more in (
        {"name": "Nguyễn Thị Hoa"},
        {"subject": str(uuid.uuid4())},
        {"birth_year": 1980},
        {"hamlet": "05917-T01"},
    ):
        rows = plain | {"total": 1, "rows": [row | more]}
        wanted = {one.name for one in msgspec.structs.fields(BODIES["contest-rows"])}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(
                {key: value for key, value in rows.items() if key in wanted}, BODIES["contest-rows"]
            )
