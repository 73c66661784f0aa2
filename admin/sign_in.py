"""Staff come in with name and password; the token of their session rides in a signed cookie."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import actor, blueprint, page
from backend import http
from backend.errors import DomainError, TooManyRequests
from backend.http import STAFF_TOKEN, anybody, guarded, staff_with
from backend.people import keys
from backend.people import sign_in as desk
from backend.people import staff as staff_desk
from backend.people.errors import (
    LoginSuspended,
    OneTimePasswordOver,
    PasswordChangeNeeded,
    PasswordWeak,
    TooManyTries,
    WrongPassword,
)
from backend.people.rules import LEAST_PASSWORD, check_password
from backend.safeguards.audit import Actor, note

REFUSALS = (WrongPassword, LoginSuspended, OneTimePasswordOver, TooManyTries, TooManyRequests)


@blueprint.get("/sign-in")
@guarded(anybody)
def sign_in() -> Response:
    """The sign-in page; in a demo it also shows the invented accounts."""
    return form()


@blueprint.post("/sign-in")
@guarded(anybody)
def enter() -> ResponseReturnValue:
    username = request.form.get("username", "").replace("\x00", "")
    try:
        visit, compared = _compared(username, request.form.get("password", ""))
        person = staff_desk.enter(http.session(), visit, compared)
    except PasswordChangeNeeded as error:
        return own_password_form(username, http.sentence_of(error))
    except REFUSALS as error:
        return form(username, _sentence(error), error.status)
    _begin(person)
    return redirect(http.local_path(request.form.get("next"), url_for("admin.home")))


def _compared(username: str, password: str) -> tuple[staff_desk.Visit, keys.Compared]:
    """Who knocks, with a password compared before the write transaction begins."""
    visit = staff_desk.Visit.of(http.services().seal, username, http.address())
    with http.services().database.transaction(writes=False) as reading:
        hashed = staff_desk.password_hash(reading, visit)
    return visit, keys.compare(password, hashed)


def _begin(person: uuid.UUID) -> None:
    """A fresh cookie for a fresh session, so that a cookie planted before the sign-in is worth nothing."""
    session = http.session()
    token, _ = desk.open_session(session, person, None, staff_desk.STAFF_SESSION_LIFE)
    cookie.clear()
    cookie[STAFF_TOKEN] = token
    note(session, Actor("staff", person), "staff.sign_in", "person")


def _sentence(error: DomainError) -> str:
    if isinstance(error, (TooManyTries, TooManyRequests)):
        minutes = -(-error.values["retry_after_s"] // 60)
        return gettext(
            "Thử đăng nhập quá nhiều lần nên tên này tạm khóa ở đây. Xin đợi %(minutes)s phút rồi thử lại.",
            minutes=minutes,
        )
    return http.sentence_of(error)


@blueprint.post("/sign-out")
@guarded(staff_with())
def sign_out() -> ResponseReturnValue:
    desk.close_session(http.session(), http.staff().session)
    note(http.session(), actor(), "staff.sign_out", "person")
    cookie.clear()
    return redirect(url_for("admin.sign_in"))


# --- an own password ------------------------------------------------------------------------------------------------


@blueprint.get("/new-password")
@guarded(anybody)
def new_password() -> Response:
    return own_password_form()


@blueprint.post("/new-password")
@guarded(anybody)
def choose_password() -> ResponseReturnValue:
    """An own password in place of the one-time one or of the present one; the present one is asked for each time."""
    typed = {name: request.form.get(name, "") for name in ("username", "password", "new", "again")}
    username = typed["username"].replace("\x00", "")
    if typed["new"] != typed["again"]:
        return own_password_form(username, gettext("Hai lần nhập mật khẩu mới chưa giống nhau."), 400)
    try:
        check_password(typed["new"], username.strip().lower(), typed["password"])
        visit, compared = _compared(username, typed["password"])
        hashed = keys.hash_secret(typed["new"])
        person = staff_desk.change_password(http.session(), visit, compared, hashed)
    except (*REFUSALS, PasswordWeak) as error:
        return own_password_form(username, _sentence(error), error.status)
    _begin(person)
    note(http.session(), Actor("staff", person), "staff.change_password", "staff")
    flash(gettext("Đã đổi mật khẩu. Nơi khác đang đăng nhập bằng tài khoản này đều đã được đăng xuất."))
    return redirect(http.local_path(request.form.get("next"), url_for("admin.home")))


def own_password_form(username: str = "", sentence: str = "", status: int = 200) -> Response:
    wanted = http.local_path(request.values.get("next"), url_for("admin.home"))
    least = LEAST_PASSWORD
    return page("new_password.html", status, username=username, sentence=sentence, wanted=wanted, least=least)


def form(username: str = "", sentence: str = "", status: int = 200) -> Response:
    wanted = http.local_path(request.values.get("next"), url_for("admin.home"))
    return page("sign_in.html", status, username=username, sentence=sentence, wanted=wanted)
