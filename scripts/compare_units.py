"""Compare our list of provinces and communes with the package vietnam-provinces, a test oracle under the GPL.

    python3.12 -m venv oracle && oracle/bin/pip install vietnam-provinces
    oracle/bin/python scripts/compare_units.py            # says what differs; exit 1 if anything comparable does
    oracle/bin/python scripts/compare_units.py --write    # writes the fingerprints that the tests compare with

The oracle tells the present; our file tells 1 July 2025. Level words changed in 2026 are therefore not compared, names and codes are.
"""

import csv
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).parents[1] / "backend" / "units" / "data"
FINGERPRINTS = DATA / "oracle-fingerprints.csv"
LEVEL_WORDS = ("thành phố ", "tỉnh ", "phường ", "đặc khu ", "xã ")
Rows = Iterable[tuple[str, str, str]]
"""(code, name without level word, code of the province)"""


def bare(name: str) -> str:
    """'Phường Ba Đình' -> 'Ba Đình'."""
    return next((name[len(word) :] for word in LEVEL_WORDS if name.lower().startswith(word)), name)


def ours() -> Rows:
    for path in sorted(DATA.glob("vietnam-units-*.csv"))[-1:]:
        with path.open(encoding="utf-8", newline="") as lines:
            yield from ((row["code"], row["name"], row["province"]) for row in csv.DictReader(lines))


def the_oracles() -> Rows:
    from vietnam_provinces import Province, ProvinceCode, Ward, WardCode

    for p in ProvinceCode:
        yield f"{p.value:02d}", bare(Province.from_code(p).name), ""
    for w in WardCode:
        ward = Ward.from_code(w)
        yield f"{w.value:05d}", bare(ward.name), f"{ward.province_code.value:02d}"


def fingerprints(rows: Rows) -> dict[str, str]:
    """One hash per province over the codes and names of its communes, and one, 'VN', over the provinces."""
    lines: dict[str, list[str]] = {}
    for code, name, province in rows:
        lines.setdefault(province or "VN", []).append(f"{code} {name}")
    return {
        place: hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:32]
        for place, found in sorted(lines.items())
    }


def main() -> int:
    held, told = set(ours()), set(the_oracles())
    for row in sorted(held ^ told):
        print("ours  " if row in held else "oracle", *row)
    if "--write" in sys.argv:
        with FINGERPRINTS.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(fingerprints(told).items())
    print(f"{len(held)} units of ours, {len(told)} of the oracle, {len(held ^ told)} rows differ")
    return 1 if held != told else 0


if __name__ == "__main__":
    sys.exit(main())
