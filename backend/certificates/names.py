"""Which name may be printed, and how it is written then. What was typed is mended only where nobody could see a difference.

Letters are Latin (Vietnamese, Ê Đê, Gia Rai, Ba Na, Cơ Ho ...) and Khmer. Anything else is refused with the sign that was in
the way: a certificate with a box or a look-alike in the name is worse than none.
"""

import re
import unicodedata
from dataclasses import dataclass

from backend.errors import N_
from backend.media.letters import FAMILIES, GlyphMissing, runs

LONGEST_NAME = 60
LONGEST_UNIT = 200
SIGNS = " .,'’-()0123456789"
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""Pasted along from elsewhere and seen by nobody: left out."""
SHAPES = "\u0302\u0306\u031b"
TONES = "\u0300\u0301\u0303\u0309\u0323"
ETH = str.maketrans("Ðð", "Đđ")
"""The Icelandic letter looks the same and comes from old keyboards; nobody would ever find the name again."""
SCRIPTS = ("LATIN ", "KHMER ")
REFUSALS = {
    "empty": N_("chưa có chữ cái nào"),
    "too_long": N_("dài quá %(most)s ký tự"),
    "hidden_sign": N_("có ký hiệu ẩn làm đảo hoặc che chữ (%(sign)s)"),
    "look_alike": N_("có chữ trông giống chữ Việt nhưng thuộc bảng chữ khác (%(sign)s)"),
    "sign_unknown": N_("có ký hiệu không in được (%(sign)s)"),
}
NOTES = {
    "eth": N_("chữ Ð (kiểu cũ) được in thành Đ"),
    "unseen": N_("đã bỏ ký hiệu ẩn"),
}


class NameRefused(Exception):
    """`code`: one of REFUSALS; `sign`: what was in the way, as 'U+0410 CYRILLIC CAPITAL LETTER A'."""

    def __init__(self, code: str, sign: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.sign = sign


@dataclass(frozen=True)
class Name:
    """A name as it will be printed; `notes`: codes of what was mended."""

    printed: str
    notes: tuple[str, ...] = ()


def read(typed: str, longest: int = LONGEST_NAME) -> Name:
    """The name of a person. Raises NameRefused."""
    name = _tidy(typed)
    if len(name.printed) > longest:
        raise NameRefused("too_long")
    for sign in name.printed:
        _check(sign)
    if not any(sign.isalpha() for sign in name.printed):
        raise NameRefused("empty")
    _check_letters(name.printed)
    return name


def read_unit(typed: str) -> Name:
    """The name of a unit or a firm: longer, and with the signs of a firm's name ('&', '/', quotes). Raises NameRefused."""
    name = _tidy(typed)
    if len(name.printed) > LONGEST_UNIT:
        raise NameRefused("too_long")
    for sign in name.printed:
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            raise NameRefused("hidden_sign", told(sign))
    if not any(sign.isalpha() for sign in name.printed):
        raise NameRefused("empty")
    _check_letters(name.printed)
    return name


def printable(typed: str) -> str | None:
    """The name of a person as it is printed, or None for one no certificate prints."""
    try:
        return read(typed).printed
    except NameRefused:
        return None


def _tidy(typed: str) -> Name:
    """NFC, marks in the order of Vietnamese, single plain spaces, without what nobody sees."""
    seen = typed.translate(UNSEEN)
    composed = unicodedata.normalize("NFC", _in_order(seen))
    plain = " ".join(composed.translate(ETH).split())
    notes = [
        code
        for code, is_so in (("eth", composed != composed.translate(ETH)), ("unseen", seen != typed))
        if is_so
    ]
    return Name(plain, tuple(notes))


def _in_order(text: str) -> str:
    """A letter whose tone was typed before its hat ('é' and a circumflex) is the same letter to everybody but Unicode."""
    parts = unicodedata.normalize("NFD", text)
    return re.sub(f"([{TONES}]+)([{SHAPES}]+)", lambda found: found[2] + found[1], parts)


def _check(sign: str) -> None:
    if sign in SIGNS or unicodedata.combining(sign):
        return
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        raise NameRefused("hidden_sign", told(sign))
    script = unicodedata.name(sign, "")
    if script.startswith("KHMER ") and unicodedata.category(sign)[0] in "LM":
        return
    if not sign.isalpha() or not script.startswith(SCRIPTS):
        is_alike = script.startswith(("CYRILLIC ", "GREEK ", "FULLWIDTH ", "MATHEMATICAL "))
        raise NameRefused("look_alike" if is_alike else "sign_unknown", told(sign))


def _check_letters(text: str) -> None:
    for family in FAMILIES:
        try:
            runs(text, family)
        except GlyphMissing as missing:
            raise NameRefused("sign_unknown", missing.told()) from None


def told(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '?')}"
