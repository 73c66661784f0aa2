"""A question as somebody wrote it, looked at from all sides, because a wrong key is found by people who lost a prize over it."""

import re
from typing import Annotated, Any

from msgspec import Meta, Struct

from backend.errors import N_
from campaigns.contest.rules import canonical
from campaigns.contest.schemas import Form
from campaigns.pack.lines import Complaints, Group, Node, Rows
from campaigns.pack.shapes import PictureIn

Code = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


class OptionIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One option, or one item of the right-hand side of a matching."""

    code: str | int
    vi: Annotated[str, Meta(max_length=300)]
    en: Annotated[str, Meta(max_length=300)] | None = None


class ProseIn(Struct, frozen=True, forbid_unknown_fields=True):
    vi: Annotated[str, Meta(max_length=1000)]
    en: Annotated[str, Meta(max_length=1000)] | None = None


class QuestionIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A question as it is written in a file. What `key` looks like depends on the form."""

    code: Code
    topic: str
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    text: ProseIn
    options: Annotated[list[OptionIn], Meta(min_length=2, max_length=6)]
    key: str | int | list[str | int] | dict[str, str | int]
    explanation: ProseIn
    source: Annotated[str, Meta(max_length=500)]
    form: Form = "single"
    matches: Annotated[list[OptionIn], Meta(max_length=6)] = []
    picture: PictureIn | None = None


class Looked:
    """One question and all that is wrong with it."""

    def __init__(self, complaints: Complaints, told: QuestionIn, place: Group) -> None:
        self.complaints = complaints
        self.told = told
        self.place = place
        self.options = [str(option.code) for option in told.options]
        self.matches = [str(match.code) for match in told.matches]

    def key(self, topics: dict[str, Any], seen: dict[str, str]) -> str | None:
        """The key as papers keep it, or None after telling what is wrong."""
        found = len(self.complaints.errors)
        self._check_code(seen)
        if topics and self.told.topic not in topics:
            self._say(
                "topic",
                N_("Chủ đề “%(topic)s” chưa khai trong mục contest.topics của pack.yaml."),
                topic=self.told.topic[:60],
            )
        self._check_sides()
        self._check_key()
        if len(self.complaints.errors) > found:
            return None
        key = canonical(self.told.form, "".join(self.options), "".join(self.matches), self._written())
        if key is None:
            self._say("key", N_("Đáp án của câu “%(code)s” không khớp với các phương án."))
        return key

    def _say(self, name: str, sentence: str, **values: Any) -> None:
        node = self.place.entries.get(name)
        line = self.place.places.get(name, self.place.line) if node is None else node.line
        self.complaints.add(self.place.file, line, sentence, **{"code": self.told.code} | values)

    def _check_code(self, seen: dict[str, str]) -> None:
        code, line = self.told.code, self.place.places["code"]
        if code in seen:
            self._say(
                "code", N_("Mã “%(code)s” đã dùng ở %(first)s. Mỗi mã chỉ dùng một lần."), first=seen[code]
            )
        seen.setdefault(code, f"{self.place.file}:{line}")

    def _check_sides(self) -> None:
        for name, codes, rows in (
            ("options", self.options, self.told.options),
            ("matches", self.matches, self.told.matches),
        ):
            places = groups_in(self.place.entries.get(name))
            for at, (code, row) in enumerate(zip(codes, rows, strict=True)):
                self._check_row(places[at], code, codes[:at], row, rows[:at])
        if self.told.form == "true_false" and sorted(self.options) != ["f", "t"]:
            self._say("options", N_("Câu đúng/sai (true_false) có đúng hai phương án: t (Đúng) và f (Sai)."))
        if self.told.form == "matching" and len(self.matches) != len(self.options):
            self._say("matches", N_("Câu ghép đôi (matching) cần “matches” có số mục bằng “options”."))
        if self.told.form != "matching" and self.matches:
            self._say(
                "matches", N_("Chỉ câu ghép đôi (matching) mới có “matches”. Xin bỏ mục này hoặc sửa “form”.")
            )

    def _check_row(
        self, place: Group, code: str, before: list[str], row: OptionIn, rows: list[OptionIn]
    ) -> None:
        if not re.fullmatch(r"[a-z0-9]", code):
            sentence = N_("Mã phương án “%(option)s” phải là một chữ cái thường hoặc một chữ số.")
            self.complaints.add(place.file, place.line, sentence, option=code[:20])
        if code in before:
            sentence = N_("Phương án “%(option)s” ghi hai lần trong câu “%(code)s”.")
            self.complaints.add(place.file, place.line, sentence, option=code[:20], code=self.told.code)
        if any(_same(row.vi, other.vi) for other in rows):
            sentence = N_("Hai phương án của câu “%(code)s” giống hệt nhau.")
            self.complaints.add(place.file, place.line, sentence, code=self.told.code)

    def _check_key(self) -> None:
        key, form = self.told.key, self.told.form
        if form == "matching":
            self._check_pairs(key)
        elif isinstance(key, dict):
            self._say(
                "key", N_("Chỉ câu ghép đôi (matching) mới có đáp án theo cặp. Xin sửa “key” hoặc “form”.")
            )
        elif form in ("single", "true_false"):
            self._check_one(key)
        elif not isinstance(key, list):
            self._say("key", N_("Câu dạng %(form)s cần đáp án là danh sách, ví dụ [a, c]."), form=form)
        else:
            self._check_many([str(part) for part in key])

    def _check_one(self, key: Any) -> None:
        if isinstance(key, list) and len(key) != 1:
            self._say("key", N_("Câu “%(code)s” ghi là chọn một (%(form)s) nhưng có %(count)s đáp án đúng. Xin để lại một, "
                                "hoặc đổi “form” thành several."), form=self.told.form, count=len(key))  # fmt: skip
        elif isinstance(key, list):
            self._say(
                "key", N_("Đáp án của câu chọn một viết là một mã, ví dụ “key: b”, không phải danh sách.")
            )
        else:
            self._check_known([str(key)])

    def _check_many(self, key: list[str]) -> None:
        self._check_known(key)
        if len(set(key)) != len(key):
            self._say("key", N_("Đáp án của câu “%(code)s” ghi một phương án hai lần."))
        if self.told.form == "ordering" and sorted(key) != sorted(self.options):
            self._say(
                "key",
                N_("Câu sắp xếp (ordering) cần đáp án gồm tất cả các phương án, mỗi phương án một lần."),
            )
        if self.told.form == "several" and len(set(key)) < 2:
            self._say(
                "key",
                N_(
                    "Câu chọn nhiều (several) cần ít nhất hai đáp án đúng. Nếu chỉ có một, đổi “form” thành single."
                ),
            )
        if self.told.form == "several" and set(key) >= set(self.options):
            self._say("key", N_("Câu chọn nhiều (several) không thể mọi phương án đều đúng."))

    def _check_pairs(self, key: Any) -> None:
        if not isinstance(key, dict):
            self._say("key", N_('Đáp án của câu ghép đôi (matching) viết theo cặp, ví dụ {a: "2", b: "1"}.'))
            return
        self._check_known(list(key))
        right = [str(value) for value in key.values()]
        if unknown := sorted(set(right) - set(self.matches)):
            self._say(
                "key",
                N_("Đáp án ghép với “%(wrong)s”, không có trong “matches”."),
                wrong=", ".join(unknown)[:60],
            )
        if missing := sorted(set(self.options) - set(key)):
            self._say("key", N_("Đáp án ghép đôi còn thiếu: %(missing)s."), missing=", ".join(missing))
        if len(set(right)) != len(right):
            self._say("key", N_("Đáp án ghép đôi dùng một mục bên phải hai lần."))

    def _check_known(self, key: list[str]) -> None:
        if unknown := sorted(set(key) - set(self.options)):
            self._say("key", N_("Đáp án “%(wrong)s” không có trong các phương án (%(known)s)."),
                      wrong=", ".join(unknown)[:60], known=", ".join(self.options))  # fmt: skip

    def _written(self) -> str:
        key = self.told.key
        if isinstance(key, dict):
            return ",".join(f"{left}:{right}" for left, right in key.items())
        return ",".join(str(part) for part in key) if isinstance(key, list) else str(key)


def groups_in(node: Node | None) -> list[Group]:
    return [item for item in node.items if isinstance(item, Group)] if isinstance(node, Rows) else []


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
