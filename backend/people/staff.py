"""Staff: sign-in by password, and roles that hold on a unit and all below it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import N_, NotAllowed, NotSignedIn
from backend.people import keys
from backend.people.errors import (
    LoginSuspended,
    OneTimePasswordOver,
    PasswordChangeNeeded,
    TooManyTries,
    UsernameTaken,
    WrongPassword,
)
from backend.people.models import Person, RoleGrant, SignInSession, StaffLogin
from backend.safeguards import limits
from backend.units.models import TREES, Unit
from backend.units.trees import holds_on, subtree

ROLES = {
    "campaign_admin": N_("Ban Tổ chức"),
    "campaign_releaser": N_("Người duyệt phát hành"),
    "question_editor": N_("Ban Đề thi"),
    "unit_head": N_("Người đứng đầu đơn vị"),
    "team_leader": N_("Tổ trưởng tổ công nghệ số cộng đồng"),
    "cell_secretary": N_("Bí thư chi bộ"),
    "party_committee": N_("Cấp ủy có thẩm quyền"),
    "party_building_board": N_("Ban Xây dựng Đảng"),
    "initiative_secretary": N_("Thường trực sáng kiến"),
    "council_member": N_("Thành viên hội đồng sáng kiến"),
    "party_office": N_("Văn phòng Đảng ủy"),
    "drafter": N_("Người soạn thảo báo cáo"),
    "reviewer": N_("Người thẩm định báo cáo"),
    "signer": N_("Người ký"),
    "clerk": N_("Văn thư"),
    "emulation_officer": N_("Thường trực thi đua, khen thưởng"),
    "emulation_council": N_("Hội đồng thi đua, khen thưởng"),
    "province_viewer": N_("Theo dõi của tỉnh"),
    "inspector": N_("Kiểm tra, giám sát"),
    "front": N_("Mặt trận Tổ quốc"),
    "dpo": N_("Nhân sự bảo vệ dữ liệu cá nhân"),
    "system_operator": N_("Vận hành hệ thống"),
}
DUTIES = {
    "campaign_admin": N_(
        "Chuẩn bị cuộc thi, đặt thể lệ, không công nhận bài thi (có lý do), công bố kết quả, lập danh sách giấy chứng nhận của Ban Tổ chức. Không xem đáp án trước khi đóng."
    ),
    "campaign_releaser": N_(
        "Xem lại cuộc thi Ban Tổ chức đã chuẩn bị và danh sách giấy chứng nhận; cho phát hành, hoặc trả lại."
    ),
    "question_editor": N_(
        "Soạn, đọc lại, khóa câu hỏi. Vai trò duy nhất xem được đáp án trước khi đóng. Không xem người dự thi là ai."
    ),
    "unit_head": N_(
        "Xem số liệu, phiếu điểm của đơn vị mình và các đơn vị cùng cấp dưới dạng con số. Đăng ký thi đua, đề nghị khen thưởng cho đơn vị mình."
    ),
    "team_leader": N_(
        "Lên lịch tuần, xem hộ và lượt thăm của tổ mình, nhận lại bản ghi đang chờ. Không xem tổ khác."
    ),
    "cell_secretary": N_(
        "Xem, góp ý, xác nhận hoặc trả lại bản đăng ký nêu gương của đảng viên trong chi bộ mình. Đề nghị khen thưởng. Mỗi lượt xem được báo cho đảng viên biết."
    ),
    "party_committee": N_(
        "Ghi mức xếp loại đã quyết định cho đảng viên các chi bộ trực thuộc. Không xem nội dung đăng ký, trừ khi chi bộ đồng ý."
    ),
    "party_building_board": N_(
        "Theo dõi số lượng đăng ký của các chi bộ. Không xem bản đăng ký của từng người."
    ),
    "initiative_secretary": N_(
        "Tiếp nhận, kiểm tra sáng kiến; phân công người chấm; ghi biên bản và quyết định công nhận."
    ),
    "council_member": N_(
        "Chấm những sáng kiến được phân công. Không chấm sáng kiến của mình hay của người thân."
    ),
    "party_office": N_(
        "Xem số liệu các đơn vị trong phạm vi, tổng hợp, theo dõi; tiếp nhận hoặc trả lại báo cáo gửi đến đơn vị mình. Thẩm định, vào sổ khen thưởng của Đảng."
    ),
    "drafter": N_("Soạn báo cáo của đơn vị và trình thẩm định. Không thẩm định, không ký báo cáo mình soạn."),
    "reviewer": N_("Đọc lại, thẩm định báo cáo đã soạn, hoặc trả lại để bổ sung (có lý do)."),
    "signer": N_(
        "Xác nhận đã ký báo cáo, phiếu điểm đã thẩm định, quyết định khen thưởng; hoặc trả lại để bổ sung (có lý do)."
    ),
    "clerk": N_("Cho số, ghi ngày và gửi báo cáo đã ký; cho số quyết định khen thưởng. Không sửa nội dung."),
    "emulation_officer": N_(
        "Theo dõi phong trào thi đua; lập danh sách đề nghị khen thưởng, vào sổ, trao thưởng, trả lời kiến nghị, in giấy. Không ghi ý kiến hội đồng, không ký quyết định."
    ),
    "emulation_council": N_(
        "Ghi ý kiến của hội đồng về danh sách đề nghị khen thưởng. Không xét danh sách có tên mình, không ký quyết định."
    ),
    "province_viewer": N_(
        "Xem số liệu tổng hợp của các xã trong tỉnh, đọc báo cáo đã gửi lên. Không tiếp nhận, không trả lại báo cáo, không xem tên người dân."
    ),
    "inspector": N_(
        "Lập chương trình, ghi phát hiện và kết luận kiểm tra. Chỉ xem tài liệu mà hồ sơ đang mở cho phép, không sửa số liệu; mỗi lượt xem được ghi vào nhật ký."
    ),
    "front": N_(
        "Gửi ý kiến giám sát, phản biện xã hội vào hồ sơ kiểm tra đang mở của đơn vị mình. Đề nghị khen thưởng theo hệ thống Mặt trận. Không mở tài liệu của hồ sơ, không sửa số liệu."
    ),
    "dpo": N_(
        "Xem con số về sự đồng ý; tra cứu sự đồng ý của một người khi có yêu cầu; mỗi lượt xem được ghi lại."
    ),
    "system_operator": N_(
        "Thêm cán bộ, trao và kết thúc vai trò, tạm khóa tài khoản. Không xem đáp án, không xem bài thi."
    ),
}
KEY_READERS = ("question_editor",)
"""Who may see which option is right before the contest has closed. Nobody else, whatever other roles they hold."""
WINDOW_S = 900
MAX_TRIES = 30
MAX_WRONG = 5
"""Wrong passwords for one name from one address: a stranger elsewhere cannot lock the organiser out."""
MAX_WRONG_ANYWHERE = 100
"""Wrong passwords for one name from all addresses together: many machines guessing at once."""
STAFF_SESSION_LIFE = timedelta(hours=10)

# Checked when the name is unknown, so that a stranger cannot tell by the time taken which names exist.
_NOBODY = keys.hash_secret("nobody's password")


@dataclass(frozen=True)
class Staff:
    """A signed-in staff member with the roles held today: role -> the units it was granted on; `kinds`: what those are."""

    person: uuid.UUID
    session: uuid.UUID
    name: str
    roles: dict[str, frozenset[uuid.UUID]]
    kinds: dict[uuid.UUID, str] = field(default_factory=dict)

    def holds(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)


@dataclass(frozen=True)
class Visit:
    """Somebody at the console's sign-in: the name as it was typed, and keys of name and address for counting."""

    username: str
    here: str
    anywhere: str

    @classmethod
    def of(cls, seal: keys.Seal, username: str, address: str) -> "Visit":
        name = username.strip().lower()
        return cls(name, seal.keyed_hash("staff", name, address), seal.keyed_hash("staff", name))


def password_hash(session: Session, visit: Visit) -> str:
    """What to compare a password with; for an unknown name too. Raises TooManyTries."""
    _check_wrong(session, visit)
    query = select(StaffLogin.password_hash).where(StaffLogin.username == visit.username)
    return session.scalars(query).first() or _NOBODY


def enter(session: Session, visit: Visit, password: keys.Compared) -> uuid.UUID:
    """The person behind a name and password. Raises WrongPassword (counted), TooManyTries, TooManyRequests,
    LoginSuspended, OneTimePasswordOver, PasswordChangeNeeded.

    A name nobody has is counted and answered like any other.
    """
    login = _login(session, visit, password)
    if login.one_time_until is not None:
        raise PasswordChangeNeeded
    return login.person_id


def change_password(session: Session, visit: Visit, password: keys.Compared, new_hash: str) -> uuid.UUID:
    """An own password in place of the present or the one-time one; every session of the member ends.

    Raises what `enter` raises, except PasswordChangeNeeded.
    """
    login = _login(session, visit, password)
    login.password_hash, login.one_time_until = new_hash, None
    close_sessions(session, login.person_id)
    return login.person_id


def _login(session: Session, visit: Visit, password: keys.Compared) -> StaffLogin:
    """Whose name and password these are; the row is held, so that a suspension at the same moment is seen."""
    limits.count_try(session, _tries(visit), limit=MAX_TRIES, window_s=WINDOW_S)
    _check_wrong(session, visit)
    held = select(StaffLogin).where(StaffLogin.username == visit.username).with_for_update()
    login = session.scalars(held).first()
    if login is None or not password.fits or password.hashed != login.password_hash:
        for key in (visit.here, visit.anywhere):
            limits.add(session, key, WINDOW_S)
        raise WrongPassword
    limits.forget(session, visit.here)
    if login.suspended_at is not None:
        raise LoginSuspended
    if login.one_time_until is not None and login.one_time_until <= clock.now():
        raise OneTimePasswordOver
    return login


def _tries(visit: Visit) -> str:
    return keys.token_hash(visit.here)


def _check_wrong(session: Session, visit: Visit) -> None:
    for key, most in ((visit.here, MAX_WRONG), (visit.anywhere, MAX_WRONG_ANYWHERE)):
        if limits.tries(session, key, WINDOW_S) >= most:
            raise TooManyTries(retry_after_s=limits.seconds_left(WINDOW_S))


def staff_member(session: Session, token: str) -> Staff:
    """Who holds this token, with today's roles. Raises NotSignedIn."""
    row = session.execute(
        select(Person.id, SignInSession.id, Person.name)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .join(StaffLogin, StaffLogin.person_id == Person.id)
        .where(
            SignInSession.token_hash == keys.token_hash(token),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > clock.now(),
            StaffLogin.suspended_at.is_(None),
            StaffLogin.one_time_until.is_(None),
        )
    ).first()
    if row is None:
        raise NotSignedIn
    roles, kinds = _roles_today(session, row[0])
    return Staff(*row, roles, kinds)


def _roles_today(
    session: Session, person: uuid.UUID
) -> tuple[dict[str, frozenset[uuid.UUID]], dict[uuid.UUID, str]]:
    """Role -> the units it is held on, and of what kind each of those is."""
    found: dict[str, set[uuid.UUID]] = {}
    kinds: dict[uuid.UUID, str] = {}
    granted = select(RoleGrant.role, RoleGrant.unit_id, Unit.kind).join(Unit, Unit.id == RoleGrant.unit_id)
    for role, unit, kind in session.execute(
        granted.where(RoleGrant.person_id == person, holds_on(RoleGrant, clock.today()))
    ):
        found.setdefault(role, set()).add(unit)
        kinds[unit] = kind
    return {role: frozenset(units) for role, units in found.items()}, kinds


def reach(session: Session, staff: Staff, *roles: str) -> set[uuid.UUID]:
    """Every unit on which the member holds one of `roles` (any role when none is named), subtrees included."""
    granted = {unit for role, units in staff.roles.items() if not roles or role in roles for unit in units}
    day = clock.today()
    return set().union(*(subtree(session, unit, day) for unit in granted))


def reach_on_every_line(session: Session, staff: Staff, *roles: str) -> set[uuid.UUID]:
    """The same through every tree: whoever appoints people does so for the commune's cells and branches too.

    Never for reading what a line keeps to itself.
    """
    granted = {unit for role, units in staff.roles.items() if role in roles for unit in units}
    day = clock.today()
    return set().union(*(subtree(session, unit, day, tree) for unit in granted for tree in TREES))


def require_reach(session: Session, staff: Staff, unit: uuid.UUID, *roles: str) -> None:
    """Raises NotAllowed unless the member holds one of `roles` on `unit` or above it."""
    if unit not in reach(session, staff, *roles):
        raise NotAllowed


def close_sessions(session: Session, person: uuid.UUID) -> None:
    """Wherever the member is signed in, the next click asks for the password."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person, SignInSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def hire(
    session: Session,
    *,
    name: str,
    username: str,
    password: str,
    grants: list[tuple[str, uuid.UUID]],
) -> uuid.UUID:
    """A staff member with an own password and roles from today. Raises UsernameTaken."""
    person = add_member(session, name, username, keys.hash_secret(password))
    for role, unit in grants:
        session.add(RoleGrant(person_id=person, role=role, unit_id=unit, valid_from=clock.today()))
    return person


def add_member(session: Session, name: str, username: str, password_hash: str, **more: Any) -> uuid.UUID:
    """A new person with a login and no role yet. Raises UsernameTaken: the database decides, not a look beforehand."""
    person = Person(id=new_id(), name=name, joined_at=clock.now())
    session.add(person)
    session.flush()  # the login refers to it
    row = {"person_id": person.id, "username": username.lower(), "password_hash": password_hash, "version": 1}
    made = (
        insert_into(session, StaffLogin)
        .values(**row | more)
        .on_conflict_do_nothing(index_elements=["username"])
    )
    if session.execute(made.returning(StaffLogin.person_id)).first() is None:
        raise UsernameTaken
    return person.id


def names_of(session: Session, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of staff only: a citizen's key in the trail names nobody."""
    query = select(Person.id, Person.name).join(StaffLogin, StaffLogin.person_id == Person.id)
    return {row[0]: row[1] for row in session.execute(query.where(Person.id.in_(list(people))))}
