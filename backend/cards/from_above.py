"""A template of cards from the level above: kept byte for byte, so that the same version is the same fingerprint everywhere."""

import uuid
from datetime import date
from decimal import InvalidOperation
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.cards import canonical, shapes, store
from backend.cards.errors import TemplateInvalid
from backend.cards.models import CardTemplate, CardTemplateIssue
from backend.cards.shapes import Template
from backend.cards.template_problems import problems
from backend.errors import N_
from backend.federation.documents.kinds import DocumentKind, Given, Made, Speaks
from backend.federation.shapes import Hash
from backend.own_calendars.reading import usable
from backend.units.errors import UnitUnknown
from backend.units.models import Unit

LONGEST = 400_000


class TemplateIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`template`: the canonical JSON of the whole template, as it is fingerprinted. `unit`: official code of who issued it."""

    unit: Annotated[str, Meta(max_length=40)]
    valid_from: date
    sha256: Hash
    template: Annotated[str, Meta(max_length=LONGEST)]


def told(session: Session, issue_id: uuid.UUID) -> TemplateIn:
    """A template that an office of this node issued, as it goes down."""
    row = session.get_one(CardTemplateIssue, issue_id)
    body = session.get_one(CardTemplate, row.template_sha).body
    unit = session.get_one(Unit, row.issuer_id).code
    return TemplateIn(unit, row.valid_from, row.template_sha, body.decode())


def take_in(session: Session, body: TemplateIn) -> CardTemplateIssue:
    """Keep it under the version it was given above. Raises UnitUnknown, TemplateInvalid, TemplateChanged where an office here
    gave that version another content."""
    unit = session.scalars(select(Unit.id).where(Unit.code == body.unit)).first()
    if unit is None:
        raise UnitUnknown
    made = _read(session, unit, body)
    row = CardTemplateIssue(
        issuer_id=unit, code=made.code, version=made.version, template_sha=store.keep_template(session, made),
        valid_from=body.valid_from, made_by=None, made_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()  # whoever asks next which template holds
    return row


def _read(session: Session, unit: uuid.UUID, body: TemplateIn) -> Template:
    raw = body.template.encode()
    if canonical.fingerprint(raw) != body.sha256:
        raise TemplateInvalid(errors="dấu vân tay của mẫu không khớp với nội dung")
    known = {one.code: one for one in usable(session, [unit], clock.today())}
    try:
        # Read as it stands, not written out anew: its formulas are its own, whatever the indicators of this software say.
        made = shapes.read(raw)
        wrong = problems(made, known)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError, IndexError) as error:
        raise TemplateInvalid(
            errors=f"có chỗ viết không đúng kiểu ({type(error).__name__} {error})"[:300]
        ) from None
    if wrong:
        raise TemplateInvalid(errors="; ".join(wrong))
    return made


def withdraw(session: Session, issue_id: uuid.UUID) -> None:
    """It holds no more; the version before does again. Cards that were opened with it keep it."""
    session.get_one(CardTemplateIssue, issue_id).withdrawn_at = clock.now()
    session.flush()  # whoever asks next which template holds


# --- as documents ---------------------------------------------------------------------------------------------------


def _apply(session: Session, given: Given) -> tuple[Made, ...]:
    return (Made("card_template", str(take_in(session, given.body).id)),)


def _take_back(session: Session, given: Given) -> None:
    for one in given.made:
        withdraw(session, uuid.UUID(one.id))


def _called(body: TemplateIn) -> str:
    """Its title; '' where it is no template at all, which is said when it is applied."""
    try:
        return str(msgspec.json.decode(body.template)["title"]["vi"])[:200]
    except (msgspec.DecodeError, KeyError, TypeError):
        return ""


TEMPLATES = DocumentKind(
    "template", "template/1", TemplateIn, N_("Mẫu phiếu điểm"), _apply, _take_back, called=_called,
    speaks=lambda body: Speaks(body.unit),
)  # fmt: skip
