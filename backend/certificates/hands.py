"""Who draws certificates: this process itself, or some beside the worker, so that drawing never holds up the counting."""

import logging
import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from backend.certificates import drawing, issue
from backend.certificates.drawing import Face, Look
from backend.certificates.issue import Sealed, Slot, Words
from backend.config import Settings
from backend.media import store
from backend.media.fitting import DoesNotFit
from backend.media.letters import GlyphMissing
from backend.media.paint_pdf import Press
from backend.safeguards.signing import Signer

log = logging.getLogger("lantoa.drawing")

IN_ONE_GO = 5
"""So many jobs are handed to a process at once."""
RECYCLED_AFTER = 100
"""A process that has done so many goes (500 certificates) is replaced: whatever a library keeps of each goes with it."""
ASIDE = 10
"""How much a drawing process yields to those who serve people (nice)."""


LONGEST_S = 180.0
"""A round is over in seconds, also while processes start on a busy machine; after so long something hangs, and is ended."""


@dataclass(frozen=True)
class Job:
    """One certificate to be drawn."""

    position: int
    words: Words
    slot: Slot


@dataclass(frozen=True)
class Drawn:
    """What became of a job: sealed and, if papers are drawn, the files' digests. Without `sealed` it failed; `trouble` then
    says why trying again is of no use, or is '' where it may be."""

    position: int
    sealed: Sealed | None = None
    png_digest: str | None = None
    pdf_digest: str | None = None
    trouble: str = ""


class OneHand:
    """Draws in this process. `papers=False`: only seals, the pictures are drawn when somebody wants to see one."""

    def __init__(
        self, signer: Signer, public_url: str, folder: Path, sample: bool = False, papers: bool = True
    ) -> None:
        self.signer, self.public_url, self.folder = signer, public_url, folder
        self._sample, self._papers = sample, papers
        self._press = Press() if papers else None

    def draw(self, look: Look, jobs: list[Job]) -> list[Drawn]:
        return [self._draw(look, job) for job in jobs]

    def _draw(self, look: Look, job: Job) -> Drawn:
        try:
            sealed = issue.seal(job.words, job.slot, self.signer)
            return self._put(look, job, sealed) if self._papers else Drawn(job.position, sealed)
        except GlyphMissing as missing:
            return Drawn(job.position, trouble=f"có ký hiệu không in được ({missing.told()})")
        except DoesNotFit as no_fit:
            return Drawn(job.position, trouble=f"chữ quá dài, không vừa khung “{no_fit.field}” của mẫu giấy")
        except Exception:
            log.exception("certificate %s was not drawn", job.slot.number)
            return Drawn(job.position)

    def _put(self, look: Look, job: Job, sealed: Sealed) -> Drawn:
        face = Face(
            sealed.statement,
            sealed.signature,
            sealed.key_id,
            sealed.verify_url,
            sealed.credential,
            self._sample,
        )
        page = drawing.page_of(look, face)
        return Drawn(
            job.position,
            sealed,
            store.put(self.folder, drawing.png(look, face, page)),
            store.put(self.folder, drawing.pdf(look, face, page, self._press)),
        )


class Hands:
    """Draws in processes beside this one, started when there is something to draw and ended when there is not."""

    def __init__(
        self,
        signer: Signer,
        seed: str,
        public_url: str,
        folder: Path,
        sample: bool = False,
        processes: int = 2,
    ) -> None:
        self.signer, self.public_url, self.folder = signer, public_url, folder
        self._told = (seed, public_url, str(folder), sample)
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._careful = 0

    def draw(self, look: Look, jobs: list[Job]) -> list[Drawn]:
        """After a process died, one job at a time for a while: so the one that kills it is told from the others."""
        if self._careful:
            self._careful -= 1
            jobs = jobs[:1]
        size = 1 if len(jobs) == 1 else IN_ONE_GO
        goes = [jobs[at : at + size] for at in range(0, len(jobs), size)]
        try:
            futures = [self._running().submit(_draw_some, look, some) for some in goes]
            _, late = wait(futures, LONGEST_S)
            if late:
                return self._failed(jobs, "hangs; ending it")
            return [drawn for future in futures for drawn in future.result()]
        except BrokenProcessPool:
            return self._failed(jobs, "died; starting another")

    def _failed(self, jobs: list[Job], what: str) -> list[Drawn]:
        log.warning("a drawing process %s", what)
        self._end()
        self._careful = self._careful or len(jobs)
        return [Drawn(jobs[0].position)] if len(jobs) == 1 else []

    def _end(self) -> None:
        """At once: a process that hangs hears no request to end."""
        beside = list((getattr(self._pool, "_processes", None) or {}).values())
        self.close()
        for process in beside:
            process.kill()

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                # Never fork: this process has threads, and a lock held by one of them would be held for ever.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(os.getpid(), *self._told),
                max_tasks_per_child=RECYCLED_AFTER,
            )
        return self._pool

    def close(self) -> None:
        """End the processes; the next thing to draw starts others."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def hands_of(settings: Settings) -> Hands:
    """The hands of a node's worker."""
    return Hands(
        Signer(settings.signing_key),
        settings.signing_key,
        settings.public_url,
        store.folder_in(settings.data),
        settings.demo,
        settings.drawing_processes,
    )


_hand: list[OneHand] = []


def _begin(parent: int, seed: str, public_url: str, folder: str, sample: bool) -> None:
    """In the new process."""
    os.nice(ASIDE)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _hand.append(OneHand(Signer(seed), public_url, Path(folder), sample))


def _end_with(parent: int) -> None:
    """A worker that was killed could not say goodbye: nobody draws on for it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def _draw_some(look: Look, jobs: list[Job]) -> list[Drawn]:
    return _hand[0].draw(look, jobs)
