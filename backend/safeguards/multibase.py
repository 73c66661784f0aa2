"""How keys and signatures are written for other programs: base58 with the letter z before it (multibase), keys as Multikey."""

from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519: Final = b"\xed\x01"
"""What stands before the 32 bytes of an Ed25519 public key (multicodec 0xed as a varint)."""
LONGEST = 128
"""A signature takes 89 signs, a key 48. Reading costs the square of the length, so nothing longer is read."""


def base58(raw: bytes) -> str:
    """'z' and the bytes in base 58; each zero byte at the start is a '1'."""
    number, signs = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        signs = ALPHABET[rest] + signs
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "z" + "1" * zeros + signs


def unbase58(text: str) -> bytes:
    """Raises ValueError for what is not 'z' and base 58."""
    if not text.startswith("z") or len(text) > LONGEST:
        raise ValueError("no base58 multibase")
    signs, number = text[1:], 0
    for sign in signs:
        number = number * 58 + ALPHABET.index(sign)
    zeros = len(signs) - len(signs.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multikey(public: bytes) -> str:
    """'z6Mk…': the 32 bytes of an Ed25519 public key as did:key and did.json write them."""
    return base58(ED25519 + public)


def from_multikey(text: str) -> bytes:
    """The 32 bytes of an Ed25519 key. Raises ValueError for anything else."""
    raw = unbase58(text)
    if raw[:2] != ED25519 or len(raw) != 34:
        raise ValueError("no Ed25519 key")
    return raw[2:]
