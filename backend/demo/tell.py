"""What a visitor of the demo is told at the command line: where to go, and whom to sign in as."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates.models import Certificate
from backend.config import Settings
from backend.db.engine import Database
from backend.demo.data import DATA
from backend.people.staff import ROLES


def where_to_go(settings: Settings) -> str:
    """Addresses and ready sign-ins, in Vietnamese, a line each."""
    database = Database(settings.database_url)
    try:
        with database.transaction(writes=False) as session:
            lines = [*_addresses(settings, session), "", *_phones(), "", *_console()]
    finally:
        database.close()
    return "\n".join(lines)


def _addresses(settings: Settings, session: Session) -> Iterator[str]:
    base = f"http://{settings.host}:{settings.port}"
    yield "Xã Tân Khánh (tỉnh Thái Nguyên), bản dùng thử: xóm, người và mọi con số đều hư cấu."
    yield f"  Trang đầu             {base}/"
    yield f"  Ứng dụng điện thoại   {base}/app/"
    yield f"  Trang Ban Tổ chức     {base}/admin/"
    yield f"  Kết quả đã công bố    {base}/ket-qua"
    yield f"  Bảng vinh danh        {base}/vinh-danh/{DATA['commune']['code']}"
    yield f"  Xác minh giấy         {base}/xac-minh"
    yield from _numbers_to_try(session)


def _numbers_to_try(session: Session) -> Iterator[str]:
    """A paper of each sort: good, of a hamlet together, and taken back."""
    sorts = (
        ("còn giá trị", (Certificate.revoked_at.is_(None), Certificate.recipient_kind == "person")),
        ("của tập thể", (Certificate.revoked_at.is_(None), Certificate.recipient_kind == "unit")),
        ("đã thu hồi", (Certificate.revoked_at.is_not(None),)),
    )
    for words, which in sorts:
        number = session.scalars(
            select(Certificate.number)
            .where(*which)
            .order_by(Certificate.issued_at, Certificate.number)
            .limit(1)
        ).first()
        if number:
            yield f"    thử số {number}  ({words})"


def _phones() -> Iterator[str]:
    family, classes = DATA["family"], DATA["school"]["classes"]
    yield f"Đăng nhập trên điện thoại (mã xác nhận hiện ngay trên màn hình, PIN {family['pin']}):"
    yield f"  {_spaced(family['phone'])}   gia đình ba người dùng chung máy: {', '.join(family['names'])}"
    for row in DATA["guests"]:
        if "tells" in row:
            yield f"  {_spaced(row['phone'])}   {row['name']}: {row['tells']['vi']}"
    codes = ", ".join(f"lớp {row['name']}: {row['join_code']}" for row in classes)
    cell = DATA["cell_code"]
    yield f"  Mã tham gia    {codes}, chi bộ {cell['name']}: {cell['join_code']}"


def _spaced(number: str) -> str:
    return f"{number[:4]} {number[4:7]} {number[7:]}"


def _console() -> Iterator[str]:
    yield f"Đăng nhập Trang Ban Tổ chức (mật khẩu chung {DATA['password']}):"
    for row in DATA["staff"]:
        held = ", ".join(ROLES[role] for role in row["roles"])
        unit = f" (xóm {row.get('unit') or row['team']})" if "unit" in row or "team" in row else ""
        unit = f" (chi bộ {row['cell']})" if "cell" in row else unit
        yield f"  {row['username']:<8} {held}{unit}"
