"""The demo obeys what is typed."""

import os
import select
import sys
import time
from collections.abc import Iterator

from backend.demo import federation
from backend.demo.federation import STORY
from scripts.federation_demo.by_itself import agree
from scripts.federation_demo.demo import Demo
from scripts.federation_demo.place import Failed, say

LOOKS_UP_S = 1.0
HELP = """Lệnh (Enter để gửi):
  cat XA / noi XA     cắt / nối đường truyền của một xã: tan-khanh, tan-thanh, kha-son
  muon XA             bản ghi của tháng trước đến muộn, xã công bố lại phiếu điểm (điều chỉnh)
  lap                 phát lại nguyên văn bản gửi vừa rồi
  sap-nhap            Tân Thành và Kha Sơn nhập làm một, từ hôm nay
  xem                 tỉnh đã nhận đến bản thứ mấy
  so                  so mọi số liệu ở tỉnh với một máy chủ tính riêng
  thoat               dừng tất cả"""


def tell(demo: Demo) -> None:
    say("")
    for one in (demo.province, *demo.communes):
        say(
            f"{one.name:<18} {one.url}/admin/   tài khoản: "
            + ", ".join(row["username"] for row in one.told["staff"])
        )
    say(f"Mật khẩu chung: {STORY['password']}. Địa danh có thật; xóm, người và mọi con số đều hư cấu.")
    say(HELP)


def by_hand(demo: Demo) -> None:
    for line in typed():
        words = line.split()
        if words == ["thoat"]:
            return
        try:
            say(obeyed(demo, words))
        except (Failed, StopIteration, IndexError, LookupError) as problem:
            say(f"Chưa làm được: {problem}. {HELP}")
        except Exception as problem:
            say(f"Chưa làm được: {problem}")
    wait_for_ever()


def typed() -> Iterator[str]:
    """Line by line, until the input ends. Looks up once a second: a signal that comes between Python's last look at
    its signals and the read would wait for the next line (and `input` swallows one that comes while it prompts)."""
    source, rest = sys.stdin.fileno(), b""
    print("> ", end="", flush=True)
    while True:
        if not select.select([source], [], [], LOOKS_UP_S)[0]:
            continue
        more = os.read(source, 4096)
        if not more:
            return
        *lines, rest = (rest + more).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", errors="replace")
            print("> ", end="", flush=True)


def obeyed(demo: Demo, words: list[str]) -> str:
    match words:
        case ["cat", name]:
            demo.cut(name)
            return f"Đã cắt đường truyền của {demo.commune(name).name}; xã vẫn làm việc, bản gửi nằm chờ."
        case ["noi", name]:
            demo.mend(name)
            return "Đã nối lại; bản gửi đang chờ sẽ đi trong chốc lát."
        case ["muon", name]:
            return f"Đã công bố bản thứ {demo.restate(name)}; số liệu sẽ đi lên trong chốc lát."
        case ["lap"]:
            return f"Tỉnh trả lời: {demo.replay()}"
        case ["sap-nhap"]:
            return f"Đã ký và gửi xuống: {demo.merge()[:16]}"
        case ["xem"]:
            return "\n".join(f"{month.code}: {demo.revisions(month)}" for month in federation.months())
        case ["so"]:
            agree(demo)
            return ""
    return HELP


def wait_for_ever() -> None:
    """Nobody types: until a signal comes."""
    while True:
        time.sleep(LOOKS_UP_S)
