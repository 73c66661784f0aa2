"""`make bench`: all parts, or those named (ARGS="hot boards"). Everything stops by itself; RESULTS.md is written.

Ends with code 1 when something counted wrong: a ratio that is missed is written down, a lost answer is an error.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from loadtests import boards, certificates, country, federation, field, hot, opening, phone

Part = Callable[[argparse.Namespace, Path], bool]
PARTS: dict[str, Part] = {
    "hot": hot.run,
    "boards": boards.run,
    "opening": opening.run,
    "field": field.run,
    "phone": phone.run,
    "certificates": certificates.run,
    "country": country.run,
    "federation": federation.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--people", type=int, default=40_000, help="hot: how many people have a deed ready")
    parser.add_argument("--communes", type=int, default=3321, help="country: as many as Viet Nam has")
    parser.add_argument("--facts", type=int, default=10_000_000, help="country: how long the ledger is")
    parser.add_argument("--papers", type=int, default=1000, help="certificates: how many a round")
    parser.add_argument(
        "--most", type=int, default=5000, help="certificates: how many while memory is watched"
    )
    chosen = parser.parse_args()
    fine = True
    for name in chosen.parts or PARTS:
        # Not $TMPDIR: what is served must be reachable whoever runs it.
        with tempfile.TemporaryDirectory(prefix=f"lantoa-bench-{name}-", dir="/tmp") as place:
            fine &= PARTS[name](chosen, Path(place))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
