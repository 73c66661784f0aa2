"""Why something does not count in a contest, in words. Codes are kept for ever; sentences may improve."""

from backend.errors import N_

DEEDS = {
    "attempt_unknown": N_("Không tìm thấy bài thi này."),
    "no_attempts_left": N_("Đã hết lượt thi theo thể lệ."),
    "question_not_drawn": N_("Câu hỏi này không có trong đề của bài thi."),
    "choice_unknown": N_("Phương án này không có trong câu hỏi."),
    "already_submitted": N_("Bài thi này đã nộp. Lần nộp đầu được giữ nguyên."),
    "late": N_("Bài đến sau thời hạn nên được lưu lại nhưng không tính."),
    "too_late": N_("Câu trả lời đến sau thời hạn nên không tính."),
    "taken_over": N_(
        "Bài này đã được làm tiếp trên máy khác. Muốn làm lại ở máy này, xin chọn “Làm tiếp ở máy này”."
    ),
    "prediction_missing": N_("Xin dự đoán số người trả lời đúng tất cả các câu hỏi rồi nộp bài."),
    "removed": N_("Kết quả bài thi này không được công nhận."),
}

REMOVALS: dict[str, dict[str, str]] = {
    "organiser": {
        "vi": "Người dự thi là thành viên Ban Tổ chức, Ban Đề thi, Ban Giám khảo hoặc Tổ thư ký.",
        "en": "The contestant belongs to the organising, question, jury or secretariat team.",
    },
    "someone_else": {
        "vi": "Bài thi được làm bằng thông tin của người khác.",
        "en": "The paper was taken in somebody else's name.",
    },
    "by_another": {
        "vi": "Bài thi do người khác làm thay.",
        "en": "Somebody else answered in the contestant's place.",
    },
    "by_machine": {
        "vi": "Bài thi được nộp bằng công cụ tự động.",
        "en": "The paper was handed in by a program.",
    },
    "twice": {
        "vi": "Một người dự thi bằng nhiều tài khoản.",
        "en": "One person entered with several accounts.",
    },
    "wrong_data": {
        "vi": "Thông tin người dự thi khai không đúng.",
        "en": "What the contestant stated about themselves is not true.",
    },
    "other": {"vi": "Bài thi trái thể lệ.", "en": "The paper broke the rules of the contest."},
}


def sentence(reason: str, note: str | None, language: str) -> str:
    """The reason in words, with what the organiser added."""
    words = REMOVALS.get(reason, REMOVALS["other"])
    return " ".join(filter(None, [words.get(language) or words["vi"], note]))
