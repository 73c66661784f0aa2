"""Packs at hand: those that ship with the product and those that organisers brought; and a pack's pictures in a campaign."""

import functools
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import N_
from campaigns.models import Campaign, CampaignPicture
from campaigns.pack.folder import MOST_BYTES, MOST_FILES
from campaigns.pack.lines import Complaints
from campaigns.pack.pictures import MEDIA_TYPE
from campaigns.pack.reader import MAIN, Pack, read_pack

SHIPPED = Path(__file__).parents[1] / "packs"
BROUGHT = "packs"
"""Below the node's data folder, one folder per pack, named by what is in it."""
MOST_ZIPPED = 20_000_000
KEPT = (".yaml", ".png", ".jpg", ".jpeg", ".webp", ".md", ".txt")
_STRAY = ("__MACOSX", ".DS_Store", "Thumbs.db")


def put_pictures(session: Session, campaign: Campaign, pack: Pack, names: Iterable[str]) -> None:
    """Keep these pictures of the pack with the campaign; one that is there already stays."""
    there = set(
        session.scalars(select(CampaignPicture.name).where(CampaignPicture.campaign_id == campaign.id))
    )
    for name in sorted(set(names) - there):
        picture = pack.pictures[name]
        session.add(
            CampaignPicture(
                campaign_id=campaign.id,
                name=name,
                digest=picture.digest,
                media_type=MEDIA_TYPE,
                alt=pack.alts[name],
                body=picture.body,
            )
        )
    session.flush()  # the next kind asks what is there


# --- which packs there are ----------------------------------------------------------------------------------------


def at_hand(data: Path) -> list[Path]:
    """The folders of all packs: shipped ones first, then those brought, by name."""
    found = [SHIPPED, data / BROUGHT]
    return [main.parent for place in found if place.is_dir() for main in sorted(place.glob(f"*/{MAIN}"))]


def named(data: Path, name: str) -> Path | None:
    """The folder of the pack whose folder bears that name."""
    return next((folder for folder in at_hand(data) if folder.name == name), None)


def read_once(folder: Path) -> Pack:
    """The pack, read anew only when a file of it changed. Raises PackInvalid."""
    marks = tuple(
        sorted((str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file())
    )
    return _read_marked(folder, marks)


# Far more than ship with the product: the console's pages ask for all of them in turn, and a cache one too small
# for that would read every one anew on every page.
@functools.lru_cache(maxsize=64)
def _read_marked(folder: Path, _marks: tuple[tuple[str, int, int], ...]) -> Pack:
    return read_pack(folder)


# --- a pack somebody brings -----------------------------------------------------------------------------------------


def take_in(data: Path, file: IO[bytes]) -> Pack:
    """Unpack a zip, read the pack in it, and keep it below the data folder. Raises PackInvalid; then nothing is kept."""
    place = data / BROUGHT
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, prefix=".new-") as fresh:
        folder = Path(fresh) / "pack"
        folder.mkdir()
        _unzip(file, folder)
        pack = read_pack(folder)
        kept = place / f"{pack.code}-v{pack.version}-{pack.digest[:12]}"
        if not kept.exists():
            shutil.move(folder, kept)
    return read_once(kept)


def _unzip(file: IO[bytes], into: Path) -> None:
    """Write the zip's files, counting bytes as they come: what a zip says of itself is not believed."""
    complaints = Complaints()
    try:
        with zipfile.ZipFile(file) as archive:
            _write_all(archive, into, complaints)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        # RuntimeError: a password; NotImplementedError: a way of packing that is not known here.
        del error
        complaints.add(
            "*.zip",
            1,
            N_("Không mở được tệp này như một tệp zip thường (không mật khẩu). Xin nén lại rồi tải lên."),
        )
    complaints.raise_if_any()


def _write_all(archive: zipfile.ZipFile, into: Path, complaints: Complaints) -> None:
    members = [m for m in archive.infolist() if not m.is_dir() and not _is_stray(m.filename)]
    if len(members) > MOST_FILES:
        complaints.add("*.zip", 1, N_("Gói có quá nhiều tệp: tối đa %(most)s."), most=MOST_FILES)
        return
    shared = _shared_folder([member.filename for member in members])
    left = MOST_BYTES
    for member in members:
        if not _may_be_kept(member, complaints):
            continue
        with archive.open(member) as packed:
            body = packed.read(left + 1)
        left -= len(body)
        if left < 0:
            complaints.add("*.zip", 1, N_("Gói quá lớn: tối đa %(most)s MB."), most=MOST_BYTES // 1_000_000)
            return
        path = into / member.filename.removeprefix(shared)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def _is_stray(name: str) -> bool:
    """What a file manager leaves in every zip."""
    return any(part in _STRAY for part in name.split("/"))


def _shared_folder(names: list[str]) -> str:
    """'goi/' when everything lies in one folder, as when a folder was zipped; otherwise ''."""
    firsts = {name.split("/")[0] for name in names if "/" in name}
    return f"{firsts.pop()}/" if len(firsts) == 1 and all("/" in name for name in names) else ""


def _may_be_kept(member: zipfile.ZipInfo, complaints: Complaints) -> bool:
    """No way out of the folder, no link, nothing but text and pictures."""
    name = member.filename
    parts = name.split("/")
    shown = name[:100]
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        complaints.add(shown, 1, N_("Tên tệp chỉ ra ngoài gói. Xin nén lại chính thư mục của gói."))
        return False
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        complaints.add(
            shown, 1, N_("Gói nội dung không dùng lối tắt tới tệp khác. Xin chép chính tệp đó vào.")
        )
        return False
    if PurePosixPath(name).suffix.lower() not in KEPT:
        complaints.add(
            shown, 1, N_("Gói chỉ gồm tệp YAML, ảnh JPEG, PNG, WebP và tệp chữ (.md, .txt). Xin bỏ tệp này.")
        )
        return False
    return True
