"""What people typed into the console's forms, and deeds that may be refused."""

from collections.abc import Callable

from flask import request

from backend import http
from backend.errors import N_, DomainError, NotAllowed, NotFound

MOST_LETTERS = 1000
LEAST_REASON = 5


class ReasonTooShort(DomainError):
    status = 409
    code = "reason_missing"
    sentence = N_("Xin ghi lý do, ít nhất vài chữ.")


def typed(name: str, most: int = MOST_LETTERS) -> str:
    """One field as it was filled in, without the characters no database keeps; '' where it was left out."""
    return request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:most]


def typed_reason(name: str, most: int = MOST_LETTERS) -> str:
    """Why something is done, as it was filled in. Raises ReasonTooShort."""
    why = typed(name, most)
    if len(why) < LEAST_REASON:
        raise ReasonTooShort
    return why


def refusal_of(deed: Callable[[], object]) -> DomainError | None:
    """What refused the deed, taken back wholly, for the form to say; who may not or finds nothing gets its own page."""
    try:
        with http.session().begin_nested():
            deed()
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        http.session().expire_all()  # what was refused is not to be read back
        return error
    return None
