"""Words put into lines: as large as they go, then smaller, then on more lines, never cut off."""

from functools import lru_cache

from backend.media.design import Block
from backend.media.letters import clusters, width

STEP = 0.05
FEWER_LINES = 0.62
"""A name is rather set on one line down to this part of its size than on two, and on two than on three."""
CARE = 0.995
"""Two programs measure letters; so much of a line's length is used."""


class DoesNotFit(Exception):
    """`field`: the block whose words are too long for this design; 'code' for a QR code too fine to be read."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


Measured = tuple[str, float]


@lru_cache(maxsize=2_000)
def fitted(text: str, block: Block, room: float, family: str, factor: float) -> tuple[tuple[str, ...], float]:
    """The lines and the size at which they go into `room`. Raises DoesNotFit, GlyphMissing.

    Kept, for most blocks say the same on every certificate of a batch.
    """
    lines, size = _fitted(text, block, room, family, factor)
    return tuple(lines), size


def _fitted(text: str, block: Block, room: float, family: str, factor: float) -> tuple[list[str], float]:
    room *= CARE
    words = [(word, width(word, family, block.bold)) for word in text.split()]
    few = range(1, block.lines) if block.one_line_first else ()
    tries = [(most, max(FEWER_LINES, block.smallest)) for most in few]
    for most, smallest in (*tries, (block.lines, block.smallest)):
        part = 1.0
        while part >= smallest - 1e-9:
            size = block.size * factor * part
            lines = filled(words, room / size, family, block.bold)
            if lines is not None and len(lines) <= most:
                return _even(words, lines, room / size, family, block.bold), size
            part -= STEP
    return _within_words(words, block, room, family, block.size * factor * block.smallest)


def _within_words(
    words: list[Measured], block: Block, room: float, family: str, size: float
) -> tuple[list[str], float]:
    """The last resort: a word longer than the line is parted, between letters with their marks."""
    parts = [part for word in words for part in _parted(word, room / size, family, block.bold)]
    lines = filled(parts, room / size, family, block.bold)
    if lines is None or len(lines) > block.lines:
        raise DoesNotFit(block.code)
    return lines, size


def filled(words: list[Measured], room: float, family: str, bold: bool) -> list[str] | None:
    """As many words on each line as fit; None where one is wider than the line."""
    space, lines, used = width(" ", family, bold), list[str](), 0.0
    for word, wide in words:
        if wide > room:
            return None
        if lines and used + space + wide <= room:
            lines[-1] += f" {word}"
            used += space + wide
        else:
            lines.append(word)
            used = wide
    return lines


def _even(words: list[Measured], lines: list[str], room: float, family: str, bold: bool) -> list[str]:
    """As many lines, evenly filled: a single word on the last line looks like a mistake."""
    narrow, wide = room / max(1, len(lines)), room
    while len(lines) > 1 and wide - narrow > room / 50:
        middle = (narrow + wide) / 2
        tighter = filled(words, middle, family, bold)
        if tighter is not None and len(tighter) == len(lines):
            lines, wide = tighter, middle
        else:
            narrow = middle
    return lines


def _parted(word: Measured, room: float, family: str, bold: bool) -> list[Measured]:
    if word[1] <= room:
        return [word]
    parts = [""]
    for cluster in clusters(word[0]):
        if parts[-1] and width(parts[-1] + cluster, family, bold) > room:
            parts.append(cluster)
        else:
            parts[-1] += cluster
    return [(part, width(part, family, bold)) for part in parts]
