"""The part of visits in a pack: nothing beside the settings of its activities, which are checked here."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.models import Campaign
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Group
from campaigns.pack.reader import Chosen, Pack
from campaigns.visit.schemas import VisitSettings


def read(files: Folder, own: Group | None, chosen: list[Chosen]) -> None:
    """What is wrong is told to the folder's complaints."""
    if own is not None:
        files.complaints.add(
            own.file,
            own.line,
            N_("Mục “visit” không cần có: các việc được chọn trong “settings” của hoạt động."),
        )
    for one in chosen:
        settings: VisitSettings = one.settings
        for code in _twice(service.code for service in settings.services):
            _complain(files, one.place, "services", code)
        for code in _twice(reason.code for reason in settings.reasons):
            _complain(files, one.place, "reasons", code)


def _twice(codes: Iterable[str]) -> list[str]:
    return [code for code, times in Counter(codes).items() if times > 1]


def _complain(files: Folder, place: Group, name: str, code: str) -> None:
    line = place.places.get(name, place.line)
    sentence = N_("Mục “%(name)s” ghi mã “%(code)s” hai lần. Mỗi mã chỉ dùng một lần.")
    files.complaints.add(place.file, line, sentence, name=name, code=code)


def unpack(_session: Session, _campaign: Campaign, _pack: Pack) -> None:
    """The settings are in the activity; there is nothing else."""


def discard(_session: Session, _campaign: uuid.UUID) -> Any:
    """Nothing was unpacked."""
