"""What a room says of a person who has earned a certificate. Plain words, so that nobody asks what kind it was."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Earned:
    """Words by language ('vi' always there), as they are printed one under another below the person's name.

    `deed`: 'đã tham gia và hoàn thành cuộc thi trực tuyến'. `title`: what it was, set in large letters.
    `result`: the class of the result, 'Đạt yêu cầu': never a place, never a score.
    """

    deed: Mapping[str, str]
    title: Mapping[str, str]
    result: Mapping[str, str]
