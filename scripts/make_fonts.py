"""Make the letters of certificates: still, small Noto fonts from the variable ones that come as Python packages.

    python3 -m venv fonts && fonts/bin/pip install fonttools fontpkg-noto-serif fontpkg-noto-sans fontpkg-noto-sans-khmer
    fonts/bin/python scripts/make_fonts.py

What it writes to backend/media/fonts/ is kept in the repository: a node needs neither the packages nor this script. The
licence (SIL OFL 1.1) allows it and lies beside them. `coverage.json` says which signs each family has.
"""

import json
import shutil
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from fontTools import subset
from fontTools.otlLib.builder import buildLigatureSubstSubtable, buildLookup
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

PLACE = Path(__file__).parents[1] / "backend" / "media" / "fonts"
WEIGHTS = {"Regular": 400, "Bold": 700}
LATIN = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x1CD, 0x1DD), 0x180, 0x18F, 0x1A0, 0x1A1, 0x1AF, 0x1B0,
    0x243, 0x259, 0x2BC, 0x300, 0x301, 0x302, 0x303, 0x306, 0x308, 0x309, 0x30C, 0x31B, 0x323, 0x331,
    *range(0x1E00, 0x1F00), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2116, 0x25CC,
]  # fmt: skip
"""Vietnamese and the Latin letters of the Ê Đê, Gia Rai, Ba Na, Cơ Ho, Chu Ru, Hmông ...: base letters, marks that stand on
them, and what a sentence is set with."""
KHMER = [*range(0x1780, 0x1800), *range(0x19E0, 0x1A00), 0x25CC, 0x20]
FAMILIES = {
    "NotoSerif": ("fontpkg_noto_serif", LATIN),
    "NotoSans": ("fontpkg_noto_sans", LATIN),
    "NotoSansKhmer": ("fontpkg_noto_sans_khmer", KHMER),
}

KHMER_RULES = [
    "ccmp",
    "locl",
    "pref",
    "blwf",
    "abvf",
    "pstf",
    "cfar",
    "pres",
    "blws",
    "abvs",
    "psts",
    "clig",
    "liga",
    "rlig",
]
"""Khmer signs stand where they were drawn and are not moved afterwards: a moved sign is a piece of text of its own in a PDF,
and its syllable is found twice there."""
TOGETHER = [base + "\u0306" for base in "êôơưyÊÔƠƯY"]
"""Ê Đê, Gia Rai, Ba Na and Cơ Ho letters that Unicode writes as two signs: drawn as one, so that the PDF's text is right."""


def main() -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    signs = {family: made(family, package, wanted) for family, (package, wanted) in FAMILIES.items()}
    (PLACE / "coverage.json").write_text(json.dumps({"signs": signs, "together": TOGETHER}) + "\n")
    shutil.copy(Path(str(import_module("fontpkg_noto_serif").ROOT)) / "LICENSE", PLACE / "LICENSE")


def made(family: str, package: str, wanted: list[int]) -> list[list[int]]:
    """Write both weights; answers the signs both have, as ranges."""
    (source,) = (Path(str(import_module(package).ROOT)) / "files").glob(f"{family}[[]*.ttf")
    both = [still(source, family, weight, wanted) for weight in WEIGHTS]
    return ranges(both[0] & both[1])


def still(source: Path, family: str, weight: str, wanted: list[int]) -> set[int]:
    font = instancer.instantiateVariableFont(
        TTFont(source), {"wght": WEIGHTS[weight], "wdth": 100}, inplace=True, updateFontNames=False
    )
    options = subset.Options(
        layout_features=KHMER_RULES if family == "NotoSansKhmer" else ["ccmp", "kern"],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        hinting=False,
    )
    cut = subset.Subsetter(options)
    if family != "NotoSansKhmer":
        draw_together(font)
    cut.populate(unicodes=[sign for sign in wanted if sign in font.getBestCmap()])
    cut.subset(font)
    name_it(font, family, weight)
    font.save(PLACE / f"{family}-{weight}.ttf")
    return set(font.getBestCmap())


def draw_together(font: TTFont) -> None:
    """A letter and its mark as one glyph, put together by an early rule of the font, where the font itself would place it."""
    cmap, rules = font.getBestCmap(), {}
    for base, mark in TOGETHER:
        under, over = cmap[ord(base)], cmap[ord(mark)]
        name = f"{under}_{over}"
        x, y = offset(font, under, over)
        pen = TTGlyphPen(font.getGlyphSet())
        pen.addComponent(under, (1, 0, 0, 1, 0, 0))
        pen.addComponent(over, (1, 0, 0, 1, x, y))
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        font["glyf"][name] = pen.glyph()
        font["hmtx"][name] = font["hmtx"][under]
        rules[under, over] = name
    first_rule(font, rules)


def offset(font: TTFont, under: str, over: str) -> tuple[int, int]:
    """Where the font puts the mark on the letter (its lookups from mark to base)."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for part in (getattr(one, "ExtSubTable", one) for one in lookup.SubTable):
            if type(part).__name__ != "MarkBasePos":
                continue
            if under in part.BaseCoverage.glyphs and over in part.MarkCoverage.glyphs:
                mark = part.MarkArray.MarkRecord[part.MarkCoverage.glyphs.index(over)]
                base = part.BaseArray.BaseRecord[part.BaseCoverage.glyphs.index(under)].BaseAnchor[mark.Class]
                if base is not None:
                    at = mark.MarkAnchor
                    return base.XCoordinate - at.XCoordinate, base.YCoordinate - at.YCoordinate
    raise SystemExit(f"no place for {over} on {under}")


def first_rule(font: TTFont, pairs: dict[tuple[str, str], str]) -> None:
    """The one rule of composition: the font's own take letters apart ('ị' into 'i' and a dot), and then a PDF cannot tell
    them any more. All other rules move up by one."""
    table = font["GSUB"].table
    lookup = buildLookup([buildLigatureSubstSubtable(pairs)])
    for record in table.FeatureList.FeatureRecord:
        record.Feature.LookupListIndex = [at + 1 for at in record.Feature.LookupListIndex]
        if record.FeatureTag == "ccmp":
            record.Feature.LookupListIndex, record.Feature.LookupCount = [0], 1
    for one in table.LookupList.Lookup:
        for part in one.SubTable:
            move_up(part)
    table.LookupList.Lookup.insert(0, lookup)
    table.LookupList.LookupCount += 1


def move_up(thing: object) -> None:
    """Rules that name other rules by their place."""
    for value in list(vars(thing).values()):
        for one in value if isinstance(value, list) else [value]:
            if type(one).__name__ == "SubstLookupRecord":
                one.LookupListIndex += 1
            elif hasattr(one, "__dict__"):
                move_up(one)


def name_it(font: TTFont, family: str, weight: str) -> None:
    """Without this a bold cut of a variable font goes on calling itself regular, and typst finds only one."""
    spaced = family.replace("Noto", "Noto ").replace("SansKhmer", "Sans Khmer")
    for number, text in (
        (1, spaced),
        (2, weight),
        (3, f"{spaced} {weight}"),
        (4, f"{spaced} {weight}"),
        (6, f"{family}-{weight}"),
    ):
        font["name"].setName(text, number, 3, 1, 0x409)
    bold = weight == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[weight]
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x61) | (0x20 if bold else 0x40)
    font["head"].macStyle = 1 if bold else 0


def ranges(signs: Iterable[int]) -> list[list[int]]:
    """[[32, 126], ...]"""
    found: list[list[int]] = []
    for sign in sorted(signs):
        if found and sign == found[-1][1] + 1:
            found[-1][1] = sign
        else:
            found.append([sign, sign])
    return found


if __name__ == "__main__":
    main()
