"""Who serves here, with which roles, on which units: read by the organisers too, changed by the system's operators."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import PEOPLE_KEEPERS, PEOPLE_ROLES, actor, blueprint, page
from backend import clock, http
from backend.errors import DomainError, NotAllowed, NotFound
from backend.http import guarded, reads_first, staff_with
from backend.people import keys, roster, staffing
from backend.people.errors import RoleDatesWrong
from backend.people.staff import DUTIES, ROLES, reach_on_every_line
from backend.safeguards.audit import note
from backend.units.errors import UnitUnknown
from backend.units.queries import NamedUnit, named_many


@dataclass(frozen=True)
class Typed:
    """The form of a new role as it was filled in, so that nothing typed is lost when something is refused."""

    role: str = ""
    words: str = ""
    unit: str = ""
    since: str = ""
    last_day: str = ""

    @classmethod
    def sent(cls) -> "Typed":
        names = ("role", "words", "unit", "since", "last_day")
        return cls(*(request.form.get(name, "").replace("\x00", "").strip()[:200] for name in names))

    def days(self) -> tuple[date, date | None]:
        """First and last day; nothing typed: from today, without a last one. Raises RoleDatesWrong."""
        try:
            return _day(self.since) or clock.today(), _day(self.last_day)
        except ValueError:
            raise RoleDatesWrong from None

    def unit_id(self) -> uuid.UUID:
        """Raises UnitUnknown."""
        try:
            return uuid.UUID(self.unit)
        except ValueError:
            raise UnitUnknown from None


def _day(typed: str) -> date | None:
    """'5/6/2027' as people write it: a browser's own field may show the month first and mislead. Raises ValueError."""
    return datetime.strptime(typed, "%d/%m/%Y").date() if typed else None


def _may_change() -> bool:
    return http.staff().holds(*PEOPLE_KEEPERS)


def _units() -> set[uuid.UUID]:
    return reach_on_every_line(http.session(), http.staff(), *PEOPLE_ROLES)


@blueprint.get("/people")
@guarded(staff_with(*PEOPLE_ROLES))
def people() -> Response:
    """Everybody with a role on a unit in reach; the operator also sees who has none yet."""
    words = request.args.get("q", "").replace("\x00", "")[:80]
    found = roster.members(http.session(), _units(), without_role=_may_change(), words=words)
    return page("people.html", found=found, words=words, roles=ROLES, duties=DUTIES, may_change=_may_change())


# --- a new member ---------------------------------------------------------------------------------------------------


@blueprint.get("/people/new")
@guarded(staff_with(*PEOPLE_KEEPERS))
def new_member() -> Response:
    return page("person_new.html", name="", username="", sentence="")


@blueprint.post("/people/new")
@guarded(staff_with(*PEOPLE_KEEPERS))
@reads_first
def add_member() -> Response:
    """A member without a role, and the one-time password, shown in this one answer and nowhere again."""
    name = request.form.get("name", "").replace("\x00", "")
    username = request.form.get("username", "").replace("\x00", "")
    password, hashed = _fresh_password()
    made: list[uuid.UUID] = []
    error = _tried(lambda: made.append(staffing.add(http.session(), name, username, hashed)))
    if error:
        sentence = http.sentence_of(error)
        return page("person_new.html", error.status, name=name, username=username, sentence=sentence)
    note(http.session(), actor(), "staff.hire", "staff", made[0])
    return _password_page(made[0], password)


@blueprint.post("/people/<uuid:person_id>/password")
@guarded(staff_with(*PEOPLE_KEEPERS))
@reads_first
def renew_password(person_id: uuid.UUID) -> ResponseReturnValue:
    """A new one-time password for who forgot theirs."""
    password, hashed = _fresh_password()
    error = _tried(lambda: staffing.renew_password(http.session(), _change(person_id), hashed))
    if error:
        return _refused(person_id, error)
    note(http.session(), actor(), "staff.new_password", "staff", person_id)
    return _password_page(person_id, password)


def _fresh_password() -> tuple[str, str]:
    """A password and its hash, made before the write transaction begins: hashing takes its time."""
    password = staffing.one_time_password()
    hashed = keys.hash_secret(password)
    http.release()
    return password, hashed


def _password_page(person_id: uuid.UUID, password: str) -> Response:
    http.session().flush()  # the page reads the member back
    member = roster.member(http.session(), person_id, _units(), without_role=True)
    return page("person_password.html", one=member, password=password)


# --- one member -----------------------------------------------------------------------------------------------------


@blueprint.get("/people/<uuid:person_id>")
@guarded(staff_with(*PEOPLE_ROLES))
def member(person_id: uuid.UUID) -> Response:
    return _member_page(person_id, Typed())


def _member_page(
    person_id: uuid.UUID, typed: Typed, sentence: str = "", status: int = 200, at: str = ""
) -> Response:
    """`at`: the part of the page the sentence belongs to. Raises NotFound."""
    session, units = http.session(), _units()
    one = roster.member(session, person_id, units, without_role=_may_change())
    return page(
        "person.html",
        status,
        one=one,
        typed=typed,
        choices=_choices(typed, units) if _may_change() else [],
        sentence=sentence,
        at=at,
        roles=ROLES,
        duties=DUTIES,
        may_change=_may_change() and not one.elsewhere,
        is_self=one.person == http.staff().person,
        today=clock.today(),
    )


def _choices(typed: Typed, units: set[uuid.UUID]) -> list[NamedUnit]:
    """The units to choose from: those the words call, the operator's own while nothing was typed, and the one chosen."""
    session, own = http.session(), http.staff().roles.get("system_operator", frozenset())
    today = clock.today()
    found = roster.units_called(session, typed.words, units if typed.words else set(own))
    chosen = {uuid.UUID(typed.unit)} & units if _is_key(typed.unit) else set()
    kept = named_many(session, chosen - {unit.id for unit in found}, today).values()
    return [*kept, *found]


def _is_key(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


@blueprint.post("/people/<uuid:person_id>/roles")
@guarded(staff_with(*PEOPLE_KEEPERS))
def grant_role(person_id: uuid.UUID) -> ResponseReturnValue:
    """Two buttons on one form: look for units by name, or grant the role."""
    typed = Typed.sent()
    if request.form.get("deed") == "find":
        return _member_page(person_id, typed, at="grant")
    error = _tried(lambda: _grant(person_id, typed))
    if error:
        return _refused(person_id, error, typed, at="grant")
    note(
        http.session(),
        actor(),
        "staff.grant",
        "staff",
        person_id,
        unit=typed.unit_id(),
        reason=typed.role,
    )
    return _done(person_id, gettext("Đã trao vai trò."))


def _grant(person_id: uuid.UUID, typed: Typed) -> None:
    since, last_day = typed.days()
    staffing.grant(
        http.session(), _change(person_id), typed.role, typed.unit_id(), since=since, last_day=last_day
    )


@blueprint.post("/people/<uuid:person_id>/roles/<uuid:grant_id>/end")
@guarded(staff_with(*PEOPLE_KEEPERS))
def end_role(person_id: uuid.UUID, grant_id: uuid.UUID) -> ResponseReturnValue:
    ended: list[tuple[str, uuid.UUID]] = []

    def end() -> None:
        row = staffing.end_grant(http.session(), _change(person_id), grant_id)
        ended.append((row.role, row.unit_id))

    if error := _tried(end):
        return _refused(person_id, error, at="roles")
    role, unit = ended[0]
    note(http.session(), actor(), "staff.end_grant", "staff", person_id, unit=unit, reason=role)
    return _done(person_id, gettext("Đã kết thúc vai trò. Người này không còn quyền ấy từ lúc này."))


@blueprint.post("/people/<uuid:person_id>/suspend")
@guarded(staff_with(*PEOPLE_KEEPERS))
def suspend(person_id: uuid.UUID) -> ResponseReturnValue:
    if error := _tried(lambda: staffing.suspend(http.session(), _change(person_id))):
        return _refused(person_id, error, at="login")
    note(http.session(), actor(), "staff.suspend", "staff", person_id)
    return _done(person_id, gettext("Đã tạm khóa. Mọi phiên đang mở của người này đã đóng."))


@blueprint.post("/people/<uuid:person_id>/restore")
@guarded(staff_with(*PEOPLE_KEEPERS))
def restore(person_id: uuid.UUID) -> ResponseReturnValue:
    if error := _tried(lambda: staffing.restore(http.session(), _change(person_id))):
        return _refused(person_id, error, at="login")
    note(http.session(), actor(), "staff.restore", "staff", person_id)
    return _done(person_id, gettext("Đã mở khóa. Người này đăng nhập lại được bằng mật khẩu của mình."))


def _change(person_id: uuid.UUID) -> staffing.Change:
    """A form without a version is as one from long ago: refused as changed meanwhile."""
    return staffing.Change(http.staff(), person_id, request.form.get("version", -1, type=int))


def _tried(deed: Callable[[], object]) -> DomainError | None:
    """What refused the deed, taken back wholly, for the form to say; who may not or finds nothing gets its own page."""
    try:
        with http.session().begin_nested():
            deed()
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        return error
    return None


def _refused(
    person_id: uuid.UUID, error: DomainError, typed: Typed | None = None, at: str = "login"
) -> Response:
    http.session().expire_all()  # what was refused is not to be read back
    return _member_page(person_id, typed or Typed(), http.sentence_of(error), error.status, at)


def _done(person_id: uuid.UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("admin.member", person_id=person_id))
