"""Certificates: a batch drawn by the worker's hands, beside a bare script that draws the same pictures and nothing else.

The bare script knows every size and place in advance: a copy of the ground, the words with Pillow, the same QR code, a PNG
written to a file. Ours lays out, signs statement, credential and slip, draws PNG and PDF, makes sure of both files on the
disk, and settles the rows. Both in two processes.
"""

import argparse
import dataclasses
import io
import json
import multiprocessing
import os
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import psutil
import segno
from PIL import Image, ImageDraw, ImageFont

import backend.worker  # noqa: F401 - every table
from backend.certificates import batches, designs, issue, progress, proof, status, turn
from backend.certificates.batches import Entry
from backend.certificates.hands import Hands
from backend.certificates.issue import Words
from backend.clock import now, today
from backend.db import migrate
from backend.db.engine import Database
from backend.media import paint_png, store
from backend.media.layout import lay_out
from backend.media.letters import FONTS
from backend.media.sheet import Page
from backend.safeguards import signing
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer
from backend.units import change as units
from loadtests import report
from loadtests.machine import described

PROCESSES, ROUNDS = 2, 3
MARKS = (100, 1000, 5000)
"""How many are done when memory is looked at; the last is how many there are, unless fewer are asked for."""
SEED = signing.packed(b"l" * 32)
URL = "https://lantoa.example"
DESIGN = "to-chuc"
FAMILY = ("Nguyễn Thị", "Trần Văn", "Lê Hoàng", "Phạm Thị Bích", "Hoàng Thị Nguyệt Ánh Công Tằng Tôn Nữ")


def words(number: int) -> Words:
    return Words(
        name=f"{FAMILY[number % len(FAMILY)]} {('Bình', 'Ánh', 'Phượng', 'Đức')[number % 4]} {number % 100}",
        title="Tìm hiểu chuyển đổi số. Đợt 1: Chuyển đổi số trong đời sống hằng ngày",
        issuer="Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên", achievement="dot-1",
        deed="đã tham gia và hoàn thành cuộc thi trực tuyến", result="Đạt yêu cầu",
    )  # fmt: skip


def run(chosen: argparse.Namespace, place: Path) -> bool:
    database, commune = planted(place)
    each, marks = chosen.papers, (*(mark for mark in MARKS if mark < chosen.most), chosen.most)
    bare, ours, known = list[float](), list[float](), designs.find_shipped(DESIGN)
    for number in range(ROUNDS):
        bare.append(bare_rate(place / f"bare-{number}", each))
        ours.append(drawn(database, commune, place / f"ours-{number}", each, marks)[0])
    rate, held, size = drawn(database, commune, place / "many", chosen.most, marks)
    small = one_by_one(database)
    ratio = statistics.median(o / b for o, b in zip(ours, bare, strict=True))
    report.write("Certificates", text(known.title, each, bare, ours, ratio, rate, held, size, small))
    with database.transaction(writes=False) as session:
        counted = [progress.of_batch(session, one.batch.id) for one in progress.of_units(session, {commune})]
    return all(
        one is not None and (one.batch.state, one.done) == ("done", one.batch.total) for one in counted
    )


def planted(place: Path) -> tuple[Database, uuid.UUID]:
    database = Database(f"sqlite:///{place / 'bench.sqlite3'}")
    migrate.upgrade(database.engine)
    with database.transaction() as session:
        signing.remember(session, Signer(SEED))
        commune = units.found(
            session, code="1", kind="commune", name="Tân Khánh", level_word="xã", since=date(2025, 7, 1)
        )  # fmt: skip
    return database, commune


# --- ours -------------------------------------------------------------------------------------------------------------


def drawn(
    database: Database, commune: uuid.UUID, place: Path, count: int, marks: tuple[int, ...]
) -> tuple[float, dict[int, list[float]], tuple[float, float]]:
    """Certificates a second, MiB held by worker and children ten times a second until so many were done, KiB of a PNG and
    of a PDF."""
    keys = [uuid.uuid4() for _ in range(count)]
    entries = [Entry(key, words(number), subject=key) for number, key in enumerate(keys)]
    with database.transaction() as session:
        batch = batches.make(
            session,
            "decision",
            uuid.uuid4(),
            entries,
            designs.ORGANISER,
            OPERATOR,
            unit=commune,
            public_url=URL,
        ).id
    hands = Hands(Signer(SEED), SEED, URL, store.folder_in(place), processes=PROCESSES)
    turn.turn(database, hands, batch)  # starting processes is not what is measured
    watch, begun = Watch(marks), time.perf_counter()
    try:
        with watch:
            while turn.turn(database, hands, batch):
                watch.done += turn.AT_ONCE
        took = time.perf_counter() - begun
    finally:
        hands.close()
    return (count - turn.AT_ONCE) / took, watch.held, sizes(hands.folder)


def sizes(folder: Path) -> tuple[float, float]:
    found: dict[bool, list[int]] = {True: [], False: []}
    for file in list(folder.glob("??/*"))[:400]:
        found[file.read_bytes()[:4] == b"\x89PNG"].append(file.stat().st_size)
    return statistics.mean(found[True]) / 1024, statistics.mean(found[False]) / 1024


class Watch:
    """Looks at the memory of this process and its children ten times a second."""

    def __init__(self, marks: tuple[int, ...]) -> None:
        self.marks = marks
        self.done, self.held, self._stop = turn.AT_ONCE, dict[int, list[float]](), threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        own = psutil.Process()
        while not self._stop.wait(0.1):
            total = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.Error:
                    continue
            mark = next((mark for mark in self.marks if self.done <= mark), self.marks[-1])
            self.held.setdefault(mark, []).append(total / 2**20)


# --- the bare script ----------------------------------------------------------------------------------------------------


def bare_rate(place: Path, count: int) -> float:
    place.mkdir()
    slot = [(f"{number:04d}", words(number).name) for number in range(count)]
    with ProcessPoolExecutor(
        PROCESSES, mp_context=multiprocessing.get_context("spawn"), initializer=bare_begin
    ) as pool:
        list(pool.map(bare_draw, [str(place)] * 4, [[one] for one in slot[:4]]))
        begun = time.perf_counter()
        goes = [slot[at : at + 5] for at in range(0, count, 5)]
        list(pool.map(bare_draw, [str(place)] * len(goes), goes))
        return count / (time.perf_counter() - begun)


bare: dict[str, object] = {}


def bare_begin() -> None:
    """The page is known, the ground is drawn: what remains is Pillow."""
    os.nice(10)
    told = dataclasses.asdict(words(0)) | {
        "number": "0000-0000-0000-0000",
        "date": "2026-11-23",
        "verify_url": "x",
    }
    page: Page = lay_out(
        designs.find_shipped(DESIGN).design, {k: v for k, v in told.items() if isinstance(v, str)}
    )
    empty = dataclasses.replace(page, lines=(), rules=(), code=None)
    bare["page"], bare["ground"] = page, paint_png.paint(empty, {})
    bare["fonts"] = {
        (line.size, line.bold): ImageFont.truetype(
            FONTS / f"NotoSans-{'Bold' if line.bold else 'Regular'}.ttf",
            line.size * 6,
            layout_engine=ImageFont.Layout.RAQM,
        )
        for line in page.lines
    }


def bare_draw(place: str, some: list[tuple[str, str]]) -> None:
    page, ground, fonts = bare["page"], bare["ground"], bare["fonts"]
    assert isinstance(page, Page)
    assert isinstance(ground, Image.Image)
    assert isinstance(fonts, dict)
    for number, name in some:
        image = ground.copy()
        pen = ImageDraw.Draw(image)
        for line in page.lines:
            text = name if line.size > 10 and line.bold and line.text != "GIẤY CHỨNG NHẬN" else line.text
            anchor = f"{line.align}s"
            pen.text(
                (line.x * 6, line.base * 6),
                text,
                line.colour,
                fonts[line.size, line.bold],
                anchor=anchor,
                language="vi",
            )
        rows = list(segno.make(LONG_URL + number, error="m", micro=False).matrix_iter(border=4))
        small = Image.frombytes(
            "L", (len(rows), len(rows)), b"".join(bytes(0 if one else 255 for one in row) for row in rows)
        )
        image.paste(
            small.resize((len(rows) * 3, len(rows) * 3), Image.Resampling.NEAREST).convert("RGB"), (1400, 900)
        )
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=3, dpi=(152.4, 152.4))
        (Path(place) / f"{number}.png").write_bytes(out.getvalue())


LONG_URL = f"{URL}/xac-minh/7K3M-9QXA-22TD-HF0X?s={'aB3_' * 21}xx#{'Zq-7w' * 50}"


# --- one by one ---------------------------------------------------------------------------------------------------------


def one_by_one(database: Database) -> dict[str, float]:
    """Milliseconds of the parts, one process, the median of many."""
    signer, found = Signer(SEED), dict[str, float]()
    with database.transaction() as session:
        (slot,) = issue.slots(session, URL, 1, now(), today())
    sealed = issue.seal(words(1), slot, signer)
    found["seal"] = median(lambda: issue.seal(words(1), slot, signer), 200)
    found["verify"] = median(lambda: proof.holds(json.loads(sealed.credential), signer.public), 200)
    bits = status.bits_of(range(0, 131_072, 100))
    found["list"] = median(lambda: status.signed_list(slot.identity, 1, bits, signer, now()), 20)
    return found


def median(what: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        what()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def text(
    title: str, each: int, bare_: list[float], ours: list[float], ratio: float, rate: float, held: dict[int, list[float]],
    size: tuple[float, float], small: dict[str, float],
) -> str:  # fmt: skip
    most = max(held)
    usual = {mark: statistics.median(seen) for mark, seen in held.items()}
    first, last = usual[min(usual)], usual[most]
    top = max(max(seen) for seen in held.values())
    reached = "reached" if ratio >= 0.5 else "missed"
    flat = "flat" if last < first * 1.1 else "not flat"
    rows = [
        ["bare Pillow: the same picture as PNG", report.spread(bare_, 1), "1.00"],
        ["PNG with its credential, PDF, three signatures, rows", report.spread(ours, 1), f"{ratio:.2f}"],
    ]
    memory = ", ".join(f"{usual[mark]:.0f} MiB up to {mark:,}" for mark in sorted(usual))
    return "\n\n".join(
        [
            f"{described()}. {ROUNDS} interleaved rounds of {each:,} certificates of the design “{title}”, A4 at "
            f"152 dots an inch, each in {PROCESSES} processes; starting them is not counted. SQLite, fsync of every file and row.",
            report.table(["what", "a second, median [range]", "x bare"], rows),
            f"- **{ratio:.2f} of the bare drawing** (goal 0.5: {reached}).\n"
            f"- Memory of the worker and its children, median of ten looks a second: {memory}, in one batch of {most:,} at {rate:.1f} a second: "
            f"{(last / first - 1) * 100:+.0f} % after the first {min(held):,} ({flat}); at most {top:.0f} MiB, for the moment "
            f"in which a drawing process is replaced by the next (after 500 papers).\n"
            f"- A PNG takes {size[0]:.0f} KiB, a PDF {size[1]:.0f} KiB. Sealing takes {small['seal'] * 1000:.0f} us, checking "
            f"a credential {small['verify'] * 1000:.0f} us, a signed list with one place of a hundred set {small['list']:.1f} ms.",
        ]
    )
