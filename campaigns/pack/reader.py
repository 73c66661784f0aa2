"""Reading a pack: what every kind of activity shares. Each kind reads its own part."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.common_terms import CommonIn, may_be_named
from campaigns.pack.folder import Folder
from campaigns.pack.lines import Complaints, Group, Rows
from campaigns.pack.pictures import Picture
from campaigns.pack.shapes import LongWords, PictureIn, Slug, Words, in_languages, shaped

MAIN = "pack.yaml"
Day = Annotated[int, Meta(ge=0, le=730)]


class ActivityIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`settings` are the kind's own; `rules` the organiser's lines after those that the settings say by themselves."""

    kind: str
    code: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Words
    settings: dict[str, Any] = {}
    rules: LongWords | None = None


class RoundIn(Struct, frozen=True, forbid_unknown_fields=True):
    """From the morning of one day to the evening of another, counted from the day the campaign begins."""

    title: Words
    opens_day: Day
    closes_day: Day
    activities: Annotated[list[ActivityIn], Meta(min_length=1, max_length=20)]


class PackIn(Struct, frozen=True, forbid_unknown_fields=True):
    """pack.yaml, without the parts of the kinds. `counts_by`: the membership that says where a deed counts;
    `population`: whom its rates are taken of; `common`: one contest of many communes, fixed from above."""

    pack: Slug
    version: Annotated[int, Meta(ge=1)]
    campaign_kind: Literal["outreach", "emulation", "literacy"]
    title: Words
    summary: LongWords
    rounds: Annotated[list[RoundIn], Meta(min_length=1, max_length=60)]
    themes: Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=10)] = []
    cover: PictureIn | None = None
    counts_by: Literal["lives_in", "works_at", "studies_at", "party_cell", "youth_branch"] = "lives_in"
    population: Literal["residents_from_7", "residents", "members"] = "residents_from_7"
    common: CommonIn | None = None


@dataclass(frozen=True)
class Activity:
    """One thing to do. `settings` are plain values, checked against the kind's type."""

    kind: str
    code: str
    title: dict[str, Any]
    settings: dict[str, Any]
    rules: dict[str, Any]


@dataclass(frozen=True)
class Round:
    """Days counted from the campaign's first, both included."""

    title: dict[str, Any]
    opens_day: int
    closes_day: int
    activities: tuple[Activity, ...]


@dataclass(frozen=True)
class Pack:
    """A pack as it was read. `parts`: kind -> what its room read, which `Kind.unpack` puts into the campaign."""

    folder: Path
    digest: str
    code: str
    version: int
    kind: str
    title: dict[str, Any]
    summary: dict[str, Any]
    themes: tuple[str, ...]
    rounds: tuple[Round, ...]
    cover: str | None = None
    counts_by: str = "lives_in"
    population: str = "residents_from_7"
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    alts: Mapping[str, dict[str, str]] = field(default_factory=dict)
    parts: Mapping[str, Any] = field(default_factory=dict)
    common: CommonIn | None = None

    @property
    def activities(self) -> list[Activity]:
        return [activity for round_ in self.rounds for activity in round_.activities]

    @property
    def topics(self) -> dict[str, dict[str, Any]]:
        """What the topics of its question banks are called."""
        return {
            code: words for part in self.parts.values() for code, words in getattr(part, "topics", {}).items()
        }

    @property
    def how_many_questions(self) -> int:
        held = (
            len(getattr(part, "questions", ())) + getattr(part, "sealed", 0) for part in self.parts.values()
        )
        return sum(held)


@dataclass(frozen=True)
class Chosen:
    """The settings of one activity, as the kind's own type, and where they are written."""

    settings: Any
    place: Group


@dataclass(frozen=True)
class PackPart:
    """A kind's part of packs.

    `read(folder, own, chosen)`: the folder, what pack.yaml says under the kind's name, its activities' settings; answers
    what `Kind.unpack` finds in `Pack.parts`. `discard(session, campaign)` takes what was unpacked out of a draft again.
    """

    read: Callable[[Folder, Group | None, list[Chosen]], Any]
    discard: Callable[[Session, uuid.UUID], None]


def read_pack(folder: Path) -> Pack:
    """Raises PackInvalid with everything that is wrong."""
    complaints = Complaints()
    files = Folder(folder, complaints)
    if not files.has(MAIN):
        complaints.add(MAIN, 1, N_("Thiếu tệp pack.yaml ở ngay thư mục ngoài cùng của gói."))
    root = files.yaml(MAIN) if files.has(MAIN) else None
    complaints.raise_if_any()
    if not isinstance(root, Group):
        complaints.add(MAIN, 1, N_("Tệp này phải gồm các mục có tên: pack, version, title, rounds …"))
        complaints.raise_if_any()
        raise AssertionError  # said above
    return _Reading(files, complaints).read(root)


class _Reading:
    def __init__(self, files: Folder, complaints: Complaints) -> None:
        # A kind reads its own part with the words of this package, so it is asked only now.
        from campaigns.registry import KINDS, PACK_PARTS

        self.kinds = {kind.name: kind for kind in KINDS}
        self.parts = PACK_PARTS
        self.files = files
        self.complaints = complaints

    def read(self, root: Group) -> Pack:
        shared = {name: node for name, node in root.entries.items() if name not in self.kinds}
        told = shaped(Group(root.file, root.line, shared, root.places), PackIn, self.complaints)
        chosen = self._settings(root)
        cover = root.entries.get("cover")
        if told and told.cover and isinstance(cover, Group):
            self.files.take_picture(told.cover, cover)
        parts = {kind: self._part(root, kind, found) for kind, found in chosen.items()}
        if told:
            self._check_rounds(root, told)
            self._check_common(root, told)
        self.complaints.raise_if_any()
        assert told  # noqa: S101 - otherwise a complaint was raised
        return self._pack(told, parts)

    def _part(self, root: Group, kind: str, chosen: list[Chosen]) -> Any:
        own = root.entries.get(kind)
        if own is not None and not isinstance(own, Group):
            self.complaints.add(
                own.file, own.line, N_("Mục “%(name)s” phải là một nhóm gồm nhiều mục có tên."), name=kind
            )
            own = None
        return self.parts[kind].read(self.files, own, chosen)

    def _settings(self, root: Group) -> dict[str, list[Chosen]]:
        """The settings of every activity, by kind; an unknown kind is told."""
        found: dict[str, list[Chosen]] = {}
        for activity in activities_in(root):
            kind, place = activity.entries.get("kind"), activity.entries.get("settings")
            if kind is None or not isinstance(kind.plain, str):
                continue
            if kind.plain not in self.kinds:
                known = ", ".join(self.kinds)
                sentence = N_("Không có loại hoạt động “%(name)s”. Các loại dùng được: %(known)s.")
                self.complaints.add(kind.file, kind.line, sentence, name=kind.plain[:60], known=known)
                continue
            found.setdefault(kind.plain, [])
            place = place if isinstance(place, Group) else Group(activity.file, activity.line, {}, {})
            settings = shaped(place, self.kinds[kind.plain].settings, self.complaints)
            if settings is not None:
                found[kind.plain].append(Chosen(settings, place))
        return found

    def _check_rounds(self, root: Group, told: PackIn) -> None:
        """In order, one after the other, and no code given twice."""
        places = _items(root.entries.get("rounds"))
        before = -1
        for place, round_ in zip(places, told.rounds, strict=True):
            at = place.places.get("closes_day", place.line)
            if round_.closes_day < round_.opens_day:
                self.complaints.add(
                    place.file, at, N_("Đợt này đóng trước khi mở: closes_day phải bằng hoặc sau opens_day.")
                )
            if round_.opens_day <= before:
                self.complaints.add(place.file, place.places.get("opens_day", place.line),
                                    N_("Đợt này mở khi đợt trước chưa đóng. Xin xếp các đợt nối tiếp nhau."))  # fmt: skip
            before = round_.closes_day
        self._check_codes(root)

    def _check_common(self, root: Group, told: PackIn) -> None:
        """What names a contest between nodes is short and holds no long number, or no peer would take it."""
        codes = [told.pack, *(activity.code for round_ in told.rounds for activity in round_.activities)]
        if told.common and not all(may_be_named(code) for code in codes):
            line = root.places.get("common", root.line)
            self.complaints.add(root.file, line, N_("Gói của cuộc thi chung: mã gói và mã từng đợt dài tối đa 50 chữ và không có dãy số dài."))  # fmt: skip

    def _check_codes(self, root: Group) -> None:
        seen: dict[str, int] = {}
        for activity in activities_in(root):
            code, line = activity.entries["code"].plain, activity.places["code"]
            if code in seen:
                self.complaints.add(activity.file, line, N_("Mã “%(code)s” đã dùng ở dòng %(first)s. Mỗi mã chỉ dùng một lần."),
                                    code=code, first=seen[code])  # fmt: skip
            seen.setdefault(code, line)

    def _pack(self, told: PackIn, parts: dict[str, Any]) -> Pack:
        return Pack(
            folder=self.files.root,
            digest=self.files.digest,
            code=told.pack,
            version=told.version,
            kind=told.campaign_kind,
            title=in_languages(told.title),
            summary=in_languages(told.summary),
            themes=tuple(told.themes),
            rounds=tuple(self._round(round_) for round_ in told.rounds),
            cover=told.cover.file if told.cover else None,
            counts_by=told.counts_by,
            population=told.population,
            pictures=self.files.pictures,
            alts=self.files.alts,
            parts=parts,
            common=told.common,
        )

    def _round(self, told: RoundIn) -> Round:
        activities = tuple(
            Activity(
                kind=activity.kind,
                code=activity.code,
                title=in_languages(activity.title),
                settings=msgspec.to_builtins(
                    msgspec.convert(activity.settings, self.kinds[activity.kind].settings)
                ),
                rules=in_languages(activity.rules) if activity.rules else {"vi": ""},
            )
            for activity in told.activities
        )
        return Round(in_languages(told.title), told.opens_day, told.closes_day, activities)


def activities_in(root: Group) -> Iterator[Group]:
    """Every activity of pack.yaml that is written as a group, whatever else is wrong."""
    for round_ in _items(root.entries.get("rounds")):
        yield from _items(round_.entries.get("activities"))


def _items(node: Any) -> list[Group]:
    return [item for item in node.items if isinstance(item, Group)] if isinstance(node, Rows) else []
