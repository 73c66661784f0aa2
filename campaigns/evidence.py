"""The one reader of tallies and boards here: hands plain values to the rooms that show or reward them."""

import uuid

from sqlalchemy.orm import Session

from backend.leaderboards.queries import rank_of
from backend.tallies.disclosure import K
from campaigns.kind import RankReader


def rank_reader(session: Session, activity: uuid.UUID, subject: uuid.UUID) -> RankReader:
    """Reads the subject's own place in a ranked measure; silent while fewer than five people are ranked."""

    def rank(measure: str) -> tuple[int, int] | None:
        found = rank_of(session, measure, activity, subject)
        if found is None or found.of_people < K:
            return None
        return found.place, found.of_people

    return rank
