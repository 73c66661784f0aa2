"""The demo lives through a cut, a replay, a restatement and a merge by itself and compares every figure."""

import time

from backend.aggregates import queries
from backend.calendars import Period
from backend.demo import federation
from backend.demo.federation import STORY
from scripts.federation_demo.demo import DATASET, Demo
from scripts.federation_demo.place import Failed, say

CUT_FOR_S = 20
"""Longer than a commune waits before it tries again."""


def check(demo: Demo) -> None:
    """Raises Failed."""
    say("1. Hai tháng của ba xã đi lên tỉnh")
    told_all(demo)
    agree(demo)
    say("2. Đường truyền của Tân Thành bị cắt, bản ghi đến muộn, rồi nối lại")
    lived_through_a_cut(demo)
    say("3. Bản gửi đã nhận bị phát lại")
    lived_through_a_replay(demo)
    say("4. Tân Khánh điều chỉnh số liệu, có lý do")
    lived_through_a_restatement(demo)
    agree(demo)
    say("5. Tân Thành và Kha Sơn nhập làm một")
    lived_through_a_merge(demo)
    agree(demo)


def told_all(demo: Demo) -> None:
    for month in federation.months():
        demo.wait_until(
            lambda month=month: len(demo.revisions(month)) == len(demo.communes),  # type: ignore[misc]
            f"chưa đủ xã gửi số liệu tháng {month.code}",
        )


def lived_through_a_cut(demo: Demo) -> None:
    month, place = federation.months()[-1], demo.commune("tan-thanh")
    before = demo.revisions(month)[place.code]
    demo.cut("tan-thanh")
    after = demo.restate("tan-thanh")
    time.sleep(CUT_FOR_S)
    expect(demo.revisions(month)[place.code] == before, "số liệu đi qua đường đã cắt")
    demo.mend("tan-thanh")
    demo.wait_until(lambda: demo.revisions(month)[place.code] == after, "số liệu không tới sau khi nối lại")


def lived_through_a_replay(demo: Demo) -> None:
    month = federation.months()[-1]
    before = cells(demo, month)
    told = demo.replay()
    say(f"   tỉnh trả lời: {told}")
    expect("401" in told, "bản gửi phát lại được nhận")
    expect(cells(demo, month) == before, "bản gửi phát lại làm đổi số liệu")


def lived_through_a_restatement(demo: Demo) -> None:
    month, place = federation.months()[-1], demo.commune("tan-khanh")
    after = demo.restate("tan-khanh")
    demo.wait_until(lambda: demo.revisions(month)[place.code] == after, "bản điều chỉnh không tới")
    with demo.province.session() as session:
        said = queries.history(session, place.code, DATASET, month.calendar, month.code)
    expect([one.reason for one in said][-1] == STORY["late"]["reason"], "bản điều chỉnh thiếu lý do")
    expect(len(said) == after, "bản trước không còn")


def lived_through_a_merge(demo: Demo) -> None:
    before = {month.code: cells(demo, month) for month in federation.months()}
    digest = demo.merge()
    demo.wait_until(
        lambda: demo.acknowledged(digest) == len(demo.communes), "các xã chưa xác nhận việc sáp nhập"
    )
    for month in federation.months():
        expect(cells(demo, month) == before[month.code], f"sáp nhập làm đổi số liệu tháng {month.code}")


def cells(demo: Demo, month: Period) -> list[queries.Cell]:
    with demo.province.session() as session:
        return queries.cells(session, DATASET, month.calendar, month.code)


def agree(demo: Demo) -> None:
    found = demo.compare()
    for line in found.wrong[:20]:
        say(f"   SAI {line}")
    expect(not found.wrong, f"{len(found.wrong)} số liệu không khớp với một máy chủ tính riêng")
    expect(found.agreed > 0, "không có số liệu nào để so")
    say(f"   {found.agreed} số liệu khớp với một máy chủ tính riêng, {found.apart} số được che")


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)
