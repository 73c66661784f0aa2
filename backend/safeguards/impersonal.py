"""Words that may leave this node: they name a unit, a thing or a reason, and hold no number by which a person is found. Pure.

Nobody can tell a name from a word by looking at it; numbers of phones and papers and addresses of mail can be told, and
are what people paste. Grouping signs between figures do not hide a number; dates and amounts of money are none.
"""

import re
from typing import Literal

Found = Literal["phone", "paper", "mail"]

MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
RUN = re.compile(r"(?<![\w])\+?\d(?:[ .\-()]{0,2}\d){7,16}(?!\w)")
DATE = re.compile(r"\b\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b")
AMOUNT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
PHONES = re.compile(r"(?:\+?84|0)[235789]\d{8}|(?:\+?84|0)2\d{9}|1[89]00\d{4,6}")
PAPERS = frozenset({9, 12})
"""How many figures an identity card has: the old one nine, the citizen's card twelve."""


def told_of(words: str) -> Found | None:
    """What stands in the words by which a person could be found; None where nothing does."""
    if MAIL.search(words):
        return "mail"
    for run in RUN.finditer(DATE.sub(" ", words)):
        figures = re.sub(r"[^\d+]", "", run.group())
        if PHONES.fullmatch(figures):
            return "phone"
        if len(figures.lstrip("+")) in PAPERS and not AMOUNT.fullmatch(run.group()):
            return "paper"
    return None
