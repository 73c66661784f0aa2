"""Errors with a code, a status and a sentence. Rooms raise them; the edge formats them once for both doors.

The sentence is written in Vietnamese and doubles as the key of the message catalogue. It says what to do next.
422 is kept for one thing: the payload does not fit its schema.
"""

from typing import Any


def N_(sentence: str) -> str:
    """Mark a sentence for the message catalogues without translating it here."""
    return sentence


class DomainError(Exception):
    """Something a person asked for cannot be done. `values` fill the sentence and travel in the problem answer."""

    status = 409
    code = "conflict"
    sentence = N_("Việc này chưa thực hiện được. Xin tải lại và thử lại.")
    keeps_writes = False
    """True when what was written before raising must stay, for example a counted wrong try."""

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code)
        self.values = values


class NotFound(DomainError):
    status = 404
    code = "not_found"
    sentence = N_("Không tìm thấy nội dung này.")


class NotSignedIn(DomainError):
    status = 401
    code = "not_signed_in"
    sentence = N_("Ông/Bà cần đăng nhập để tiếp tục. Những gì đã nhập vẫn còn trên máy.")


class NotAllowed(DomainError):
    status = 403
    code = "not_allowed"
    sentence = N_("Tài khoản này không có quyền xem hoặc làm việc này.")


class PayloadInvalid(DomainError):
    status = 422
    code = "payload_invalid"
    sentence = N_("Dữ liệu gửi lên chưa đúng. Xin xem lại các mục được nêu.")


class Malformed(DomainError):
    status = 400
    code = "malformed"
    sentence = N_("Nội dung gửi lên không đọc được.")


class TooManyRequests(DomainError):
    status = 429
    code = "rate_limited"
    sentence = N_("Thao tác quá nhiều lần. Xin đợi %(retry_after_s)s giây rồi thử lại.")
    keeps_writes = True


class NotSetUp(DomainError):
    status = 503
    code = "not_set_up"
    sentence = N_("Máy chủ này chưa được thiết lập xong. Xin báo cho người vận hành.")


class SettingMissing(Exception):
    """The node refuses to start: a setting has no default that would be safe in production."""
