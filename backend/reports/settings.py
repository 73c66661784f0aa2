"""Words on every paper of a line that an administrator sets: the national title, the motto, the Party's title, the ending."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_
from backend.reports.errors import PaperWordsMissing
from backend.reports.layouts import Layout
from backend.reports.models import PaperWords
from backend.safeguards.audit import Actor, note

PARTS = {
    "national_title": N_("Quốc hiệu"),
    "motto": N_("Tiêu ngữ"),
    "party_title": N_("Tiêu đề văn bản của Đảng"),
    "ending": N_("Dấu kết thúc văn bản"),
}
MAY_BE_EMPTY = frozenset({"ending"})
LONGEST = 120


def words_of(layout: Layout) -> dict[str, str]:
    """Part -> its words, in the order in which they stand on the sheet."""
    rows = [line for row in layout["heading"]["rows"] for side in ("left", "right") for line in row[side]]
    return {line["setting"]: line["text"] for line in rows if "setting" in line} | {
        "ending": layout["ending"]
    }


def standing(session: Session, line: str) -> dict[str, PaperWords]:
    """Part -> what was set last, of those somebody has set."""
    query = select(PaperWords).where(PaperWords.line == line).order_by(PaperWords.set_at, PaperWords.id)
    return {row.part: row for row in session.scalars(query)}


def applied(session: Session, layout: Layout) -> Layout:
    """The layout with the words that were set."""
    own = {part: row.words for part, row in standing(session, layout["line"]).items()}
    heading = layout["heading"]
    rows = [
        {side: [_worded(line, own) for line in row[side]] for side in ("left", "right")}
        for row in heading["rows"]
    ]
    return {**layout, "heading": {**heading, "rows": rows}, "ending": own.get("ending", layout["ending"])}


def _worded(line: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, Any]:
    """What somebody typed is words: braces in it stand for nothing."""
    part = str(line.get("setting", ""))
    return {**line, "text": own[part], "as_is": True} if part in own else dict(line)


def set_words(session: Session, layout: Layout, told: Mapping[str, str], by: Actor) -> None:
    """For every paper of the line that is not signed yet. What is as it was is not set anew. Raises PaperWordsMissing."""
    before = words_of(applied(session, layout))
    typed = {part: " ".join(told.get(part, "").split())[:LONGEST] for part in before}
    if any(not words and part not in MAY_BE_EMPTY for part, words in typed.items()):
        raise PaperWordsMissing
    for part, words in typed.items():
        if words != before[part]:
            row = PaperWords(line=layout["line"], part=part, words=words, set_by=by.id, set_at=clock.now())
            session.add(row)
            note(
                session,
                by,
                "report.paper_words",
                "layout",
                None,
                reason=f"{layout['line']} {part}: {words}"[:500],
            )
    session.flush()
