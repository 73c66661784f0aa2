"""A reason that somebody gives for a deed, and that stands beside it for ever: long enough to say something. Pure."""

SHORTEST = 10
"""Letters; blanks, figures and dots are none."""


def is_reason(words: str) -> bool:
    return sum(letter.isalpha() for letter in words) >= SHORTEST
