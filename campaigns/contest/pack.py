"""Reading the contest's part of a campaign pack into the question pool."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from campaigns.contest.models import ContestQuestion
from campaigns.models import Activity


def unpack(session: Session, activity: Activity, spec: dict[str, Any], folder: Path) -> None:
    """Add every question of the pack's file to the activity's pool."""
    rows = yaml.safe_load((folder / spec["questions"]).read_text(encoding="utf-8"))
    for row in rows:
        session.add(
            ContestQuestion(
                activity_id=activity.id,
                code=row["code"],
                topic=row["topic"],
                difficulty=row["difficulty"],
                text=row["text"],
                options=row["options"],
                key=row["key"],
                explanation=row["explanation"],
                source=row["source"],
            )
        )
