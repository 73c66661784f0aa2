"""RESULTS.md: a section a benchmark, each written anew by the run that made it."""

import re
from pathlib import Path

PLACE = Path(__file__).parent / "RESULTS.md"
ORDER = (
    "Faults",
    "Alike",
    "Hot path",
    "Board page",
    "Opening minute",
    "Field work",
    "Phone and console",
    "Certificates",
    "Country",
    "Federation",
)


def write(title: str, text: str) -> None:
    """Put a section in its place, the others stay as they are; and print it."""
    print(f"\n## {title}\n\n{text}\n", flush=True)
    before = PLACE.read_text(encoding="utf-8") if PLACE.exists() else "# Results\n"
    head, *parts = re.split(r"^## ", before, flags=re.MULTILINE)
    held = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in parts} | {title: text.strip()}
    sections = [f"## {name}\n\n{held[name]}\n" for name in ORDER if name in held]
    PLACE.write_text("\n".join([head.strip() + "\n", *sections]), encoding="utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def spread(values: list[float], digits: int = 0) -> str:
    """'1240 [1100-1302]': the median and the range."""
    import statistics

    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return f"{statistics.median(values):.{digits}f} [{low}-{high}]"


def percentile(times: dict[float, int], share: float) -> float:
    """Of response times as Locust tells them: milliseconds -> how many."""
    total, seen = sum(times.values()), 0
    for milliseconds in sorted(times):
        seen += times[milliseconds]
        if seen >= total * share:
            return milliseconds
    return 0.0
