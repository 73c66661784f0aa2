"""A unit's figures for DHIS2: what would go out, what would not and why, and the files."""

import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Response

from admin import calendar_words, target_words
from admin.blueprint import CARD_READERS, TARGET_ROLES, actor, blueprint, page
from admin.target_reach import counted, days_open, readable_unit, sees_evidence
from backend import clock, http
from backend.cards.published import rows_out
from backend.errors import N_, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.targets import dhis2, exchange
from backend.targets.dhis2 import Out, Row

SHAPES: dict[str, tuple[Any, str]] = {
    "json": (dhis2.to_json, "application/json"),
    "csv": (dhis2.to_csv, "text/csv"),
}
KINDS = {
    "measured": N_("Số ghi nhận trên hệ thống, theo chỉ tiêu của kế hoạch"),
    "cards": N_("Số đo được trên phiếu điểm đã công bố"),
    "declared": N_("Số đơn vị báo cáo, có minh chứng"),
    "official": N_("Số chính thức"),
}
ALL = "all"
WHY = {
    "no_value": N_("chưa có giá trị; không gửi số 0 thay vào"),
    "hidden": N_("ẩn vì liên quan đến dưới 5 người"),
    "calendar": N_("lịch này DHIS2 không có nên mã kỳ sẽ chỉ ngày khác"),
}
MOST_SHOWN = 200


@blueprint.get("/targets/units/<uuid:unit_id>/exchange")
@guarded(staff_with(*TARGET_ROLES))
def target_exchange(unit_id: uuid.UUID) -> Response:
    """What goes out of each series and what is left out, before anything is taken away."""
    unit = readable_unit(unit_id)
    if days_open(unit_id):
        raise NotFound  # under an inspection file figures are read, not taken away
    rows = {kind: _rows(unit_id, kind) for kind in _kinds(unit_id)}
    found = {kind: dhis2.out(told) for kind, told in rows.items()}
    left = [one for out in found.values() for one in out.left_out]
    return page(
        "target_exchange.html",
        unit=unit,
        kinds={kind: (KINDS[kind], len(out.values), len(out.left_out)) for kind, out in found.items()},
        total=sum(len(out.values) for out in found.values()),
        left=left[:MOST_SHOWN],
        more=max(0, len(left) - MOST_SHOWN),
        counts=Counter(one.why for one in left),
        why=WHY,
        combos={dhis2.SERIES[kind]: target_words.series(kind) for kind in dhis2.SERIES},
        period=calendar_words.title,
        words=target_words,
    )


def _kinds(unit: uuid.UUID) -> list[str]:
    """Cards only to those who read them at their own page."""
    sees_cards = unit in reach(http.session(), http.staff(), *CARD_READERS)
    return [kind for kind in KINDS if kind != "cards" or sees_cards]


def _rows(unit: uuid.UUID, kind: str) -> list[Row]:
    session = http.session()
    sources: dict[str, Callable[[], list[Row]]] = {
        "measured": lambda: exchange.measured_rows(session, unit, counted(), clock.today()),
        "cards": lambda: rows_out(session, unit),
    }
    return sources[kind]() if kind in sources else exchange.said_rows(session, unit, kind)


@blueprint.get("/targets/units/<uuid:unit_id>/series/<kind>.<word>")
@writes_on_read
@guarded(staff_with(*TARGET_ROLES))
def series_file(unit_id: uuid.UUID, kind: str, word: str) -> Response:
    """One series, or all of them in one file, as DHIS2's dataValueSets; the page of the exchange lists what is left out."""
    unit, kinds = readable_unit(unit_id), _kinds(unit_id)
    if word not in SHAPES or kind not in (*kinds, ALL) or days_open(unit_id):
        raise NotFound
    found = dhis2.out(row for one in (kinds if kind == ALL else [kind]) for row in _rows(unit_id, one))
    note(
        http.session(),
        actor(),
        "targets.export",
        "unit",
        unit_id,
        unit=unit_id,
        reason=f"{kind} {word}",
        is_read=True,
    )
    return _file(found, word, f"{unit.code}-{kind}.{word}")


def _file(found: Out, word: str, name: str) -> Response:
    make, mimetype = SHAPES[word]
    values = found.values if sees_evidence() else dhis2.without_comments(found.values)
    answer = Response(make(values), mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["X-Left-Out"] = str(len(found.left_out))
    return answer
