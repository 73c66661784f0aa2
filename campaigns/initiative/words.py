"""What the settings of a year of initiatives mean, in sentences anybody can read."""

from campaigns.initiative.schemas import InitiativeSettings

Lines = dict[str, list[str]]


def rules_in_words(settings: InitiativeSettings) -> Lines:
    marks_vi = "; ".join(f"{one.vi} tối đa {one.max}, đạt từ {one.pass_}" for one in settings.rubric)
    marks_en = "; ".join(f"{one.en} up to {one.max}, pass from {one.pass_}" for one in settings.rubric)
    pairs = [
        ("Gửi cách làm của chính mình hoặc của nhóm mình. Đồng tác giả tự đồng ý; tổng phần đóng góp là 100%.",
         "Send in your own way of doing things, or your group's. Co-authors agree themselves; shares add up to 100%."),
        *([("Ý tưởng nhỏ chỉ cần nêu việc đang vướng và cách làm mới.",
            "A small idea takes only the problem and the new way.")] if settings.small_track else []),
        (f"Tối đa {settings.most_authors} tác giả một sáng kiến.", f"At most {settings.most_authors} authors each."),
        (f"Mỗi hồ sơ do ít nhất {settings.judges} thành viên hội đồng chấm độc lập; cuộc họp cần ít nhất {settings.quorum} người có mặt. Tác giả, người nhà và người cùng đơn vị không chấm.",
         f"Each full file is judged by at least {settings.judges} members of the council independently; a meeting needs {settings.quorum} present. Authors, family and people of the same unit do not judge."),
        (f"Điểm: {marks_vi}. Đề nghị công nhận từ {settings.recommend_from} điểm. Thang điểm giữ nguyên từ khi có phiếu đầu tiên.",
         f"Marks: {marks_en}. Recommended from {settings.recommend_from}. The marks stay as they are from the first sheet on."),
        ("Đã gửi không có nghĩa là được công nhận: công nhận phải có quyết định của người có thẩm quyền.",
         "Sent in is not recognised: that takes a decision of whoever is competent."),
        *([("Sáng kiến đã được công nhận ở một phạm vi thì không công nhận lại ở phạm vi ấy.",
            "What was recognised in a scope is not recognised there again.")] if settings.same_scope_once else []),
        (f"Sau quyết định {settings.publish_after_days} ngày, nội dung được đăng cho mọi người học theo; tên chỉ ghi khi tác giả đã đồng ý riêng.",
         f"{settings.publish_after_days} days after the decision the content is published for all to learn from; names only of authors who agreed separately."),
    ]  # fmt: skip
    return {"vi": [vi for vi, _ in pairs], "en": [en for _, en in pairs]}


def ranking_in_words(_settings: InitiativeSettings) -> Lines:
    """Nobody is ranked by ideas."""
    return {"vi": ["Hoạt động này không xếp hạng cá nhân."], "en": ["Nobody is ranked in this activity."]}


def in_short(settings: InitiativeSettings) -> dict[str, int | bool | None]:
    return {"small_track": settings.small_track, "authors": settings.most_authors}
