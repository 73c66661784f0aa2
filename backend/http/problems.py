"""Problem answers (RFC 9457): the same shape from every door, in the reader's language."""

from http import HTTPStatus
from typing import Any

from flask import Response, current_app, jsonify
from flask_babel import gettext
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from backend.errors import N_, DomainError

PROBLEM = "application/problem+json"


def problem(
    status: int, code: str, detail: str | None = None, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A problem answer of RFC 9457. `code` is a word we chose and keep."""
    title = {400: "Bad Request", 413: "Content Too Large", 422: "Unprocessable Content"}.get(status)
    body = {
        "type": f"urn:lantoa:problem:{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    answer = jsonify({name: value for name, value in body.items() if value is not None})
    answer.status_code, answer.content_type = status, PROBLEM
    answer.headers.update(headers or {})
    return answer


def domain_problem(error: DomainError) -> Response:
    retry = error.values.get("retry_after_s")
    headers = {"Retry-After": str(retry)} if retry else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="lantoa"'
    return problem(error.status, error.code, sentence_of(error), headers, **error.values)


def sentence_of(error: DomainError) -> str:
    """The error's sentence in the reader's language, its values filled in."""
    return gettext(error.sentence) % error.values if error.values else gettext(error.sentence)


HTTP_CODES = {
    400: "malformed",
    401: "not_signed_in",
    404: "not_found",
    405: "method_not_allowed",
    412: "changed_meanwhile",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "payload_invalid",
}
HTTP_SENTENCES = {
    400: N_("Nội dung gửi lên không đọc được."),
    404: N_("Không tìm thấy nội dung này."),
    413: N_("Nội dung gửi lên quá lớn. Xin chia nhỏ rồi gửi lại."),
    415: N_("Kiểu nội dung gửi lên không được hỗ trợ."),
    422: N_("Dữ liệu gửi lên chưa đúng. Xin xem lại các mục được nêu."),
    500: N_("Hệ thống gặp lỗi. Những gì đã nhập vẫn còn; xin thử lại sau ít phút."),
    503: N_("Hệ thống đang bận. Xin thử lại sau ít giây."),
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def http_problem(error: HTTPException) -> Response:
    """Flask's own refusals (404, 405, 413 ...) in the same shape."""
    status = error.code or 500
    kept = {k: v for k, v in error.get_response().headers.items() if k in KEPT_HEADERS}
    data = getattr(error, "data", None) or {}
    fields = data.get("messages") or data.get("errors")
    sentence = HTTP_SENTENCES.get(status)
    return problem(
        status,
        HTTP_CODES.get(status, "refused"),
        gettext(sentence) if sentence else None,
        kept,
        errors=fields,
    )


def database_problem(error: IntegrityError | OperationalError | DataError) -> Response:
    """A busy database asks to come back; anything else is our fault.

    A value no column can hold (NUL in text, a number too large) that slipped past a door is the sender's.
    """
    current_app.logger.exception("database refused")
    if isinstance(error, OperationalError):
        return problem(503, "busy", gettext(HTTP_SENTENCES[503]), {"Retry-After": "2"})
    if isinstance(error, DataError):
        return problem(400, HTTP_CODES[400], gettext(HTTP_SENTENCES[400]))
    return problem(500, "internal", gettext(HTTP_SENTENCES[500]))


def unforeseen(error: Exception) -> Response:
    current_app.logger.exception("unforeseen error")
    return problem(500, "internal", gettext(HTTP_SENTENCES[500]))
