"""What every form of a reorganisation asks: from which day, and by which paper."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from flask import request

from admin import team_words
from backend import clock, http
from backend.errors import DomainError
from backend.units.errors import ActMissing, DetailsMissing
from backend.units.listing import CODE
from backend.units.reorganise import NewUnit

Form = TypeVar("Form", bound="TypedAct")


def clean(told: str) -> str:
    return " ".join(told.replace("\x00", "").split())[:200]


def typed_day(told: str, missing: type[DomainError] = ActMissing) -> date | None:
    """None where nothing was typed. Raises what is asked for where it is no day."""
    try:
        return team_words.typed_day(told) if told else None
    except team_words.DayInvalid:
        raise missing from None


@dataclass(frozen=True)
class TypedAct:
    """The form as it was filled in, so that nothing typed is lost when something is refused."""

    on: str = ""
    document: str = ""
    issuer: str = ""
    decided_on: str = ""

    @classmethod
    def sent(cls: type[Form]) -> Form:
        return cls(**{one.name: clean(request.form.get(one.name, "")) for one in fields(cls)})

    @classmethod
    def blank(cls: type[Form], **told: str) -> Form:
        return cls(on=f"{clock.today():%d/%m/%Y}", **told)

    def day(self, missing: type[DomainError] = ActMissing) -> date:
        """Raises what is asked for."""
        found = typed_day(self.on, missing)
        if found is None:
            raise missing
        return found

    def act(self, missing: type[DomainError] = ActMissing) -> dict[str, Any]:
        """As the deeds take it. Raises what is asked for."""
        if not self.document:
            raise missing
        return {
            "on": self.day(missing),
            "document": self.document,
            "decided_on": typed_day(self.decided_on, missing),
            "issuer": self.issuer,
        }


def new_unit(code: str, level_word: str, name: str) -> NewUnit:
    """Raises DetailsMissing."""
    if not CODE.fullmatch(code.upper()) or not name:
        raise DetailsMissing
    return NewUnit(code.upper(), name[:150], level_word.lower()[:40])


def sentence(error: DomainError | None) -> str:
    return http.sentence_of(error) if error else ""
