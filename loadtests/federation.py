"""A month of the whole country at one node: 3,321 communes, each a packet of 27 hamlets and the commune x 12 indicators.

The yardstick takes the very same bytes: verify the signature, read the JSON, upsert the cells in one statement, commit. The
house does what a node must: signature of the request and its nonce, signature of the packet, canonical form, chain,
scope, sums and small numbers, full replacement, the packet kept, a signed receipt, a signed answer.
"""

import contextlib
import copy
import json
import sqlite3
import statistics
import time
import uuid
from argparse import Namespace
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
import yaml
from sqlalchemy import insert

from backend import clock
from backend.aggregates.stream import stream
from backend.cards import store, template_reading
from backend.db import migrate
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node
from backend.federation import frames, messages
from backend.federation.frames import Frame, PacketHeader
from backend.federation.messages import Asked
from backend.federation.packets import inbox
from backend.federation.packets.client import FRAME
from backend.federation.packets.stream import Book
from backend.federation.peers import at_door
from backend.federation.peers.models import Peer, PeerKey, PeerReach
from backend.safeguards.signing import Signer, packed
from campaigns.registry import measure_book
from loadtests.machine import ROOT, cluster, described, plain, served
from loadtests.report import spread, table, write
from tests.support.postgres import Cluster

HAMLETS, INDICATORS, PERIOD, OF_A_PROVINCE = 27, 12, "202610", 98
GOALS = {"PostgreSQL": 0.65, "SQLite": 0.4}
AGAIN_GOAL, FORGED_GOAL_MS, FORGED = 0.2, 0.5, 400
ADDRESS = "http://localhost:8000"
SEED = b"the province's own key, 32 bytes"
CELLS = "(unit_code text, element text, period text, numerator bigint, denominator bigint, value text, flag text, PRIMARY KEY (unit_code, element, period))"
UPSERT = """INSERT INTO cell SELECT ({units})[1 + (c->>0)::int], ({elements})[1 + (c->>1)::int], %s, (c->>2)::bigint,
 (c->>3)::bigint, c->>4, c->>5 FROM jsonb_array_elements(%s::jsonb) AS c
 ON CONFLICT (unit_code, element, period) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator,
 value = excluded.value, flag = excluded.flag""".format(units="%s::text[]", elements="%s::text[]")
UPSERT_SQLITE = """INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET numerator = excluded.numerator,
 denominator = excluded.denominator, value = excluded.value, flag = excluded.flag"""
BOOK = Book((stream(measure_book()),))


# --- what is sent -------------------------------------------------------------------------------------------------------


@dataclass
class Sender:
    """A commune: its key and its packet of the month."""

    code: str
    node: uuid.UUID
    epoch: uuid.UUID
    signer: Signer
    peer: Peer
    packet: Frame | None = None


@dataclass
class Country:
    """The node above and everybody who tells it something. `template`: as packets name it; `elements`: of its scope."""

    node: uuid.UUID
    signer: Signer
    database: Database
    senders: list[Sender]
    template: Any
    elements: Any
    took: dict[str, list[float]] = field(default_factory=dict)


def _template(database: Database) -> tuple[Any, Any]:
    """Twelve indicators, half of them counts, half shares of people."""
    data = yaml.safe_load((ROOT / "backend/cards/templates/xa-thang.yaml").read_text(encoding="utf-8"))
    samples = [one for group in data["groups"] for one in group["criteria"] if "formula" in one]
    made = []
    for number in range(INDICATORS):
        one = copy.deepcopy(samples[number % len(samples)])
        made.append(one | {"code": f"chi-so-{number + 1:02d}", "most": 1 if number else 101 - INDICATORS})
    data["groups"] = [
        {"code": "tat-ca", "title": {"vi": "Tất cả", "en": "All"}, "weight": 100, "criteria": made}
    ]
    data["template"] = "xa-do"
    checked = template_reading.check_data(data, measure_book())
    if checked.template is None:
        raise SystemExit(f"the template of the benchmark is wrong: {checked.problems}")
    from backend.aggregates.dataset import of_line

    with database.transaction() as session:
        store.keep_template(session, checked.template)
    return checked.template, of_line(checked.template, "state", measure_book()).elements


def plant(url: str, communes: int) -> Country:
    """A migrated node that knows every commune."""
    database = Database(url)
    migrate.upgrade(database.engine)
    with database.transaction() as session:
        node = found_node(session, "nút cấp trên").id
        senders = [_sender(f"{number:05d}") for number in range(1, communes + 1)]
        session.add_all(one.peer for one in senders)
        session.flush()
        session.execute(insert(PeerKey), [
            {"peer_id": one.peer.id, "key_id": one.signer.key_id, "public": packed(one.signer.public), "from_at": clock.now(),
             "confirmed_at": clock.now()} for one in senders])  # fmt: skip
        session.execute(insert(PeerReach), [
            {"peer_id": one.peer.id, "unit_code": one.code, "from_on": date(2025, 7, 1)} for one in senders])  # fmt: skip
    template, elements = _template(database)
    return Country(node, Signer(packed(SEED)), database, senders, template, elements)


def _sender(code: str) -> Sender:
    node, now = uuid.uuid4(), clock.now()
    peer = Peer(
        id=new_id(), node_id=node, name=f"Xã {code}", unit_code=code, side="child", line="state", state="active", address="",
        proposed_by=uuid.UUID(int=1), proposed_at=now, confirmed_by=uuid.UUID(int=2), confirmed_at=now,
    )  # fmt: skip
    return Sender(code, node, new_id(), Signer.throw_away(), peer)


def packet(country: Country, sender: Sender) -> Frame:
    """Its October: every hamlet, every indicator, nothing hidden because nothing is small."""
    dataset = f"figures/{country.template.code}"
    header = PacketHeader(
        sender=str(sender.node), to=str(country.node), line="state", epoch=str(sender.epoch), made_at=clock.iso(clock.now()),
        schema="figures/1", software="lantoa 0.1.0", stream=dataset, number=1, prev="", follows=None,
    )  # fmt: skip
    return frames.seal(sender.signer, header, _body(country, sender.code, dataset))


def _body(country: Country, code: str, dataset: str) -> dict[str, Any]:
    from backend.aggregates.checking import value_text
    from backend.aggregates.dataset import of_line

    measured = of_line(country.template, "state", measure_book()).measured
    units = [
        _unit(code, code, None),
        *(_unit(f"{code}-T{n:02d}", f"Tổ dân phố {n}", code) for n in range(1, HAMLETS + 1)),
    ]
    cells: list[list[Any]] = []
    for unit in range(len(units)):
        for place, (_, formula) in enumerate(measured):
            below = 40 + (int(code) + unit * 7 + place) % 50
            above = (15 + (int(code) + unit + place) % 20) * (HAMLETS if unit == 0 else 1)
            denominator = below * (HAMLETS if unit == 0 else 1) if formula.is_ratio else None
            cells.append([unit, place, above, denominator, value_text(formula, above, denominator), ""])
    template = country.template
    return {
        "dataset": dataset, "line": "state", "template": {"code": template.code, "version": template.version, "sha256": template.sha256},
        "rules": template.rules, "calendar": template.calendar, "period": PERIOD, "revision": 1, "reason": "",
        "known_at": clock.iso(clock.now()), "state": "official", "lineup": "0" * 64,
        "scope": {"units": units, "elements": msgspec.to_builtins(country.elements)}, "cells": cells,
        "completeness": {"expected": HAMLETS, "reported": HAMLETS}, "points": None, "declared": [], "approval": [],
    }  # fmt: skip


def _unit(code: str, name: str, parent: str | None) -> dict[str, Any]:
    return {
        "code": code, "name": name, "level_word": "xã" if parent is None else "tổ dân phố",
        "kind": "commune" if parent is None else "hamlet", "parent": parent, "from": "2025-07-01", "to": None,
    }  # fmt: skip


# --- both ways of taking it in ------------------------------------------------------------------------------------------


class Bare:
    """Verify and upsert, nothing else."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.base: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                self.base.execute(f"PRAGMA {pragma}")
        else:
            self.base = psycopg.connect(plain(url))
        self.base.execute(f"CREATE TABLE cell {CELLS}")
        self.base.commit()

    def take(self, raw: bytes, public: bytes) -> None:
        shell = frames.outside(raw)
        assert frames.is_signed(public, shell)
        body = json.loads(shell.payload)["body"]
        units, elements = (
            [one["code"] for one in body["scope"]["units"]],
            [one["code"] for one in body["scope"]["elements"]],
        )
        if self.is_sqlite:
            rows = [(units[c[0]], elements[c[1]], body["period"], *c[2:]) for c in body["cells"]]
            self.base.execute("BEGIN IMMEDIATE")
            self.base.executemany(UPSERT_SQLITE, rows)
            self.base.execute("COMMIT")
            return
        self.base.execute(UPSERT, (units, elements, body["period"], json.dumps(body["cells"])))
        self.base.commit()

    def close(self) -> None:
        self.base.close()


@dataclass(frozen=True)
class Request:
    """A packet as it stands at the door."""

    sender: Sender
    asked: Asked
    raw: bytes


def request(country: Country, sender: Sender) -> Request:
    """Signed now: a request lives for minutes."""
    assert sender.packet is not None
    url = f"{ADDRESS}/federation/packets/figures/{country.template.code}/1"
    headers = {"Content-Type": FRAME, "Idempotency-Key": f'"{sender.packet.digest}"'}
    raw = sender.packet.raw
    sent = messages.sign_request(sender.signer, "PUT", url, headers, raw, sender.node, sender.epoch)
    return Request(sender, Asked.of("PUT", url, sent), raw)


def take(country: Country, one: Request) -> str:
    """Everything between the socket and the answer but Flask: outcome, "known" where it was."""
    database = country.database

    def remember(key: str, nonce: str, until: Any) -> bool:
        return at_door.remember(database, key, nonce, until)

    shown = messages.presented(one.asked)
    known = at_door.whose(database, shown.key_id, str(one.sender.node), None)
    if known is None:
        raise SystemExit("the benchmark's own commune is unknown")
    messages.check_request(one.asked, shown, known, known.key, remember)
    messages.check_digest(one.asked, one.raw)
    with database.transaction() as session:
        receipt = inbox.take_in(session, one.raw, known.peer_id, via="wire", book=BOOK, signer=country.signer)
    messages.sign_response(country.signer, one.asked, receipt.status, {"content-type": FRAME}, receipt.raw)
    return "known" if receipt.known else f"{receipt.body.outcome} {receipt.body.code}".strip()


# --- measuring ------------------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """Packets a second of each round; what was answered; milliseconds of what was refused."""

    bare: list[float] = field(default_factory=list)
    house: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    refused_ms: dict[str, float] = field(default_factory=dict)


def run(chosen: Namespace, place: Path) -> bool:
    """Measure and write the section; answers whether everything was taken once and stands."""
    with cluster() as postgres:
        found = {
            "PostgreSQL": _both(chosen, postgres.create_database("house"), postgres.create_database("bare")),
            "SQLite": _both(chosen, f"sqlite:///{place}/house.sqlite3", f"sqlite:///{place}/bare.sqlite3"),
        }
        at_once = _province(postgres, place)
    _tell(chosen, found, at_once)
    return all(set(one.answers) == {"taken", "known"} for one in found.values())


def _both(chosen: Namespace, house_url: str, bare_url: str) -> Found:
    print(f"planting {chosen.communes} communes ...", flush=True)
    country, bare, found = plant(house_url, chosen.communes), Bare(bare_url), Found()
    for sender in country.senders:
        sender.packet = packet(country, sender)
    size = -(-chosen.communes // (chosen.rounds + 1))
    for number in range(chosen.rounds + 1):  # the first warms up
        some = country.senders[number * size : (number + 1) * size]
        print(f"round {number}/{chosen.rounds}, {len(some)} packets ...", flush=True)
        _round(country, bare, some, found, warm=number == 0)
    found.refused_ms = _refused(country)
    bare.close()
    country.database.close()
    return found


def _round(country: Country, bare: Bare, some: Sequence[Sender], found: Found, *, warm: bool) -> None:
    """In slices, one way and the other: whatever else the machine does befalls both."""
    spent = {"bare": 0.0, "house": 0.0, "again": 0.0}
    for at in range(0, len(some), 25):
        slice_ = some[at : at + 25]
        requests, later = [request(country, one) for one in slice_], [request(country, one) for one in slice_]
        spent["bare"] += _timed(lambda: [bare.take(one.raw, one.sender.signer.public) for one in requests])  # noqa: B023
        spent["house"] += _timed(lambda: [_count(found, take(country, one)) for one in requests])  # noqa: B023
        spent["again"] += _timed(lambda: [_count(found, take(country, one)) for one in later])  # noqa: B023
    if not warm:
        found.bare.append(len(some) / spent["bare"])
        found.house.append(len(some) / spent["house"])
        found.again.append(len(some) / spent["again"])


def _count(found: Found, answer: str) -> None:
    found.answers[answer] = found.answers.get(answer, 0) + 1


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _refused(country: Country) -> dict[str, float]:
    """Milliseconds to turn one away: forged requests and replays at the gate, a forged packet in a good request."""
    sender = country.senders[0]
    good = request(country, sender)
    take(country, good)
    signature = good.asked.headers["signature"]
    forged = dict(good.asked.headers) | {
        "signature": signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    }
    bad = Request(sender, Asked.of("PUT", good.asked.url, forged), good.raw)
    stranger = Request(sender, request(country, _with_key(sender)).asked, good.raw)
    inside = good.raw[:-3] + b"x" + good.raw[-2:]
    return {
        "forged request": _refusal(lambda: take(country, bad)),
        "stranger's key": _refusal(lambda: take(country, stranger)),
        "replayed request": _refusal(lambda: take(country, good)),
        "forged packet": _refusal(lambda: frames.open_frame(inside, lambda _: sender.signer.public)),
    }


def _with_key(sender: Sender) -> Sender:
    return Sender(sender.code, sender.node, sender.epoch, Signer.throw_away(), sender.peer, sender.packet)


def _refusal(work: Callable[[], object]) -> float:
    times = []
    for _ in range(FORGED):
        began = time.perf_counter()
        with contextlib.suppress(Exception, SystemExit):
            work()
            raise AssertionError("was let in")
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


# --- a whole province at once ---------------------------------------------------------------------------------------------


class _There(httpx.HTTPTransport):
    """To where the server listens, whatever the node calls itself."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.there = httpx.URL(url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host=self.there.host, port=self.there.port)
        return super().handle_request(request)


def _province(postgres: Cluster, place: Path) -> tuple[float, list[float]]:
    """Every commune of a province pushes at the same moment, over HTTP: seconds in all, milliseconds of each packet."""
    url = postgres.create_database("province")
    country = plant(url, OF_A_PROVINCE)
    for sender in country.senders:
        sender.packet = packet(country, sender)
    with (
        served("backend.app:create_app", url, place) as server,
        httpx.Client(transport=_There(server.url)) as http,
    ):
        _push(http, country, country.senders[0])
        began = time.perf_counter()
        with ThreadPoolExecutor(OF_A_PROVINCE - 1) as crowd:
            times = list(crowd.map(lambda one: _push(http, country, one), country.senders[1:]))
        return time.perf_counter() - began, times


def _push(http: httpx.Client, country: Country, sender: Sender) -> float:
    assert sender.packet is not None
    one, began = request(country, sender), time.perf_counter()
    answer = http.put(one.asked.url, headers=dict(one.asked.headers), content=one.raw, timeout=60)
    if answer.status_code != 201:
        raise SystemExit(f"a packet was answered {answer.status_code}: {answer.text[:300]}")
    return (time.perf_counter() - began) * 1000


# --- words ------------------------------------------------------------------------------------------------------------------


def _tell(chosen: Namespace, found: dict[str, Found], at_once: tuple[float, list[float]]) -> None:
    rows, said = [], []
    for name, one in found.items():
        ratio = statistics.median(one.house) / statistics.median(one.bare)
        again = statistics.median(one.house) / statistics.median(one.again)
        rows.append(
            [name, spread(one.bare), spread(one.house), f"{ratio:.2f}", spread(one.again), f"{again:.2f}"]
        )
        said.append(f"- **{name}: {ratio:.2f} of bare** (goal {GOALS[name]}: {_reached(ratio >= GOALS[name])}); the same again "
                    f"costs {again:.2f} of the first time (goal {AGAIN_GOAL}: {_reached(again <= AGAIN_GOAL)}); "
                    + ", ".join(f"{what} {ms:.2f} ms" for what, ms in one.refused_ms.items())
                    + f" (goal {FORGED_GOAL_MS}: {_reached(max(one.refused_ms.values()) < FORGED_GOAL_MS)}); answers {one.answers}.")  # fmt: skip
    seconds, times = at_once
    slow = sorted(times)[int(len(times) * 0.95)]
    write("Federation", "\n\n".join([
        f"{described()}. The packets of {chosen.communes} communes, {HAMLETS} hamlets and the commune x {INDICATORS} indicators each, "
        f"{chosen.rounds} rounds in interleaved slices of 25, one process, one packet a transaction, durable. Bare: verify, "
        "json.loads, one upsert of all cells. House: request signature, nonce, packet signature, canonical form, order, scope, sums, small "
        "numbers, replacement, packet and receipt kept, answer signed.",
        table(["database", "bare, packets a second", "house", "x bare", "the same again", "of the first time"], rows),
        "\n".join(said),
        f"- All {OF_A_PROVINCE} communes of a province at the same moment over HTTP (granian 2 x 2, PostgreSQL): all within "
        f"{seconds:.1f} s, p50 {statistics.median(times):.0f} ms, p95 {slow:.0f} ms.",
    ]))  # fmt: skip


def _reached(is_so: bool) -> str:
    return "reached" if is_so else "not reached"
