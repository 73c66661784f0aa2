"""Words for what movements are kept as, which of them this member may see, and what was typed about them."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask import request

from admin.blueprint import MOVEMENT_KEEPERS, UNIT_HEADS
from admin.forms import typed
from backend import clock, http
from backend.errors import N_, NotFound
from backend.people.staff import reach
from backend.units.offices import LINE_WORDS as LINES  # noqa: F401 - templates
from backend.units.queries import NamedUnit, named_to_the_last
from backend.units.tags import TAG_WORDS
from backend.units.trees import each_subtree, subtree
from backend.units.words import sort_key
from campaigns.models import Activity, Campaign
from campaigns.movement import enrolment, overview
from campaigns.movement.criteria import Say
from campaigns.movement.errors import NumberInvalid
from campaigns.movement.schemas import Criterion, MovementSettings, PromiseIn
from campaigns.movement.terms import REVIEWS, THEMES, WAYS  # noqa: F401 - templates
from campaigns.registry import settings_of as settings_of

STATES = {
    "open": N_("chờ xác nhận"),
    "confirmed": N_("đã xác nhận"),
    "returned": N_("gửi lại để bổ sung"),
    "withdrawn": N_("đã rút"),
}
SORTS = {
    "firm": N_("Doanh nghiệp"),
    "household_business": N_("Hộ kinh doanh"),
    "cooperative": N_("Hợp tác xã"),
}
AGREED = {"spoken": N_("đồng ý bằng lời"), "written": N_("đồng ý bằng giấy")}
SOURCES = {
    "measured": N_("Hệ thống đếm"),
    "declared": N_("Đơn vị kê khai"),
    "self": N_("Tự đánh giá"),
}
WHY = {
    "hidden": N_("ẩn để không lộ cá nhân"),
    "no_headcount": N_("chưa có số dân để tính"),
    "not_said": N_("chưa có"),
}
MODELS = {"draft": N_("đang viết"), "published": N_("đã đăng"), "withdrawn": N_("đã gỡ")}
TAGS = TAG_WORDS


@dataclass(frozen=True)
class Seen:
    """A movement with the offices the member holds in it. `heads`: units the member may speak for."""

    activity: Activity
    campaign: Campaign
    keeps: bool
    heads: frozenset[uuid.UUID]

    @property
    def settings(self) -> MovementSettings:
        found: MovementSettings = settings_of(self.activity)
        return found

    @property
    def is_over(self) -> bool:
        return self.activity.state == "settled" or enrolment.has_review(
            http.session(), self.activity.id, "final"
        )


def movements_seen() -> list[tuple[Activity, Campaign]]:
    """Movements a unit in reach takes part in, the newest opening first; drafts for who prepares them."""
    mine, keeps, owners = reach(http.session(), http.staff()), _kept(), overview.owners(http.session())
    parts = each_subtree(http.session(), owners, clock.today())
    near = {owner for owner in owners if owner in keeps or mine & parts.get(owner, {owner})}
    return [
        pair
        for pair in overview.of_owners(http.session(), near)
        if pair[1].owner_unit_id in keeps or pair[1].state != "draft"
    ]


def _kept() -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *MOVEMENT_KEEPERS)


def _part(campaign: Campaign) -> set[uuid.UUID]:
    return subtree(http.session(), campaign.owner_unit_id, clock.today())


def seen(activity_id: uuid.UUID) -> Seen:
    """Raises NotFound for one out of reach."""
    activity, campaign = overview.one(http.session(), activity_id)
    part = _part(campaign)
    keeps = campaign.owner_unit_id in _kept()
    if not keeps and (campaign.state == "draft" or not reach(http.session(), http.staff()) & part):
        raise NotFound
    heads = reach(http.session(), http.staff(), *UNIT_HEADS) & part
    return Seen(activity, campaign, keeps, frozenset(heads))


def names(units: Iterable[uuid.UUID]) -> dict[uuid.UUID, NamedUnit]:
    wanted = list(units)
    return named_to_the_last(http.session(), wanted, clock.today()) if wanted else {}


def by_name(units: Iterable[uuid.UUID]) -> list[NamedUnit]:
    """For a choice, in Vietnamese order."""
    return sorted(names(units).values(), key=lambda one: (sort_key(one.name), one.code))


GROUPED = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?", re.ASCII)
EITHER = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)


def written(value: Decimal | float) -> str:
    """As a form takes it back: '1306,5', never grouped."""
    return f"{Decimal(str(value)).normalize():f}".replace(".", ",")


# --- what was typed --------------------------------------------------------------------------------------------------


def number(criterion: Criterion, text: str) -> Decimal | None:
    """'25,5' -> 25.5, '1.306' -> 1306; nothing typed is nothing said. Raises NumberInvalid, also for a comma before three
    digits: it could be either."""
    plain = "".join(text.split())
    if not plain:
        return None
    if GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    elif EITHER.fullmatch(plain):
        raise NumberInvalid(title=criterion.vi)
    try:
        found = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        raise NumberInvalid(title=criterion.vi) from None
    if not found.is_finite() or not 0 <= found <= 10_000_000:
        raise NumberInvalid(title=criterion.vi)
    return found.quantize(Decimal("0.01"))


def promises(criteria: Iterable[Criterion]) -> list[PromiseIn]:
    """What an entrant sets itself, as the form has it. Raises NumberInvalid."""
    found = []
    for one in criteria:
        target = number(one, typed(f"target-{one.code}", 20))
        words = typed(f"words-{one.code}", 300)
        if target is not None or words:
            found.append(PromiseIn(one.code, None if target is None else float(target), words))
    return found


def sayings(criteria: Iterable[Criterion]) -> list[Say]:
    """What is declared with a paper, or said of oneself, as far as anything was filled in. Raises NumberInvalid."""
    found = []
    for one in criteria:
        value = number(one, typed(f"value-{one.code}", 20)) if one.source != "self" else None
        met = {"yes": True, "no": False}.get(typed(f"met-{one.code}", 3))
        words, paper = typed(f"words-{one.code}", 1000), typed(f"paper-{one.code}", 200)
        if value is not None or met is not None or words or paper:
            found.append(Say(one.code, value=value, met=met, words=words, paper=paper))
    return found


def everything_typed() -> Mapping[str, str]:
    """Nothing that was typed is lost when the deed is refused."""
    return {name: typed(name) for name in request.form}


def typed_id(name: str) -> uuid.UUID:
    """Raises NotFound: no form offers it."""
    try:
        return uuid.UUID(typed(name, 40))
    except ValueError:
        raise NotFound from None


def revision() -> int:
    text = typed("revision", 9)
    return int(text) if text.isascii() and text.isdecimal() else -1


def page_asked(name: str = "page") -> int:
    text = request.args.get(name, "")
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
