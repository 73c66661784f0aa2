"""What is wrong with a template, all of it, in words. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from backend.calendars import CALENDARS, Calendar
from backend.cards.rules import KNOWN_RULES
from backend.cards.shapes import CURVES, GATES, INTERPOLATIONS, Criterion, Gate, Template
from backend.participation.measures import MeasureBook

CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")


Known = Mapping[str, Calendar]
"""The calendars a template may count by: those every node has and, of a unit's template, its own."""


def problems(made: Template, known: Known = CALENDARS) -> list[str]:
    """Everything that is wrong, in words; nothing where it may be used."""
    return [
        *_frame_problems(made, known),
        *_weight_problems(made),
        *_criterion_problems(made),
        *_class_problems(made),
    ]


def _frame_problems(made: Template, known: Known) -> Iterator[str]:
    codes = [criterion.code for criterion in made.criteria]
    if not codes or len(set(codes)) < len(codes):
        yield "mã tiêu chí bị trùng, hoặc chưa có tiêu chí nào"
    if made.kind not in ("scored", "comparison"):
        yield f"không có loại phiếu {made.kind}"
    if made.calendar not in known or made.interval not in known[made.calendar].intervals:
        yield f"lịch {made.calendar} không có kỳ {made.interval}"
    elif made.kind == "comparison" and made.calendar != "thang":
        yield "phiếu so sánh chỉ dùng tháng, quý, năm dương lịch: lịch khác làm lộ phần chênh giữa hai lịch"
    if made.interpolation not in INTERPOLATIONS:
        yield f"không có cách nội suy {made.interpolation}"

    if made.rules not in KNOWN_RULES:
        yield f"không có cách tính {made.rules}"
    if not CODE.fullmatch(made.code) or any(not CODE.fullmatch(code) for code in codes):
        yield "mã chỉ gồm chữ thường không dấu, chữ số và gạch nối, nhiều nhất 40 ký tự"
    if made.kind == "scored" and made.unit_kind == "hamlet":
        yield "xóm, tổ dân phố chỉ có phiếu so sánh, không chấm điểm"


def _weight_problems(made: Template) -> Iterator[str]:
    if made.kind == "comparison":
        if made.classes or any(criterion.most for criterion in made.criteria):
            yield "phiếu so sánh không có điểm và không xếp loại"
        return
    for group in made.groups:
        inside = sum((criterion.most for criterion in group.criteria), Decimal(0))
        if inside != group.weight:
            yield f"nhóm {group.code}: điểm các tiêu chí cộng lại là {inside}, nhóm ghi {group.weight}"
    total = sum((group.weight for group in made.groups), Decimal(0))
    if total != 100:
        yield f"điểm các nhóm cộng lại là {total}, phải là 100"
    if any(criterion.most <= 0 for criterion in made.criteria):
        yield "mỗi tiêu chí phải có điểm lớn hơn 0"


def _criterion_problems(made: Template) -> Iterator[str]:
    for criterion in made.criteria:
        for words in _problems_of(criterion, made.kind == "scored"):
            yield f"{criterion.code}: {words}"


def _problems_of(one: Criterion, is_scored: bool) -> Iterator[str]:
    if (one.series == "measured") != (one.formula is not None):
        yield "số ghi nhận trên hệ thống phải có cách tính, số khác thì không"
    if one.series not in ("measured", "declared"):
        yield f"không có dãy số {one.series}"
    if one.direction not in ("up", "down") or one.curve.get("kind") not in CURVES:
        yield "chiều hoặc cách cho điểm chưa đúng"
    elif one.curve["kind"] == "steps":
        yield from _step_problems([(Decimal(str(a)), Decimal(str(b))) for a, b in one.curve["steps"]])
    elif one.direction == "down" and "zero_at" not in one.curve:
        yield "chỉ tiêu càng thấp càng tốt phải nói mức nào thì 0 điểm (zero_at)"
    if is_scored and one.series == "measured" and one.target is None and one.target_indicator is None:
        yield "thiếu chỉ tiêu để cho điểm"
    if one.target is not None and one.target <= 0 and one.direction == "up":
        yield "chỉ tiêu phải lớn hơn 0"
    if one.formula and one.formula.population and one.formula.denominator:
        yield "chỉ được có một mẫu số"
    for gate in one.gates:
        yield from _gate_problems(gate)


def _step_problems(steps: list[tuple[Decimal, Decimal]]) -> Iterator[str]:
    if not steps or steps != sorted(steps) or any(not 0 <= share <= 2 for _, share in steps):
        yield "các nấc điểm phải tăng dần, mỗi nấc từ 0 đến 2 lần điểm"


def _gate_problems(gate: Gate) -> Iterator[str]:
    if gate.kind not in GATES:
        yield f"không có điều kiện chất lượng {gate.kind}"
    if not 0 <= gate.keeps_unseen <= 1:
        yield "phần giữ lại khi chưa kiểm tra (unseen) phải từ 0 đến 1"
    if not 0 <= gate.keeps <= 1 or not 0 < gate.at_least <= 100:
        yield "điều kiện chất lượng phải từ 1 đến 100, phần giữ lại từ 0 đến 1"
    if gate.kind != "spot_check" and not (gate.above and gate.below):
        yield "điều kiện chất lượng phải nói chia cái gì cho cái gì"


def _class_problems(made: Template) -> Iterator[str]:
    since = [one.since for one in made.classes]
    if made.kind == "scored" and since != sorted(since, reverse=True):
        yield "các loại phải xếp từ cao xuống thấp"
    if made.kind == "scored" and since and since[-1] != 0:
        yield "loại cuối phải bắt đầu từ 0 điểm, để điểm nào cũng có loại"


def measure_problems(made: Template, book: MeasureBook) -> Iterable[str]:
    """Unknown measures, and those that are kept closed until a contest is settled: a card would open them."""
    known = {measure.code: measure for measure in book}
    for code in sorted(made.measures):
        if code not in known:
            yield f"không có số đếm {code}"
        elif known[code].sealed or known[code].tells_result:
            yield f"số đếm {code} được giữ kín đến khi chốt kết quả, không đưa vào phiếu điểm"
