"""The part of awards in a pack: nothing but the settings, whose rules must name what there is."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.errors import N_
from backend.participation.measures import Measure, MeasureBook
from campaigns.award.models import Prize
from campaigns.award.schemas import AwardSettings, RuleIn
from campaigns.models import Activity, Campaign
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Group
from campaigns.pack.reader import Chosen, Pack

COMPLAINTS = {
    "ways": N_("Quy tắc “%(code)s” phải theo đúng một cách: measure, board hoặc unit_review."),
    "measure": N_("Quy tắc “%(code)s” dùng số đo “%(name)s” mà phần mềm không có."),
    "board": N_("Quy tắc “%(code)s” xếp hạng theo “%(name)s” nhưng số đo ấy không xếp hạng được."),
    "prize": N_("Quy tắc “%(code)s” nhắc tới giải “%(name)s” mà mục prizes không có."),
    "people": N_("Quy tắc “%(code)s” tính theo người (people, rate) nên phải là của đơn vị: who: unit."),
    "twice": N_("Mã quy tắc hoặc mã giải “%(code)s” dùng hai lần."),
}


def reading(book: Callable[[], MeasureBook]) -> Callable[[Folder, Group | None, list[Chosen]], list[Any]]:
    """The reader of this part. `book`: every measure there is, asked for only when a pack is read."""

    def read(files: Folder, _own: Group | None, chosen: list[Chosen]) -> list[Any]:
        """Nothing of its own; what is wrong with a rule is told to the folder's complaints."""
        for one in chosen:
            for why, values in wrong(one.settings, book()):
                line = one.place.places.get("rules", one.place.line)
                files.complaints.add(one.place.file, line, COMPLAINTS[why], **values)
        return []

    return read


def wrong(settings: AwardSettings, book: MeasureBook | None = None) -> list[tuple[str, dict[str, str]]]:
    """What no rule may be: (key of COMPLAINTS, what fills it). Without a book the measures are taken on trust."""
    codes = {prize.code for prize in settings.prizes}
    found = [("twice", {"code": code}) for code in _doubles([one.code for one in settings.rules])]
    found += [("twice", {"code": code}) for code in _doubles([one.code for one in settings.prizes])]
    for rule in settings.rules:
        found += _of_rule(rule, codes)
        found += _of_book(rule, {measure.code: measure for measure in book}) if book else []
    return found


def _doubles(codes: list[str]) -> list[str]:
    return sorted({code for code in codes if codes.count(code) > 1})


def _of_rule(rule: RuleIn, prizes: set[str]) -> list[tuple[str, dict[str, str]]]:
    found = []
    if sum(map(bool, (rule.measure, rule.board, rule.unit_review))) != 1:
        found.append(("ways", {"code": rule.code}))
    if rule.measure and rule.who == "person" and rule.take != "facts":
        found.append(("people", {"code": rule.code}))
    found += [("prize", {"code": rule.code, "name": one}) for one in rule.prizes if one not in prizes]
    return found


def _of_book(rule: RuleIn, book: Mapping[str, Measure]) -> list[tuple[str, dict[str, str]]]:
    found = []
    if rule.measure and rule.measure not in book:
        found.append(("measure", {"code": rule.code, "name": rule.measure}))
    if rule.board and (rule.board not in book or book[rule.board].ranking is None):
        found.append(("board", {"code": rule.code, "name": rule.board}))
    return found


def unpack(_session: Session, _campaign: Campaign, _pack: Pack) -> None:
    """The settings are all there is; prizes are written when the activity opens and its rules are frozen."""


def discard(session: Session, campaign: uuid.UUID) -> None:
    activities = select(Activity.id).where(Activity.campaign_id == campaign)
    session.execute(delete(Prize).where(Prize.activity_id.in_(activities)))
