"""One inspection that runs, with what was found so far, one that was concluded, and a line in the programme. All invented."""

import uuid
from datetime import date, timedelta

from sqlalchemy.orm import Session

from backend import clock
from backend.demo.places import Planted
from backend.inspection import actions, queries
from backend.inspection.actions import Found, Planned
from backend.safeguards.audit import Actor


def plant(session: Session, planted: Planted, staff: dict[str, uuid.UUID]) -> None:
    by, head, committee, front = (Actor("staff", staff[who]) for who in ("kiem", "binh", "thuan", "man"))
    hamlets = (planted.hamlets["Đồng Tiến"], planted.hamlets["Xuân Minh"])
    _concluded(session, planted, by, committee)
    running = _opened(
        session, planted, by, committee, "Giám sát số liệu chuyển đổi số ở cơ sở (minh hoạ)", (planted.commune, *hamlets),
        ("scorecards", "targets", "facts", "plans", "reports"), days=(-6, 14), number="02-HS/UBKT (minh hoạ)",
    )  # fmt: skip
    line = queries.file(session, running)
    for unit in hamlets:
        queries.read_under(session, line, unit, "scorecards", "Phiếu điểm", by)
    _found(session, running, hamlets, by, head, front)
    _plan(
        session,
        planted,
        by,
        "Kiểm tra việc bảo vệ dữ liệu cá nhân (minh hoạ)",
        (planted.commune,),
        ("trail",),
        _day(45),
    )


def _day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def _plan(
    session: Session, planted: Planted, by: Actor, title: str, units: tuple[uuid.UUID, ...],
    materials: tuple[str, ...], on: date,
) -> uuid.UUID:  # fmt: skip
    assert by.id  # noqa: S101 - a member of staff
    told = Planned(
        title,
        "Theo chương trình kiểm tra, giám sát quý IV (hư cấu)",
        on,
        _day(-365),
        _day(0),
        units,
        materials,
        (by.id,),
    )
    return actions.plan(session, planted.commune, told, by)


def _opened(
    session: Session, planted: Planted, by: Actor, committee: Actor, title: str, units: tuple[uuid.UUID, ...],
    materials: tuple[str, ...], *, days: tuple[int, int], number: str,
) -> uuid.UUID:  # fmt: skip
    file = _plan(session, planted, by, title, units, materials, _day(days[0]))
    basis = "Quyết định số 5-QĐ/UBKT (minh hoạ)"
    actions.decide(session, file, number, basis, _day(days[0]), _day(days[1]), committee)
    return file


def _concluded(session: Session, planted: Planted, by: Actor, committee: Actor) -> None:
    title = "Kiểm tra việc phát động cuộc thi (minh hoạ)"
    with clock.stopped_at(clock.now() - timedelta(days=40)):
        file = _opened(
            session,
            planted,
            by,
            committee,
            title,
            (planted.commune,),
            ("scorecards",),
            days=(0, 10),
            number="01-HS/UBKT (minh hoạ)",
        )
    with clock.stopped_at(clock.now() - timedelta(days=28)):
        words = "Cuộc thi được phát động đúng kế hoạch, công khai thể lệ. Đề nghị các xóm ít người dự thi được Tổ công nghệ số hỗ trợ thêm. (Kết luận hư cấu cho bản dùng thử.)"
        actions.conclude(session, file, words, "11-KL/UBKT (minh hoạ)", clock.today(), by)
        actions.publish(session, file, by)


def _found(
    session: Session, file: uuid.UUID, hamlets: tuple[uuid.UUID, ...], by: Actor, head: Actor, front: Actor
) -> None:
    active, quiet = hamlets
    answered = actions.find(
        session,
        file,
        Found(
            active, "shortcoming", "indicator", "Sổ theo dõi của xóm ghi số người dự thi cao hơn số ghi nhận trên hệ thống.",
            "contest_participation", remedy="Đối chiếu lại sổ của xóm với phiếu điểm, ghi rõ lý do chênh lệch.", remedy_due=_day(9),
        ),
        by,
    )  # fmt: skip
    actions.answer(session, answered, "Đã đối chiếu: sổ của xóm tính cả người thi hai lượt.", {active}, head)
    actions.find(
        session,
        file,
        Found(
            quiet, "social_criticism", "indicator",
            "Mặt trận xã phản ánh: người cao tuổi ở xóm khó tự dự thi trên điện thoại; đề nghị không so sánh xóm này với xóm khác chỉ bằng tỷ lệ dự thi.",
            "contest_participation",
        ),
        front,
    )  # fmt: skip
    actions.find(
        session,
        file,
        Found(active, "good", "other", "Bài dự thi, bản ghi sau số liệu khớp với phiếu điểm khi tính lại."),
        by,
    )
