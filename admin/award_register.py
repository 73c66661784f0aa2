"""The registers: page by page, as a workbook, and what is done with a single line of one."""

import io
import uuid
from collections.abc import Callable
from decimal import Decimal

import xlsxwriter
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import award_words
from admin.award_case import case_seen
from admin.award_prizes import digits
from admin.blueprint import AWARD_BOOKS, AWARD_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, reads_first, staff_with, writes_on_read
from backend.media.documents import clean
from backend.safeguards.audit import note
from campaigns.award import prizes, queries, register, revoking
from campaigns.award.hands import Hand
from campaigns.award.models import Book, Case, Entry

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    "Số vào sổ",
    "Tên",
    "Đối tượng",
    "Hình thức",
    "Thành tích",
    "Quyết định",
    "Ngày",
    "Giải",
    "Ngày trao",
    "Ghi chú",
)
MOST_LINES = 20_000
FIELDS = ("number", "day", "signer", "signer_title", "why", "to_whom", "on_day", "words", "back", "back_on")


def book_asked(by: Hand) -> tuple[list[Book], Book | None]:
    """The books this member may read, and the one that was asked for, else the newest. Raises NotFound."""
    found = queries.books_seen(http.session(), by)
    told = request.values.get("book", "")
    if not told:
        return found, found[0] if found else None
    chosen = next((one for one in found if str(one.id) == told), None)
    if chosen is None:
        raise NotFound
    return found, chosen


@blueprint.get("/awards/register")
@writes_on_read
@guarded(staff_with(*AWARD_BOOKS))
def award_register() -> Response:
    """A page of a register; its reading is on the trail, for it names people. Raises NotFound."""
    return register_page()


def register_page(error: DomainError | None = None, at: str = "") -> Response:
    session, by = http.session(), award_words.hand()
    books, book = book_asked(by)
    after = int(told) if (told := request.args.get("after", "0")[:9]).isdecimal() and told.isascii() else 0
    lines = queries.book_page(session, book.id, after) if book else []
    if book:
        note(session, actor(), "award.read_book", "award_book", book.id, unit=book.unit_id, is_read=True)
    return page(
        "award_register.html",
        error.status if error else 200,
        books=books,
        book=book,
        lines=lines,
        after=after,
        more=lines[-1].entry.number if len(lines) == queries.PAGE else None,
        units=award_words.names(one.unit_id for one in books),
        keeps=book is not None and by.acts(AWARD_KEEPERS, book.unit_id, book.line),
        words=award_words,
        typed={name: typed(name) for name in FIELDS},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


@blueprint.get("/awards/register.xlsx")
@guarded(staff_with(*AWARD_BOOKS))
@writes_on_read
@reads_first
def award_register_file() -> Response:
    """The whole book as a workbook. Raises NotFound."""
    session, by = http.session(), award_words.hand()
    _, book = book_asked(by)
    if book is None:
        raise NotFound
    data = as_workbook(book, queries.book_page(session, book.id, 0, MOST_LINES))
    http.release()  # a long book takes its time, and nobody's paper is to wait for that
    note(http.session(), actor(), "award.export_book", "award_book", book.id, unit=book.unit_id, is_read=True)
    name = f"so-khen-thuong-{book.line}-{book.year}.xlsx"
    return Response(data, mimetype=TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def as_workbook(book: Book, lines: list[queries.BookLine]) -> bytes:
    """Never a formula out of somebody's words."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    made = xlsxwriter.Workbook(out, options)
    head = made.add_format({"bold": True, "border": 1, "text_wrap": True})
    cell = made.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet = made.add_worksheet("Sổ khen thưởng")
    sheet.set_column("B:B", 34)
    sheet.set_column("C:J", 20)
    for column, word in enumerate(HEADS):
        sheet.write_string(0, column, word, head)
    for at, line in enumerate(lines, start=1):
        for column, word in enumerate(_cells(line)):
            sheet.write_string(at, column, clean(word), cell)
    sheet.freeze_panes(1, 2)
    made.close()
    return out.getvalue()


def _cells(line: queries.BookLine) -> tuple[str, ...]:
    one, decision, paid = line.entry, line.decision, line.handover
    return (
        str(one.number), one.name, award_words.RECIPIENTS[one.recipient_kind], award_words.form_of(one.form),
        one.achievement, decision.number if decision else "", f"{decision.day:%d/%m/%Y}" if decision else "",
        line.prize.words if line.prize else "", f"{paid.on_day:%d/%m/%Y}" if paid else "", _remark(line),
    )  # fmt: skip


def _remark(line: queries.BookLine) -> str:
    one = line.entry
    if one.void_why:
        return f"Hủy số: {one.void_why}"
    if one.revoked_at:
        paper = f" theo quyết định {line.withdrawing.number}" if line.withdrawing else ""
        return f"Đã thu hồi{paper}: {one.revoked_why}"
    return ""


# --- one line ---------------------------------------------------------------------------------------------------------


def _deed(entry_id: uuid.UUID, do: Callable[[Entry, Hand], object], told: str) -> ResponseReturnValue:
    session, by = http.session(), award_words.hand()
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NotFound
    case_seen(session.get_one(Case, entry.case_id).id, by)
    if error := refusal_of(lambda: do(entry, by)):
        return register_page(error, f"line-{entry_id}")
    flash(told)
    target = url_for(
        "admin.award_register", book=entry.book_id, after=max(entry.number - 1, 0), _anchor=f"line-{entry_id}"
    )
    return redirect(target, 303)


@blueprint.post("/awards/register/<uuid:entry_id>/revoke")
@guarded(staff_with(*AWARD_KEEPERS))
def award_revoke(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Taken back by a decision, with the reason. Raises NotFound."""
    return _deed(
        entry_id,
        lambda entry, by: revoking.revoke(http.session(), [entry.id], award_words.paper(), typed("why"), by),
        gettext("Đã ghi quyết định thu hồi. Giấy và trang kiểm tra đều báo đã thu hồi."),
    )


@blueprint.post("/awards/register/<uuid:entry_id>/void")
@guarded(staff_with(*AWARD_KEEPERS))
def award_void(entry_id: uuid.UUID) -> ResponseReturnValue:
    """A number taken in error. Raises NotFound."""
    return _deed(
        entry_id,
        lambda entry, by: register.void(http.session(), entry.id, typed("why"), by),
        gettext("Đã hủy số. Số này không cấp lại cho ai."),
    )


@blueprint.post("/awards/register/<uuid:entry_id>/handover")
@guarded(staff_with(*AWARD_KEEPERS))
def award_hand_over(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The prize changed hands. Raises NotFound."""

    def give(entry: Entry, by: Hand) -> None:
        day = award_words.past_day("on_day")
        prizes.hand_over(http.session(), entry.id, day, typed("to_whom", 120), by, words=typed("words", 300))

    return _deed(entry_id, give, gettext("Đã ghi việc trao giải."))


@blueprint.post("/awards/register/<uuid:entry_id>/recovered")
@guarded(staff_with(*AWARD_KEEPERS))
def award_recover(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Money of a revoked prize came back. Raises NotFound."""

    def take(entry: Entry, by: Hand) -> None:
        day = award_words.past_day("back_on")
        prizes.recover(http.session(), entry.id, day, Decimal(digits("back", 11)), by)

    return _deed(entry_id, take, gettext("Đã ghi số tiền thu về."))
