"""How the streams between nodes are called: 'Phiếu điểm tháng của xã', not `figures/xa-thang`."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext
from sqlalchemy.orm import Session

from admin import shown
from backend.errors import N_
from backend.levels import reading

NAMES = {
    "keys": N_("Khóa mới của máy chủ"),
    "acks": N_("Báo đã nhận văn bản"),
    "ack-sums": N_("Tổng hợp nơi đã nhận văn bản"),
    "figures": N_("Số liệu phiếu điểm"),
    "acceptance": N_("Trả lời về số liệu"),
    "reports": N_("Báo cáo"),
    "report-answers": N_("Trả lời về báo cáo"),
    "proposals": N_("Kiến nghị gửi lên"),
    "proposal-answers": N_("Trả lời cho kiến nghị gửi lên"),
    "contest-counts": N_("Số bài của cuộc thi chung"),
    "contest-rows": N_("Dòng kết quả vào chung kết của cuộc thi chung"),
}
FIGURES = "figures/"

Titles = Mapping[str, Mapping[str, str]]


def titles(session: Session, streams: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Titles of the templates whose figures these streams carry. One statement, none where no figures are among them."""
    wanted = {one.removeprefix(FIGURES) for one in streams if one.startswith(FIGURES)}
    return reading.titles(session, wanted) if wanted else {}


def name(stream: str, known: Titles) -> str:
    """Of figures whose template is not here the code is said too, of a stream this software does not know its bare name."""
    first, _, part = stream.partition("/")
    title = shown.words(dict(known[part])) if part in known else part
    if stream.startswith(FIGURES):
        return title if title != part else f"{gettext(NAMES[first])} ({part})"
    return gettext(NAMES[first]) if first in NAMES else stream
