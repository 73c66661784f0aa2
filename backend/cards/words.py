"""Sentences about figures: what a mark means, what would raise a figure, what moved. Vietnamese is the key; doors translate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backend.cards.rules import Figure, lacking
from backend.cards.shapes import Criterion
from backend.errors import N_


@dataclass(frozen=True)
class Words:
    """A sentence with its values as they were kept; `str` gives it in Vietnamese, with numbers as they are written here."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.values:
            return self.sentence.replace("%%", "%")
        return self.sentence % {name: _as_written(name, value) for name, value in self.values.items()}


NUMBERS = ("low", "high", "reached", "declared", "keeps", "at_least", "whole", "share", "points", "most")
"""Values that are decimals; a door writes them in its reader's language."""


def _as_written(name: str, value: Any) -> Any:
    return value.replace(".", ",") if name in NUMBERS and isinstance(value, str) else value


MARKS: Mapping[str, str] = {
    "no_data": N_("Chưa có số liệu: chưa có bản ghi nào thuộc loại này ở đơn vị. Đây không phải là số 0."),
    "no_headcount": N_("Chưa có số dân để chia, nên chưa tính được tỷ lệ. Xin nhập số dân có nguồn rồi tính lại."),
    "zero_denominator": N_("Mẫu số bằng 0 trong kỳ này nên không chia được. Không có tỷ lệ, không phải là 0 %%."),
    "no_target": N_("Chưa có chỉ tiêu cho kỳ này nên chưa cho điểm được."),
    "not_scored": N_("Chưa chấm."),
    "no_evidence": N_("Thiếu minh chứng bắt buộc."),
    "hidden": N_("Không hiện con số vì liên quan đến quá ít người. Điểm vẫn được tính, như nhau cho mọi đơn vị bị ẩn: dưới 5 người tham gia thì như chưa có ai; chỉ còn dưới 5 người chưa tham gia thì như còn 4 người."),
    "hidden_moved": N_("Không hiện ở cách xem này: đặt cạnh số theo đơn vị trong kỳ sẽ lộ một nhóm ít người."),
    "hidden_unscored": N_("Nhóm này dưới 10 người nên máy không cho điểm; cấp trên chấm và ghi lý do."),
    "gate_low_hidden": N_("Chưa đạt điều kiện chất lượng: %(what)s cần từ %(at_least)s trên 100. Chỉ tính %(keeps)s %% số điểm."),
    "shared": N_("Một phần của con số này được chia theo tỷ lệ khi chia tách đơn vị, không phải đếm được."),
    "unplaced": N_("Đơn vị đã chia tách mà chưa rõ ai nay ở đâu, nên chưa đếm được số người (hộ) khác nhau. Xin ghi người và hộ vào đơn vị mới."),
    "above_all": N_("Trên 100 %%: số người nhiều hơn số dân đã chốt, vì số dân đã cũ hoặc có người mới đến."),
    "small_base": N_("Mẫu số nhỏ (%(below)s): con số có thể dao động từ %(low)s đến %(high)s."),
    "gate_low": N_("Chưa đạt điều kiện chất lượng: %(what)s mới %(reached)s trên 100, cần từ %(at_least)s. Chỉ tính %(keeps)s %% số điểm."),
    "gate_unseen": N_("Chưa có kiểm tra xác suất trong kỳ. Chưa trừ điểm, nhưng con số chưa được ai đối chiếu."),
    "gate_unseen_costs": N_("Chưa kiểm tra xác suất trong kỳ: số chưa được ai đối chiếu nên chỉ tính %(keeps)s %% số điểm. Kiểm tra xong, đúng từ %(at_least)s trên 100 thì tính đủ."),
    "target_qualitative": N_("Chỉ tiêu của kế hoạch là lời văn, không có con số, nên máy không cho điểm; cấp trên chấm theo minh chứng."),
    "target_no_horizon": N_("Kế hoạch đặt mốc năm %(year)s, chưa có mốc cho kỳ này. Mẫu phiếu không tự chia giữa các mốc, nên máy không cho điểm."),
    "target_whole_year": N_("Chỉ tiêu tính cho cả năm và không chia được cho một kỳ ngắn hơn, nên máy không cho điểm; xin xem phiếu năm."),
    "target_running_total": N_("Chỉ tiêu là số cộng dồn nhiều năm; số của riêng kỳ này không so được, nên máy không cho điểm."),
    "target_of_the_whole": N_("Chỉ tiêu đặt cho cả cấp trên, chưa giao phần cho đơn vị này, nên máy không cho điểm."),
    "target_other_unit": N_("Chỉ tiêu của kế hoạch tính theo cách khác với con số ở đây, nên máy không so."),
    "target_share": N_("Chỉ tiêu cả năm là %(whole)s; kỳ này lấy phần theo số ngày: %(share)s."),
    "interpolated": N_("Chỉ tiêu của năm này được tính từ hai mốc gần nhất, không có sẵn trong văn bản."),
    "below_declared": N_("Số ghi nhận thấp hơn số đơn vị đã báo cáo (%(declared)s); đơn vị đã nêu lý do."),
    "below_declared_unexplained": N_("Số ghi nhận thấp hơn số đơn vị đã báo cáo (%(declared)s); chưa nêu lý do."),
    "official_above_most": N_("Điểm cấp trên đã chấm (%(points)s) cao hơn mức tối đa của bản mẫu đang dùng (%(most)s) nên không còn được tính."),
    "self_above_most": N_("Điểm đơn vị tự chấm (%(points)s) cao hơn mức tối đa của bản mẫu đang dùng (%(most)s) nên không còn được tính."),
    "dated_ahead": N_("Có %(count)s bản ghi đề ngày ở tương lai so với lúc gửi nên không được tính. Xin kiểm tra lại ngày trên các bản ghi ấy."),
}  # fmt: skip
GATES: Mapping[str, str] = {
    "unique_people": N_("số người (hộ) khác nhau trên tổng số lượt"),
    "completion": N_("tỷ lệ làm đến cùng"),
    "spot_check": N_("tỷ lệ đúng khi kiểm tra xác suất"),
}
BECAUSE: Mapping[str, str] = {
    "late": N_("%(count)s bản ghi đến muộn"),
    "recorded": N_("%(count)s bản ghi đã đến từ trước nhưng ghi nhận sau (chờ xác minh hoặc được sửa)"),
    "reversed": N_("%(count)s bản ghi được rút lại hoặc sửa"),
    "above_most": N_("điểm đã chấm cao hơn mức tối đa của bản mẫu mới nên không còn được tính"),
    "units": N_("sắp xếp lại đơn vị: %(document)s, từ %(holds_from)s"),
    "template": N_("mẫu phiếu đổi từ bản %(before)s sang bản %(after)s"),
    "self": N_("đơn vị tự chấm lại"),
    "official": N_("cấp trên chấm hoặc chấm lại"),
    "target": N_("chỉ tiêu thay đổi"),
    "declared": N_("số đơn vị báo cáo thay đổi"),
}
UNCOUNTED: Mapping[str, str] = {
    "late": N_("có bản ghi đến muộn"),
    "recorded": N_("có bản ghi đã đến từ trước nhưng ghi nhận sau (chờ xác minh hoặc được sửa)"),
    "reversed": N_("có bản ghi được rút lại hoặc sửa"),
}
"""The same where a number would tell of a few people."""
FIELDS: Mapping[str, str] = {
    "numerator": N_("Tử số"),
    "denominator": N_("Mẫu số"),
    "value": N_("Giá trị"),
    "target": N_("Chỉ tiêu"),
    "declared": N_("Số báo cáo"),
    "self": N_("Tự chấm"),
    "official": N_("Điểm chính thức"),
    "computed": N_("Điểm máy tính"),
    "points": N_("Điểm"),
    "most": N_("Điểm tối đa"),
    "marks": N_("Ghi chú"),
    "out_of": N_("Trên tổng điểm"),
    "percent": N_("Quy về 100"),
    "class": N_("Xếp loại"),
}
STATES: Mapping[str, str] = {
    "open": N_("Đang mở"),
    "self_scored": N_("Đơn vị đã tự chấm"),
    "official": N_("Đã có điểm chính thức"),
    "locked": N_("Đã khóa"),
}
STEPS: Mapping[str, str] = {
    "opened": N_("Mở phiếu"),
    "named": N_("Ghi người chịu trách nhiệm"),
    "self_scored": N_("Đơn vị tự chấm"),
    "reasoned": N_("Nêu lý do chênh lệch"),
    "filed": N_("Nộp tệp minh chứng"),
    "unfiled": N_("Bỏ tệp minh chứng"),
    "scored": N_("Chấm chính thức"),
    "checked": N_("Kiểm tra xác suất"),
    "appealed": N_("Kiến nghị"),
    "answered": N_("Trả lời kiến nghị"),
    "waived": N_("Đơn vị ghi là không kiến nghị"),
    "published": N_("Công bố"),
    "template": N_("Chuyển sang bản mẫu mới"),
    "dropped": N_("Điểm cao hơn mức tối đa mới không còn được tính"),
    "locked": N_("Khóa phiếu"),
    "reopened": N_("Mở lại"),
}
OUTCOMES: Mapping[str, str] = {"changed": N_("Sửa điểm"), "kept": N_("Giữ nguyên")}

MORE = N_("Cần thêm %(more)s %(noun)s nữa là đạt chỉ tiêu %(target)s.")
FEWER = N_("Giảm %(more)s %(noun)s nữa là đạt chỉ tiêu %(target)s.")
REACHED = N_("Đã đạt chỉ tiêu %(target)s. Giữ được mức này là giữ được điểm.")
GATE = N_("Đã đủ số lượng; muốn thêm điểm thì nâng %(what)s lên từ %(at_least)s trên 100.")
START = N_("Ghi lại các hoạt động đã làm vào hệ thống; mỗi bản ghi đều được tính.")
HEADS = N_("Nhập số dân có nguồn cho đơn vị, rồi tính lại.")
PROVE = N_("Nộp minh chứng và tự chấm; cấp trên chấm theo minh chứng.")
PROVED = N_("Cấp trên chấm theo minh chứng đã nộp; bổ sung minh chứng khi được yêu cầu.")
CANNOT = N_(
    "Vận động thêm người tham gia: có từ 5 người trở lên thì con số mới được hiện; dưới 5 người tính điểm như chưa có ai."
)


def mark(code: str, values: Mapping[str, str]) -> Words:
    told = dict(values)
    if code in ("gate_low", "gate_low_hidden"):
        told["what"] = GATES[told["kind"]]
    return Words(MARKS[code], told) if told else Words(MARKS[code])


def because(row: Mapping[str, Any]) -> Words:
    code = row["code"]
    return Words(UNCOUNTED[code]) if code in UNCOUNTED and "count" not in row else Words(BECAUSE[code], row)


def raise_this(
    criterion: Criterion, found: Figure, target: Decimal | None, marks: Mapping[str, Mapping[str, str]],
    has_evidence: bool,
) -> Words:  # fmt: skip
    """In one sentence, what the unit can do about this figure."""
    if criterion.series != "measured":
        return Words(PROVED if has_evidence else PROVE)
    for code, words in (
        ("hidden", CANNOT),
        ("hidden_moved", CANNOT),
        ("no_headcount", HEADS),
        ("no_data", START),
        ("zero_denominator", START),
    ):
        if code in marks:
            return Words(words)
    more, goal = lacking(criterion, found, target), _goal(criterion, target)
    if more is None:
        return Words(START)
    if more:
        sentence = MORE if more > 0 else FEWER
        return Words(sentence, {"more": _plain(abs(more)), "noun": criterion.noun, "target": goal})
    if low := marks.get("gate_low"):
        return Words(GATE, {"what": GATES[low["kind"]], "at_least": low["at_least"]})
    return Words(REACHED, {"target": goal})


def _goal(criterion: Criterion, target: Decimal | None) -> str:
    if target is None or criterion.formula is None:
        return ""
    is_percent = criterion.formula.is_ratio and criterion.formula.factor == 100
    return f"{_plain(target)} %" if is_percent else f"{_plain(target)} {criterion.noun}".strip()


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f").replace(".", ",")
