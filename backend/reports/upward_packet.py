"""The bodies of `reports` and `report-answers`: a signed, numbered report with its files, and what the unit above says of it.

No field can hold a person. The files are a signed paper, sent as it is; what is written around them is a number, a title and
the reason of a return, which are looked at for numbers of phones and papers on both sides.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from backend.federation.shapes import Day, Hash, Moment
from backend.reports.upward_models import WORDS

Line = Literal["state", "party", "front", "youth"]
Code = Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,9}(-[0-9A-Za-z]{1,9}){0,3}\Z")]
"""Of a unit. Nine figures at the most: no code is a telephone number."""
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}\Z")]
PeriodCode = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,20}\Z")]
Round = Annotated[int, Meta(ge=1, le=1000)]
MOST_FILE = 4 << 20


class File(Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["paper", "docx", "pdf", "xlsx"]
    sha256: Hash
    content: Annotated[bytes, Meta(max_length=MOST_FILE)]


class StepAt(Struct, frozen=True, forbid_unknown_fields=True):
    deed: Literal["draft", "review", "sign", "number", "send"]
    at: Moment


class ReportUp(Struct, frozen=True, forbid_unknown_fields=True):
    """`due`: the day it was due by the sender's duty, None where none was set; `round`: from 1, one more after each return."""

    unit: Code
    receiver: Code
    line: Line
    obligation: Word
    interval: Word
    calendar: Word
    period: PeriodCode
    round: Round
    number: Annotated[str, Meta(min_length=1, max_length=40)]
    number_on: Day
    title: Annotated[str, Meta(min_length=1, max_length=400)]
    due: Day | None
    steps: Annotated[list[StepAt], Meta(min_length=1, max_length=100)]
    files: Annotated[list[File], Meta(min_length=1, max_length=4)]


class ReportAnswerDown(Struct, frozen=True, forbid_unknown_fields=True):
    """`packet`: digest of the packet the report came in."""

    packet: Hash
    outcome: Literal["taken", "returned", "locked"]
    words: Annotated[str, Meta(max_length=WORDS)]
    at: Moment
