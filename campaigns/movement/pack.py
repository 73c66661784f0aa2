"""The part of movements in a pack: nothing of its own but the settings, whose criteria are checked against the measures."""

import uuid
from collections.abc import Callable, Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.models import Activity, Campaign
from campaigns.movement.models import Launch
from campaigns.movement.schemas import Criterion, MovementSettings
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Group
from campaigns.pack.reader import Chosen, Pack


def reading(known: Callable[[], Collection[str]]) -> Callable[[Folder, Group | None, list[Chosen]], None]:
    """The reader of a node whose measures are `known`."""

    def read(files: Folder, own: Group | None, chosen: list[Chosen]) -> None:
        for one in chosen:
            _check(files, one, known())

    return read


def _check(files: Folder, chosen: Chosen, measures: Collection[str]) -> None:
    settings: MovementSettings = chosen.settings
    file, line = chosen.place.file, chosen.place.places.get("criteria", chosen.place.line)
    codes = [one.code for one in settings.criteria]
    if not codes:
        files.complaints.add(file, line, N_("Phong trào cần ít nhất một tiêu chí."))
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        files.complaints.add(
            file, line, N_("Tiêu chí “%(code)s” ghi hai lần. Mỗi mã chỉ dùng một lần."), code=code
        )
    for one in settings.criteria:
        if sentence := trouble(one, measures):
            files.complaints.add(file, line, sentence, code=one.code, measure=one.measure or "-")


def trouble(one: Criterion, measures: Collection[str]) -> str | None:
    """What is wrong with a criterion, as a sentence; None: nothing. Pure."""
    if one.source == "measured":
        if one.whom == "firm":
            return N_(
                "Tiêu chí “%(code)s”: số đếm của hệ thống chỉ tính cho đơn vị, chưa tính cho từng doanh nghiệp."
            )
        if one.measure not in measures:
            return N_("Tiêu chí “%(code)s”: không có số đếm “%(measure)s”.")
    elif one.measure is not None:
        return N_("Tiêu chí “%(code)s”: chỉ tiêu chí measured mới ghi measure.")
    if one.compared and (one.source == "self" or one.whom == "firm"):
        return N_("Tiêu chí “%(code)s”: chỉ so sánh số của đơn vị được đếm hoặc kê khai.")
    if one.source != "self" and one.target is None:
        return N_("Tiêu chí “%(code)s”: cần target, mức chung để đối chiếu.")
    if one.target is not None and one.least is not None and one.least > one.target:
        return N_("Tiêu chí “%(code)s”: least không được cao hơn target.")
    return None


def unpack(_session: Session, _campaign: Campaign, _pack: Pack) -> None:
    """The settings of an activity are all there is."""


def discard(session: Session, campaign: uuid.UUID) -> None:
    """A draft that is thrown away takes the documents with it that were written down for it."""
    mine = select(Activity.id).where(Activity.campaign_id == campaign)
    session.execute(
        delete(Launch).where(Launch.activity_id.in_(mine)).execution_options(synchronize_session=False)
    )
