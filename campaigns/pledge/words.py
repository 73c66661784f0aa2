"""What the settings of a year of pledges mean, in sentences anybody can read."""

from campaigns.pledge.rating import rating_rules
from campaigns.pledge.schemas import PledgeSettings

Lines = dict[str, list[str]]


def rules_in_words(settings: PledgeSettings) -> Lines:
    rating = rating_rules()[settings.rating]
    pairs = [
        ("Mỗi đảng viên một bản đăng ký trong năm, gồm một hoặc nhiều việc; việc nào cũng ghi rõ kết quả cần đạt và thời hạn.",
         "One pledge per Party member and year, of one or more deeds; each says what is to be reached and by when."),
        (f"Đăng ký trong {settings.register_days} ngày đầu. Gửi sau vẫn nhận và ghi là đăng ký muộn.",
         f"To be handed in within the first {settings.register_days} days. Later ones are taken and marked late."),
        (f"Tối đa {settings.most_items} việc.", f"At most {settings.most_items} deeds."),
        *([("Có ít nhất một việc về chuyển đổi số.", "At least one deed is about digital transformation.")] if settings.digital_required else []),
        ("Chi bộ góp ý, xác nhận hoặc trả lại để bổ sung. Sửa sau khi xác nhận là một bản mới, bản cũ vẫn có hiệu lực đến khi bản mới được xác nhận.",
         "The cell comments, confirms, or returns it to be completed. A change after that is a new version; the old one holds until the new one is confirmed."),
        ("Chỉ Đồng chí, bí thư chi bộ nơi đang sinh hoạt và những người chi bộ quyết định được xem. Mỗi lượt người khác xem đều được ghi lại và báo cho Đồng chí. Cấp trên chỉ nhận con số.",
         "Only you, the secretary of your present cell and those the cell decided may read it. Every reading by another is logged and shown to you. Higher levels get counts only."),
        (f"Mức xếp loại theo: {rating.title['vi']}" + (" (chưa xác nhận, đơn vị kiểm tra lại trước khi dùng)" if rating.unconfirmed else "") + ". Mức do tập thể quyết định và được ghi vào, không do máy tính ra.",
         f"Classes follow: {rating.title.get('en', rating.title['vi'])}" + (" (unconfirmed, to be checked before use)" if rating.unconfirmed else "") + ". A class is decided by people and typed in, never computed."),
    ]  # fmt: skip
    return {"vi": [vi for vi, _ in pairs], "en": [en for _, en in pairs]}


def ranking_in_words(_settings: PledgeSettings) -> Lines:
    """Nobody is ranked by what they promise."""
    return {
        "vi": ["Hoạt động này không xếp hạng cá nhân."],
        "en": ["Nobody is ranked in this activity."],
    }


def in_short(settings: PledgeSettings) -> dict[str, int | bool | None]:
    return {"items": settings.most_items, "digital_required": settings.digital_required}
