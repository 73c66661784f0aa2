"""Vietnamese names: searched without tone marks, sorted as Vietnamese sorts. Pure functions.

The order of a database collation differs from machine to machine, so the sort key is computed here and stored.
"""

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
LETTER_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(ALPHABET)}


def fold(text: str) -> str:
    """'Đồng Tiến' -> 'dong tien': lower case, no tone marks, đ as d, single spaces."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def sort_key(text: str) -> str:
    """A key that sorts by letter first (a < ă < â ... d < đ) and by tone second (ngang huyền hỏi ngã sắc nặng)."""
    letters, tones = [], []
    for character in unicodedata.normalize("NFC", text.lower()):
        letter, tone = _without_tone(character)
        letters.append(LETTER_RANK.get(letter, _other(letter)))
        tones.append(str(tone))
    return "".join(letters) + " " + "".join(tones)


def _without_tone(character: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", character)
    tone = next((TONES[part] for part in parts if part in TONES), 0)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)), tone


def _other(character: str) -> str:
    """Spaces first, digits next, anything else after the alphabet."""
    if character == " ":
        return "!"
    return f"0{character}" if character.isdigit() else f"~{character}"
