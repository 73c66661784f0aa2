"""What cannot be done with a pledge, and what to do instead."""

from backend.errors import N_, DomainError


class ChangedSince(DomainError):
    status = 409
    code = "pledge_changed"
    sentence = N_(
        "Bản đăng ký đã có thay đổi sau khi trang này được mở. Xin xem lại bản mới nhất rồi làm tiếp."
    )


class NotOpened(DomainError):
    status = 409
    code = "pledge_not_opened"
    sentence = N_("Có bản đăng ký chưa được mở xem. Xin đọc từng bản trước khi xác nhận.")


class WordsMissing(DomainError):
    status = 409
    code = "pledge_words_missing"
    sentence = N_("Xin ghi rõ cần bổ sung gì để đảng viên biết mà sửa.")


class TooEarly(DomainError):
    status = 409
    code = "pledge_too_early"
    sentence = N_("Chưa đến bước này: xin hoàn thành bước trước của bản đăng ký.")


class PledgeDecided(DomainError):
    status = 409
    code = "pledge_decided"
    sentence = N_("Bản đăng ký đã có mức xếp loại được quyết định nên không đổi được ở bước này.")


class ClassUnknown(DomainError):
    status = 409
    code = "pledge_class_unknown"
    sentence = N_("Xin chọn một mức có trong quy định đang áp dụng.")


class DocumentMissing(DomainError):
    status = 409
    code = "pledge_document_missing"
    sentence = N_("Xin ghi số và ngày của văn bản quyết định.")


class CellSharesNothing(DomainError):
    status = 404
    code = "cell_shares_nothing"
    sentence = N_("Chi bộ chưa quyết định cho đảng viên trong chi bộ xem việc đã đăng ký của nhau.")
