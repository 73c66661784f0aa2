"""What a published card says and the ledger does not, in words: the criterion by its title, the figure by its name."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext

from admin import card_words, shown
from backend import http
from backend.cards import store, verify, words
from backend.cards.models import Card
from backend.cards.restatement import Difference
from backend.cards.verify import Mismatch
from backend.errors import N_

SENTENCES = {
    verify.MISSING: N_("thiếu một bản đã công bố trước bản này"),
    verify.FORGED: N_("nội dung đang lưu không còn đúng như lúc công bố"),
    verify.UNREADABLE: N_("nội dung đang lưu không đọc được"),
    verify.WRITTEN: N_("nội dung giống nhau nhưng cách ghi đã khác"),
}
SHORT = 40


def sentences(card: Card, found: list[Mismatch]) -> list[str]:
    """One for each mismatch: 'Bản số 1, Hộ đã đến, tử số: đã công bố 7, tính lại được 6'."""
    template = store.template_with(http.session(), card.template_sha)
    titles = {one.code: one.title for one in template.criteria}
    return [
        gettext("Bản số %(number)s, %(what)s", number=one.number, what=_what(one.what, titles))
        for one in found
    ]


def _what(what: str | Difference, titles: Mapping[str, Mapping[str, str]]) -> str:
    if not isinstance(what, Difference):
        return gettext(SENTENCES[what]) if what in SENTENCES else what
    return gettext(
        "%(place)s: đã công bố %(said)s, tính lại được %(found)s",
        place=_place(what.path, titles),
        said=_told(what.said),
        found=_told(what.found),
    )


def _place(path: tuple[str, ...], titles: Mapping[str, Mapping[str, str]]) -> str:
    """The innermost names that have words."""
    criterion = next((shown.words(dict(titles[one])) for one in path if one in titles), "")
    field = next((gettext(words.FIELDS[one]) for one in reversed(path) if one in words.FIELDS), "")
    if not criterion and "total" in path:
        criterion = gettext("Tổng điểm của phiếu")
    told = ", ".join(filter(None, [criterion, field.lower() if criterion else field]))
    return told or gettext("phần thông tin chung của phiếu")


def _told(value: Any) -> str:
    """A number as everywhere; of anything larger only that there is something else."""
    if value is None:
        return gettext("chưa có")
    if isinstance(value, Mapping):
        return _told(value.get("value")) if "value" in value else gettext("nội dung khác")
    try:
        return card_words.number(Decimal(str(value)))
    except InvalidOperation:
        return str(value) if isinstance(value, str) and len(value) <= SHORT else gettext("nội dung khác")
