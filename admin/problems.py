"""When something cannot be done: a page that says why and what to do next, never a bare code."""

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from admin.blueprint import PREFIX, blueprint, page
from admin.sign_in import form
from backend import http
from backend.errors import N_, DomainError, NotSignedIn
from backend.http import NodeApp

SENTENCES = http.HTTP_SENTENCES | {
    403: N_("Tài khoản này không có quyền xem hoặc làm việc này."),
    404: N_("Không có trang này. Có thể địa chỉ bị gõ sai hoặc trang đã được dời đi."),
    405: N_("Trang này không mở được theo cách vừa làm. Xin quay lại và bấm nút trên trang."),
}
TROUBLE = N_("Có trục trặc")
TITLES = {
    403: N_("Không có quyền"),
    404: N_("Không tìm thấy"),
    405: N_("Không mở được theo cách này"),
    409: N_("Chưa làm được việc này"),
    413: N_("Nội dung quá lớn"),
    503: N_("Hệ thống đang bận"),
}


def register(app: NodeApp) -> None:
    """An unknown address under /admin belongs to no blueprint, so the whole app is told about 404 and 405."""
    app.register_error_handler(404, lost)
    app.register_error_handler(405, lost)


def lost(error: HTTPException) -> Response:
    return http_page(error) if request.path.startswith(f"{PREFIX}/") else http.http_problem(error)


@blueprint.errorhandler(DomainError)
def domain_page(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, NotSignedIn):
        return redirect(url_for("admin.sign_in", next=_wanted()))
    return problem_page(error.status, http.sentence_of(error))


def _wanted() -> str:
    """The page to come back to after signing in; a form cannot be sent again, so its page is taken."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return http.local_path(_referring_path(), url_for("admin.home"))


@blueprint.errorhandler(CSRFError)
def stale_form(_error: CSRFError) -> Response:
    """The form was given to an earlier session of this browser. What was typed is kept."""
    sentence = gettext("Trang đã mở quá lâu nên cần xác nhận lại. Xin thử lại một lần nữa.")
    if request.endpoint == "admin.enter":
        return form(request.form.get("username", ""), sentence, 400)
    return problem_page(400, sentence, gettext("Phiên làm việc đã đổi"))


@blueprint.errorhandler(HTTPException)
def http_page(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem_page(status, gettext(SENTENCES.get(status, SENTENCES[500])))
    kept = error.get_response().headers
    answer.headers.update({name: kept[name] for name in http.KEPT_HEADERS if name in kept})
    return answer


@blueprint.errorhandler(IntegrityError)
@blueprint.errorhandler(OperationalError)
def database_page(error: IntegrityError | OperationalError) -> Response:
    current_app.logger.exception("database refused")
    status = 503 if isinstance(error, OperationalError) else 500
    return problem_page(status, gettext(SENTENCES[status]))


@blueprint.errorhandler(Exception)
def unforeseen_page(_error: Exception) -> Response:
    current_app.logger.exception("unforeseen error")
    return problem_page(500, gettext(SENTENCES[500]))


def problem_page(status: int, sentence: str, title: str | None = None) -> Response:
    known = gettext(TITLES.get(status, TROUBLE))
    back = http.local_path(_referring_path(), url_for("admin.home"))
    return page("problem.html", status, title=title or known, sentence=sentence, back=back)


def _referring_path() -> str | None:
    """The page this one was reached from, when it is one of ours."""
    if not request.referrer or not request.referrer.startswith(request.host_url):
        return None
    return "/" + request.referrer.removeprefix(request.host_url)
