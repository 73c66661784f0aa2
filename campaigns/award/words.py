"""What the settings of an activity of awards mean, in sentences anybody can read."""

from typing import Any

from campaigns.award.schemas import AwardSettings

Lines = dict[str, list[str]]


def rules_in_words(settings: AwardSettings) -> Lines:
    vi = [
        "Phần mềm chỉ gợi ý tên dựa trên số liệu; khen ai do người có thẩm quyền quyết định.",
        "Một thành tích chỉ khen một lần.",
        "Mỗi người chỉ nhận một giải."
        if settings.one_prize == "all"
        else "Mỗi người chỉ nhận một giải trong mỗi đợt.",
        f"Ai cũng có thể kiến nghị trong ứng dụng, trong {settings.appeal_days} ngày.",
    ]
    en = [
        "The software only suggests names from figures; whoever is competent decides who is honoured.",
        "One achievement is honoured once.",
        "Each person gets one prize."
        if settings.one_prize == "all"
        else "Each person gets one prize in each round.",
        f"Anybody may appeal in the app, for {settings.appeal_days} days.",
    ]
    for prize in settings.prizes:
        vi.append(f"{prize.vi}: {prize.most} giải{_money(prize.amount, ', mỗi giải {} đồng')}.")
        en.append(f"{prize.en}: {prize.most}{_money(prize.amount, ', {} VND each')}.")
    return {"vi": vi, "en": en}


def _money(amount: int, words: str) -> str:
    return words.format(f"{amount:,}".replace(",", ".")) if amount else ""


def ranking_in_words(_settings: AwardSettings) -> Lines:
    return {"vi": [], "en": []}


def in_short(settings: AwardSettings) -> dict[str, Any]:
    return {"prizes": sum(prize.most for prize in settings.prizes), "appeal_days": settings.appeal_days}
