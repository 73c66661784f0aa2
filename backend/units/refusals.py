"""Which rows of a list of units cannot be, and why: against each other and against the units there are. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.errors import N_
from backend.units.listing import Entry, Trouble

ABOVE: Mapping[str, tuple[str, ...]] = {
    "hamlet": ("commune",),
    "party_organisation": ("commune", "party_organisation"),
    "party_cell": ("commune", "party_organisation"),
    "agency": ("commune", "agency"),
    "school": ("commune",),
    "school_class": ("school",),
    "youth_branch": ("commune", "youth_branch", "school", "agency", "hamlet"),
    "association": ("commune", "association", "hamlet"),
    "body": ("commune", "body", "agency", "hamlet"),
}
"""Below what a unit of each kind may stand."""


@dataclass(frozen=True)
class Present:
    """A unit as the node has it. `parents`: tree -> (code of the parent, since when)."""

    code: str
    kind: str
    name: str
    level_word: str
    since: date
    named_since: date
    parents: Mapping[str, tuple[str, date]] = field(default_factory=dict)
    heads: Mapping[tuple[str, date], int] = field(default_factory=dict)
    is_closed: bool = False
    is_ours: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.level_word} {self.name}".strip()


@dataclass(frozen=True)
class State:
    """The units of a commune, those below it, and whatever else has a code the list uses. `join_codes`: code -> unit."""

    commune: str
    units: Mapping[str, Present]
    join_codes: Mapping[str, str]
    today: date


def refuse(entries: Iterable[Entry], state: State) -> tuple[list[Entry], list[Trouble]]:
    """The entries that stand, and why the others do not."""
    draft = _Draft(entries, state)
    for check in CHECKS:
        check(draft)
    return draft.standing, draft.troubles


def full_after(entry: Entry, state: State) -> str:
    """What the unit would be called."""
    held = state.units.get(entry.code)
    return f"{entry.level_word or (held.level_word if held else '')} {entry.name}".strip()


class _Draft:
    """The entries that still stand while one check after the other refuses some."""

    def __init__(self, entries: Iterable[Entry], state: State) -> None:
        self.state = state
        self.standing = list(entries)
        self.troubles: list[Trouble] = []

    def refuse(self, entry: Entry, sentence: str, **values: Any) -> None:
        self.standing.remove(entry)
        self.troubles.append(Trouble(entry.line, sentence, values))

    def by_code(self) -> dict[str, Entry]:
        return {entry.code: entry for entry in self.standing}


def _doubles(draft: _Draft) -> None:
    first: dict[str, Entry] = {}
    for entry in list(draft.standing):
        if entry.code in first:
            draft.refuse(
                entry, N_("mã %(code)s đã có ở dòng %(other)s"), code=entry.code, other=first[entry.code].line
            )
        first.setdefault(entry.code, entry)


def _dates(draft: _Draft) -> None:
    for entry in list(draft.standing):
        if any(day and day > draft.state.today for day in (entry.since, entry.counted_on)):
            draft.refuse(entry, N_("ngày ở tương lai; xin nhập khi đã đến ngày ấy"))


def _identities(draft: _Draft) -> None:
    """A code is for one unit for ever: never another kind, never a unit that ended, never another commune's."""
    for entry in list(draft.standing):
        held = draft.state.units.get(entry.code)
        if held is None:
            continue
        if held.code == draft.state.commune or not held.is_ours:
            draft.refuse(entry, N_("mã %(code)s là của đơn vị khác ngoài danh sách này"), code=entry.code)
        elif held.is_closed:
            draft.refuse(entry, N_("mã %(code)s của %(unit)s, đã thôi hoạt động; mã không dùng lại"), code=entry.code, unit=held.full_name)  # fmt: skip
        elif held.kind != entry.kind:
            draft.refuse(
                entry, N_("mã %(code)s đang là của %(unit)s, khác loại"), code=entry.code, unit=held.full_name
            )
        elif _head_differs(entry, held):
            draft.refuse(
                entry,
                N_(
                    "%(unit)s ngày %(day)s đã ghi %(before)s người, tệp ghi %(people)s; số đã ghi không bị ghi đè vì số liệu cũ tính "
                    "theo nó. Nếu số đã ghi là sai, xin ghi số đúng với ngày rà soát lại và nguồn là văn bản đính chính"
                ),
                unit=held.full_name, day=f"{entry.counted_on:%d/%m/%Y}", people=entry.people,
                before=held.heads[entry.population, entry.counted_on],  # type: ignore[index]
            )  # fmt: skip


def _head_differs(entry: Entry, held: Present) -> bool:
    if entry.people is None or entry.counted_on is None:
        return False
    return held.heads.get((entry.population, entry.counted_on), entry.people) != entry.people


def _join_codes(draft: _Draft) -> None:
    taken = dict(draft.state.join_codes)
    for entry in list(draft.standing):
        if not entry.join_code:
            continue
        if entry.kind != "school_class":
            draft.refuse(entry, N_("chỉ lớp học mới có mã tham gia"))
        elif taken.setdefault(entry.join_code, entry.code) != entry.code:
            draft.refuse(entry, N_("mã tham gia %(code)s đã là của đơn vị khác"), code=entry.join_code)


def _cycles(draft: _Draft) -> None:
    """Units that would stand above themselves, by what the list says and what there is already."""
    entries = draft.by_code()

    def above(code: str) -> str:
        entry, held = entries.get(code), draft.state.units.get(code)
        if entry and entry.parent:
            return entry.parent
        places = list(held.parents.values()) if held else []
        return places[0][0] if places else ""

    sound: set[str] = set()
    for entry in list(draft.standing):
        seen, code = {entry.code: None}, above(entry.code)
        while code and code not in seen and code not in sound:
            seen[code] = None
            code = above(code)
        if code == entry.code:
            draft.refuse(entry, N_("trực thuộc vòng tròn: %(chain)s"), chain=" → ".join([*seen, code][-10:]))
        elif code not in seen:
            sound.update(seen)


def _parents(draft: _Draft) -> None:
    """A parent there is and that may stand above this kind; again and again, for a refused parent takes its children."""
    entries, trouble = draft.by_code(), True
    while trouble:
        trouble = False
        for entry in list(draft.standing):
            if told := _parent_trouble(entry, entries, draft.state):
                draft.refuse(entry, told[0], **told[1])
                del entries[entry.code]
                trouble = True


def _parent_trouble(
    entry: Entry, entries: Mapping[str, Entry], state: State
) -> tuple[str, dict[str, Any]] | None:
    code = entry.parent or ("" if entry.code in state.units else state.commune)
    if not code or _stands_there(entry.code, code, state):
        return None
    above = state.units.get(code)
    listed = entries.get(code)
    if listed is None and (above is None or above.is_closed or not above.is_ours):
        return N_("không có đơn vị trực thuộc mang mã %(code)s"), {"code": code}
    kind, name = (above.kind, above.full_name) if above else (listed.kind, listed.name)  # type: ignore[union-attr]
    if kind not in ABOVE[entry.kind]:
        return N_("đơn vị loại này không thể trực thuộc %(unit)s (mã %(code)s)"), {"unit": name, "code": code}
    founded = above.since if above else (listed.since if listed else None) or state.today
    if founded > (entry.since or state.today) and entry.code not in state.units:
        return N_("ngày thành lập sớm hơn đơn vị trực thuộc %(unit)s"), {"unit": name}
    return None


def _stands_there(code: str, parent: str, state: State) -> bool:
    held = state.units.get(code)
    return held is not None and parent in {place for place, _since in held.parents.values()}


def _names(draft: _Draft) -> None:
    """Two units of one kind under one parent are not called the same, once the whole list is in."""
    entries, keys = draft.by_code(), {}
    for code, held in draft.state.units.items():
        if held.is_ours and not held.is_closed and code not in entries:
            keys[code] = _key(held.kind, _parent_now(held), held.full_name)
    for entry in draft.standing:
        keys[entry.code] = _key_after(entry, draft.state)
    sharing: dict[tuple[str, str, str], list[str]] = {}
    for code, key in keys.items():
        sharing.setdefault(key, []).append(code)
    for entry in list(draft.standing):
        others = [code for code in sharing[keys[entry.code]] if code != entry.code]
        if others and not _may_keep(entry, others, keys, draft.state, entries):
            draft.refuse(entry, N_("%(unit)s trùng tên với đơn vị mã %(code)s"), unit=full_after(entry, draft.state), code=others[0])  # fmt: skip


def _may_keep(
    entry: Entry, others: list[str], keys: Mapping[str, Any], state: State, entries: Mapping[str, Entry]
) -> bool:
    """Whoever bears the name already; failing that the first in the list."""

    def bore(code: str) -> bool:
        held = state.units.get(code)
        return held is not None and _key(held.kind, _parent_now(held), held.full_name) == keys[code]

    if bore(entry.code):
        return True
    return not any(bore(code) or code not in entries or entries[code].line < entry.line for code in others)


def _key(kind: str, parent: str, full_name: str) -> tuple[str, str, str]:
    return kind, parent, full_name.casefold()


def _key_after(entry: Entry, state: State) -> tuple[str, str, str]:
    held = state.units.get(entry.code)
    parent = entry.parent or (_parent_now(held) if held else state.commune)
    return _key(entry.kind, parent, full_after(entry, state))


def _parent_now(held: Present) -> str:
    places = list(held.parents.values())
    return places[0][0] if places else ""


CHECKS: Sequence[Callable[[_Draft], None]] = (
    _doubles,
    _dates,
    _identities,
    _join_codes,
    _cycles,
    _parents,
    _names,
)
"""In this order: each looks at what the ones before left standing."""
