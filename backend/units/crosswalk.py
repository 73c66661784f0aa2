"""How much of a unit went into which other ones: weights in thousandths that add up, and counts divided by them. Pure.

Counts that add up are divided so that the parts add up again to the last one. Who did something cannot be divided by a
weight: different people are counted anew from the facts of those whose place is known, or not at all. A ratio is divided
into its two parts, and divided again where it is read.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from backend.errors import N_, DomainError
from backend.units.models import WHOLE


class WeightsWrong(DomainError):
    status = 400
    code = "weights_do_not_add_up"
    sentence = N_("Tỷ lệ chia cộng lại được %(sum)s %%, phải đúng 100 %%. Xin xem lại tỷ lệ của từng đơn vị.")


class WeightInvalid(DomainError):
    status = 400
    code = "weight_invalid"
    sentence = N_("Xin ghi tỷ lệ của mỗi đơn vị bằng số lớn hơn 0, nhiều nhất một số lẻ, ví dụ 60 hoặc 37,5.")


class TooFewParts(DomainError):
    status = 400
    code = "split_too_few"
    sentence = N_("Chia tách cần ít nhất hai đơn vị mới.")


def weight(percent: str) -> int:
    """'37,5' -> 375. Raises WeightInvalid."""
    try:
        found = Decimal(percent.strip().replace(",", ".").removesuffix("%").strip()) * 10
    except InvalidOperation:
        raise WeightInvalid from None
    if not found.is_finite() or found != found.to_integral_value() or not 0 < found <= WHOLE:
        raise WeightInvalid
    return int(found)


def check(weights: Sequence[int]) -> None:
    """Raises TooFewParts, WeightInvalid, WeightsWrong (with the sum)."""
    if len(weights) < 2:
        raise TooFewParts
    if any(one < 1 for one in weights):
        raise WeightInvalid
    if sum(weights) != WHOLE:
        raise WeightsWrong(sum=percent(sum(weights)))


def percent(thousandths: int) -> str:
    """985 -> '98,5'."""
    whole, rest = divmod(thousandths, 10)
    return f"{whole},{rest}" if rest else str(whole)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """The total in parts by weight that add up to it exactly: what is left over goes where most was cut off, first come
    first. Less than nothing is divided like as much more.
    """
    check(weights)
    sign, total = (-1, -total) if total < 0 else (1, total)
    parts = [total * one // WHOLE for one in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % WHOLE), at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return [sign * part for part in parts]
