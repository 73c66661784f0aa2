"""The stream of figures: what goes up and how what arrives is taken in. `backend/streams.py` lists it."""

from sqlalchemy.orm import Session

from backend.aggregates import receiving
from backend.aggregates.packet import SCHEMA, STREAM, Figures
from backend.federation.packets.stream import EVERY_LINE, Arrived, Stream
from backend.participation.measures import MeasureBook


def never_sealed(_session: Session, *_of: str) -> bool:
    return False


def stream(measures: MeasureBook, is_sealed: receiving.IsSealed = never_sealed) -> Stream:
    """`is_sealed`: (session, unit code, dataset, line, calendar, period), whether the level above accepted these figures."""

    def receive(session: Session, arrived: Arrived) -> receiving.Outcome:
        return receiving.receive(session, arrived, measures, is_sealed)

    return Stream(STREAM, SCHEMA, Figures, EVERY_LINE, receive, "up")
