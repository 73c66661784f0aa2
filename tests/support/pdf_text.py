"""Reads a PDF of ours as a search would: every page's words by the table of letters that its fonts carry."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\bendobj", re.S)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)|(\bET\b)", re.S)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words(raw: bytes) -> str:
    """All words, in the order they were set; runs parted by lines, spaces as one."""
    objects = {int(found[1]): found[2] for found in OBJECT.finditer(raw)}
    pages = [body for body in objects.values() if re.search(rb"/Type/Page\b", body)]
    return "\n".join(_page(objects, body) for body in pages)


def pages(raw: bytes) -> int:
    return len(re.findall(rb"/Type/Page\b", raw))


def is_for_years(raw: bytes) -> bool:
    """PDF/A-2b, and every font inside."""
    fonts = len(re.findall(rb"/FontDescriptor/", raw))
    return b"pdfaid:part>2<" in raw and fonts > 0 and raw.count(b"/FontFile2") == fonts


def _page(objects: dict[int, bytes], page: bytes) -> str:
    letters = _letters(objects, objects[_number(rb"/Resources (\d+)", page)])
    content = _stream(objects[_number(rb"/Contents (\d+)", page)])
    told, font = [], b""
    for name, string, end in SHOWN.findall(content):
        if name:
            font = name
        elif end:
            told.append("\n")
        elif font:
            codes = _unescaped(string)
            pairs = [codes[at : at + 2] for at in range(0, len(codes), 2)]
            told.append("".join(letters[font].get(pair, "") for pair in pairs))
    return re.sub(r"[ \u200b]+", lambda gap: " " if " " in gap[0] else "", "".join(told))


def _letters(objects: dict[int, bytes], resources: bytes) -> dict[bytes, dict[bytes, str]]:
    """Font -> code -> what it stands for."""
    named = re.search(rb"/Font<<(.*?)>>", resources, re.S)
    fonts = re.findall(rb"/(\w+) (\d+) 0 R", named[1]) if named else []
    return {
        name: _table(_stream(objects[_number(rb"/ToUnicode (\d+)", objects[int(at)])])) for name, at in fonts
    }


def _table(cmap: bytes) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[bytes.fromhex(code.decode())] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[(int(first, 16) + step).to_bytes(2)] = chr(int(text, 16) + step)
    return found


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found, body[:80]
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]


def _number(pattern: bytes, body: bytes) -> int:
    found = re.search(pattern, body)
    assert found, (pattern, body[:200])
    return int(found[1])


def _unescaped(string: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        sign = found[1]
        return bytes([int(sign, 8)]) if sign.isdigit() else PLAIN.get(sign, sign)

    return ESCAPED.sub(one, string)
