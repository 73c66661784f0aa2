"""The part of pledges in a pack: the menu of suggestions, one file."""

import uuid
from typing import Annotated, Any, Literal

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.models import Campaign
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Group
from campaigns.pack.reader import Chosen, Pack
from campaigns.pack.shapes import FileName, Words, listed, shaped
from campaigns.pledge.models import Suggestion
from campaigns.pledge.rating import rating_rules
from campaigns.pledge.schemas import Slug, Theme

Whom = Literal[
    "everyone", "farmer", "trader", "teacher", "health_worker", "civil_servant", "hamlet_cadre", "worker", "youth",
    "retired", "armed_forces", "firm_owner",
]  # fmt: skip
Age = Literal["under_35", "from_35_to_59", "from_60"]
Due = Annotated[str, msgspec.Meta(pattern=r"^(q[1-4]|0[1-9]|1[0-2])$")]


class PartIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    menu: FileName


class SuggestionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One good, concrete, checkable deed. `fact`: a measure of the product that may stand as evidence."""

    code: Slug
    theme: Theme
    what: Words
    measure: Words
    due: Due
    evidence: Words
    amount: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    unit: Words | None = None
    fact: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    ages: Annotated[list[Age], msgspec.Meta(max_length=3)] = []
    whom: Annotated[list[Whom], msgspec.Meta(min_length=1, max_length=12)] = msgspec.field(
        name="for", default_factory=lambda: ["everyone"]
    )


def read(files: Folder, own: Group | None, chosen: list[Chosen]) -> list[dict[str, Any]]:
    """The menu; what is wrong is told to the folder's complaints."""
    for one in chosen:
        if one.settings.rating not in rating_rules():
            line = one.place.places.get("rating", one.place.line)
            files.complaints.add(
                one.place.file, line, N_("Không có bộ mức xếp loại “%(code)s”."), code=one.settings.rating
            )
    part = shaped(own, PartIn, files.complaints) if own is not None else None
    if part is None or not files.has(part.menu):
        if part is not None and own is not None:
            files.complaints.add(own.file, own.line, N_("Không tìm thấy tệp “%(name)s”."), name=part.menu)
        return []
    return _menu(files, part.menu)


def _menu(files: Folder, name: str) -> list[dict[str, Any]]:
    node = files.yaml(name)
    found = listed(node, SuggestionIn, files.complaints) if node is not None else []
    seen: dict[str, int] = {}
    for one, place in found:
        if one.code in seen:
            files.complaints.add(
                place.file, place.line, N_("Mã “%(code)s” đã dùng ở dòng %(first)s. Mỗi mã chỉ dùng một lần."),
                code=one.code, first=seen[one.code],
            )  # fmt: skip
        seen.setdefault(one.code, place.line)
    return [msgspec.to_builtins(one) for one, _ in found]


def unpack(session: Session, campaign: Campaign, pack: Pack) -> None:
    """The menu becomes the campaign's own; a later version of the pack changes nothing in it."""
    menu = pack.parts.get("pledge") or []
    session.add_all(
        Suggestion(campaign_id=campaign.id, code=told["code"], position=place, told=told)
        for place, told in enumerate(menu, start=1)
    )


def discard(session: Session, campaign: uuid.UUID) -> None:
    session.execute(delete(Suggestion).where(Suggestion.campaign_id == campaign))
