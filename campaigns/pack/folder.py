"""The files of a pack, read within bounds: nothing outside the folder, nothing too large, every file once."""

import hashlib
from pathlib import Path

from backend.errors import N_
from campaigns.pack.lines import Complaints, Group, Node, read_yaml
from campaigns.pack.pictures import MOST_BYTES as MOST_PICTURE_BYTES
from campaigns.pack.pictures import NoPicture, Picture, take_in
from campaigns.pack.shapes import PictureIn

MOST_FILES = 400
MOST_BYTES = 40_000_000
MOST_PICTURES = 150
PICTURES = "pictures"


class Folder:
    """A pack's folder, what is wrong with it so far, and the pictures its YAML names."""

    def __init__(self, root: Path, complaints: Complaints) -> None:
        self.root = root
        self.complaints = complaints
        self.pictures: dict[str, Picture] = {}
        self.alts: dict[str, dict[str, str]] = {}
        self._refused: set[str] = set()
        self._files = self._look_around()

    def _look_around(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_symlink():
                self.complaints.add(
                    name, 1, N_("Gói nội dung không dùng lối tắt tới tệp khác. Xin chép chính tệp đó vào.")
                )
            elif path.is_file() and not any(part.startswith(".") for part in name.split("/")):
                found[name] = path
        self._check_size(found)
        return found

    def _check_size(self, found: dict[str, Path]) -> None:
        if len(found) > MOST_FILES:
            self.complaints.add("pack.yaml", 1, N_("Gói có quá nhiều tệp: tối đa %(most)s."), most=MOST_FILES)
        if sum(path.stat().st_size for path in found.values()) > MOST_BYTES:
            self.complaints.add(
                "pack.yaml", 1, N_("Gói quá lớn: tối đa %(most)s MB."), most=MOST_BYTES // 1_000_000
            )
        self.complaints.raise_if_any()

    @property
    def digest(self) -> str:
        """Changes when any file of the pack changes."""
        lines = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in self._files.items()
        ]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def has(self, name: str) -> bool:
        return name in self._files

    def named(self, beginning: str) -> list[str]:
        """YAML files whose path begins so, in order."""
        return [name for name in self._files if name.startswith(beginning) and name.endswith(".yaml")]

    def yaml(self, name: str) -> Node | None:
        """The document in that file; None after telling why it cannot be read."""
        return read_yaml(name, self._files[name].read_bytes(), self.complaints)

    def take_picture(self, picture: PictureIn, place: Group) -> str:
        """Take in a picture that the YAML names; answers its name. `place` is where it is named."""
        line = place.places.get("file", place.line)
        path = self._files.get(f"{PICTURES}/{picture.file}")
        if path is None:
            sentence = N_(
                "Không có ảnh “%(name)s” trong thư mục pictures của gói. Xin thêm ảnh hoặc sửa tên."
            )
            if ".." in picture.file.split("/") or picture.file.startswith("/"):
                sentence = N_(
                    "Tên ảnh “%(name)s” chỉ ra ngoài thư mục pictures của gói. Xin chép ảnh vào đó."
                )
            self.complaints.add(place.file, line, sentence, name=picture.file)
        elif len(self.pictures) >= MOST_PICTURES:
            self.complaints.add(
                place.file, line, N_("Gói có quá nhiều ảnh: tối đa %(most)s."), most=MOST_PICTURES
            )
        elif picture.file not in self.pictures and picture.file not in self._refused:
            self._look_at(picture.file, path, place.file, line)
        self.alts[picture.file] = {"vi": picture.alt.vi} | ({"en": picture.alt.en} if picture.alt.en else {})
        return picture.file

    def _look_at(self, name: str, path: Path, file: str, line: int) -> None:
        try:
            self.pictures[name] = take_in(name, path.read_bytes())
        except NoPicture as error:
            self._refused.add(name)
            most = MOST_PICTURE_BYTES // 1_000_000
            self.complaints.add(file, line, error.sentence, name=name, most=most)
