"""Batches of certificates: how far each is, stopping it, letting it go on, what was refused, and the papers for the printer."""

import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import BATCH_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed, typed_reason
from backend import clock, http
from backend.certificates import batches as making
from backend.certificates import designs, progress
from backend.certificates.errors import BatchUnknown, DesignUnknown, NameNotPrintable
from backend.certificates.models import Certificate
from backend.certificates.papers import paper_of
from backend.certificates.progress import Printed, Progress
from backend.config import Settings
from backend.db.engine import Database
from backend.errors import N_, DomainError
from backend.http import guarded, staff_with
from backend.media import store
from backend.media.design import DesignInvalid
from backend.people.staff import names_of
from backend.safeguards.audit import note
from backend.units.queries import named_many
from campaigns.award import reissuing
from campaigns.award.hands import Hand, hand_of
from campaigns.award.rules import chain_for

STATES = {
    "ready": N_("chờ in"),
    "running": N_("đang in"),
    "stopped": N_("đã dừng"),
    "done": N_("đã xong"),
}
TIERS = {
    "thanks": N_("Thư cảm ơn"),
    "organiser": N_("Giấy của Ban Tổ chức"),
    "formal": N_("Giấy khen theo quyết định"),
}
KINDS = ("pdf", "png")
NOT_DRAWN = (
    "Chưa vẽ được giấy này: mẫu giấy, ảnh của mẫu hoặc chữ trên giấy không dùng được. Giấy vẫn có giá trị.\n"
)


@blueprint.get("/batches")
@guarded(staff_with(*BATCH_ROLES))
def batches() -> Response:
    """The batches of the member's units, the newest first."""
    by = hand_of(http.session(), http.staff())
    units = by.units(BATCH_ROLES)
    before = request.args.get("before", type=uuid.UUID)
    found = progress.of_units(http.session(), units, before)
    return page(
        "batches.html",
        found=[one for one in found if _may_open(by, one)],
        older=found[-1].batch.id if len(found) == progress.SHOWN else None,
        units=named_many(http.session(), {one.batch.unit_id for one in found}, clock.today()),
        states=STATES,
        tiers=TIERS,
    )


def makers(tier: str, line: str) -> tuple[str, ...]:
    """The roles that make papers of this tier on this line: those that keep the book at the end of its chain."""
    chain = chain_for(line, "formal" if tier == "formal" else "organiser", clock.today())
    return chain.links[-1].roles if chain else ()


def _may_open(by: Hand, found: Progress) -> bool:
    """The organiser sees the own papers; those with a decision behind them are opened by the office of their line alone:
    who is honoured by the Party is nobody else's matter."""
    row = found.batch
    return by.acts(makers(row.tier, row.line), row.unit_id, row.line)


def _mine(batch_id: uuid.UUID) -> Progress:
    """Raises BatchUnknown, also for a batch of somebody else's."""
    found = progress.of_batch(http.session(), batch_id)
    if found is None or not _may_open(hand_of(http.session(), http.staff()), found):
        raise BatchUnknown
    return found


@blueprint.get("/batches/<uuid:batch_id>")
@guarded(staff_with(*BATCH_ROLES))
@http.writes_on_read
def batch(batch_id: uuid.UUID) -> Response:
    """One batch. Names appear only where something is to be put right."""
    return _batch_page(_mine(batch_id))


def _batch_page(found: Progress, error: DomainError | None = None, mended_at: int = 0) -> Response:
    session, row = http.session(), found.batch
    after = request.args.get("after", default=0, type=int)
    refused = progress.refused(session, row.id, max(0, min(after, row.total)))
    if refused:
        note(session, actor(), "batch.refused", "certificate_batch", row.id, unit=row.unit_id, is_read=True)
    return page(
        "batch.html",
        error.status if error else 200,
        found=found,
        refused=refused,
        more=refused[-1].position if len(refused) == progress.SHOWN else None,
        design=designs.find(session, row.design_id),
        unit=named_many(session, {row.unit_id}, clock.today()).get(row.unit_id),
        maker=next(iter(names_of(session, {row.made_by}).values()), "") if row.made_by else "",
        sentence=http.sentence_of(error) if error else "",
        why=typed("why", 300) if error else "",
        typed_name=typed("name", 120) if error else "",
        mended_at=mended_at,
        states=STATES,
        tiers=TIERS,
    )


@blueprint.get("/batches/<uuid:batch_id>/live")
@guarded(staff_with(*BATCH_ROLES))
def batch_progress(batch_id: uuid.UUID) -> Response:
    """The part of the page that moves."""
    return page("_batch_progress.html", found=_mine(batch_id), states=STATES)


@blueprint.post("/batches/<uuid:batch_id>/stop")
@guarded(staff_with(*BATCH_ROLES))
def stop_batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    """What exists stays; the rest waits until somebody lets it go on."""
    return _done(_mine(batch_id), _stopped, gettext("Đã dừng. Giấy đã in vẫn còn giá trị."))


def _stopped(batch_id: uuid.UUID) -> None:
    making.stop(http.session(), batch_id, typed_reason("why", 300), actor())


@blueprint.post("/batches/<uuid:batch_id>/go-on")
@guarded(staff_with(*BATCH_ROLES))
def resume_batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    return _done(_mine(batch_id), _gone_on, gettext("Lô giấy tiếp tục được in."))


def _gone_on(batch_id: uuid.UUID) -> None:
    making.go_on(http.session(), batch_id, actor())


def _done(found: Progress, deed: Callable[[uuid.UUID], None], told: str) -> ResponseReturnValue:
    if refused := refusal_of(lambda: deed(found.batch.id)):
        return _batch_page(_mine(found.batch.id), refused)
    flash(told)
    return redirect(url_for("admin.batch", batch_id=found.batch.id), 303)


@blueprint.post("/batches/<uuid:batch_id>/items/<int:position>/mend")
@guarded(staff_with(*BATCH_ROLES))
def mend_item(batch_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """The name of one line put right; it waits to be drawn again."""
    found, name = _mine(batch_id), typed("name", 120)

    def deed() -> None:
        hand, why = hand_of(http.session(), http.staff()), typed_reason("why", 300)
        reissuing.put_right(http.session(), batch_id, position, name, why, hand)

    if refused := refusal_of(deed):
        return _batch_page(_mine(batch_id), refused, position)
    is_stopped = found.batch.state == "stopped"
    flash(gettext("Đã sửa tên. Lô đang dừng: cho chạy tiếp thì giấy được in.") if is_stopped
          else gettext("Đã sửa tên. Giấy được in lại trong ít phút."))  # fmt: skip
    return redirect(url_for("admin.batch", batch_id=found.batch.id), 303)


# --- for the printer --------------------------------------------------------------------------------------------------


@blueprint.get("/batches/<uuid:batch_id>.<string:kind>.zip")
@guarded(staff_with(*BATCH_ROLES))
@http.writes_on_read
def batch_papers(batch_id: uuid.UUID, kind: str) -> Response:
    """Every paper of the batch that stands, in order; sent while it is read, so it may be as large as it likes."""
    found = _mine(batch_id)
    if kind not in KINDS:
        raise BatchUnknown
    session, services = http.session(), http.services()
    note(
        session, actor(), "batch.read", "certificate_batch", batch_id, unit=found.batch.unit_id, is_read=True
    )
    papers = progress.to_print(session, batch_id)
    http.release()
    answer = Response(_zipped(services.database, services.settings, papers, kind), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"giay-{str(batch_id)[:8]}-{kind}.zip")
    return answer


class _Basket:
    """What the packer has written since it was last emptied."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing lies anywhere else."""

    def emptied(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zipped(database: Database, settings: Settings, papers: list[Printed], kind: str) -> Iterator[bytes]:
    """One paper after another; files are called by place and number, never by a name. In the place of one that cannot be
    drawn stands a note, and the others still come."""
    basket, folder = _Basket(), store.folder_in(settings.data)
    with zipfile.ZipFile(cast(IO[bytes], basket), "w", zipfile.ZIP_STORED) as packer:
        for one in papers:
            name = f"{one.position:05d}-{one.number}"
            try:
                body = _paper(database, settings, folder, one, kind)
            except (NameNotPrintable, DesignUnknown, DesignInvalid):
                packer.writestr(f"{name}-CHUA-VE-DUOC.txt", NOT_DRAWN)
            else:
                if body is not None:
                    packer.writestr(f"{name}.{kind}", body)
            yield basket.emptied()
    yield basket.emptied()


def _paper(database: Database, settings: Settings, folder: Path, one: Printed, kind: str) -> bytes | None:
    """None for one that was taken back, or left, since the list was read."""
    with database.transaction(writes=False) as session:
        row = session.get(Certificate, one.certificate)
        if row is None or row.revoked_at is not None:
            return None
        paper = paper_of(session, row, settings.public_url, settings.demo)
    return paper.pdf(folder) if kind == "pdf" else paper.png(folder)
