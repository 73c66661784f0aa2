"""Vietnamese names: searched without tone marks, sorted as Vietnamese sorts. Pure functions.

The order of a database collation differs from machine to machine, so the sort key is computed here and stored. It is
made of digits alone, on which all collations agree.
"""

import re
import unicodedata

LETTERS = " 0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(LETTERS, start=1)}
END = "00"
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
LONGEST_KEY = 600


def fold(text: str) -> str:
    """'Đồng Tiến' -> 'dong tien': lower case, no tone marks, đ as d, single spaces."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def sort_key(text: str) -> str:
    """A key that sorts by letter first (a < ă < â ... d < đ) and by tone second (ngang huyền hỏi ngã sắc nặng).

    Numbers sort by their value: Xóm 2 stands before Xóm 10.
    """
    counted = re.sub(r"[0-9]{1,6}", lambda number: number[0].zfill(6), text.lower())
    letters, tones = [], []
    for character in unicodedata.normalize("NFC", counted):
        letter, tone = _without_tone(character)
        letters.append(RANK.get(letter) or _other(letter))
        tones.append(str(tone))
    return ("".join(letters) + END + "".join(tones))[:LONGEST_KEY]


def _without_tone(character: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", character)
    tone = next((TONES[part] for part in parts if part in TONES), 0)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)), tone


def _other(letter: str) -> str:
    """Whatever is no Vietnamese letter stands after the alphabet."""
    return "99" + "".join(f"{ord(part):07d}" for part in letter)
