"""The bodies of `proposals` and `proposal-answers`. No field can hold a person; words are written by an office for an office
and are looked at for numbers of phones and papers on both sides."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from backend.federation.shapes import Day, Moment
from backend.reports.upward_models import LONG, TITLE
from backend.reports.upward_packet import Code, Line

Ref = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,39}/20[0-9]{2}/[a-z2-7]{8}\Z")]
Topic = Annotated[str, Meta(pattern=r"^[a-z][a-z-]{0,29}\Z")]
Words = Annotated[str, Meta(max_length=LONG)]
MOST_MOVES = 20
"""More levels than there are."""


class HandedOn(Struct, frozen=True, forbid_unknown_fields=True):
    """A level on the way handed it on: which, with which words, until when it asked for an answer."""

    unit: Code
    words: Words
    due: Day
    at: Moment


class ProposalUp(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: whose office wrote it; `holder`: who is asked to answer by `due`."""

    ref: Ref
    unit: Code
    holder: Code
    line: Line
    sort: Literal["difficulty", "proposal", "question"]
    topic: Topic
    title: Annotated[str, Meta(min_length=1, max_length=TITLE)]
    words: Annotated[str, Meta(min_length=1, max_length=LONG)]
    due: Day
    raised_at: Moment
    handed_on: Annotated[list[HandedOn], Meta(max_length=MOST_MOVES)]


class ProposalDown(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: whose office did it; `holder` and `due`: who has to answer now and until when, where it was handed on."""

    ref: Ref
    deed: Literal["answered", "escalated"]
    unit: Code
    words: Words
    holder: Code | None
    due: Day | None
    at: Moment
