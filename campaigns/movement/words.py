"""What the settings of a movement mean, in sentences anybody can read."""

from campaigns.movement.schemas import MovementSettings

Lines = dict[str, list[str]]


def rules_in_words(settings: MovementSettings) -> Lines:
    units, firms = settings.of("unit"), settings.of("firm")
    pairs = [
        ("Đơn vị tự đăng ký mức phấn đấu theo từng tiêu chí; mức đã đăng ký giữ nguyên từ lần sơ kết đầu tiên.",
         "Units set their own goals by each criterion; what was set stays from the first interim review on."),
        ("Số đếm từ hệ thống, số kê khai có văn bản và phần tự đánh giá được ghi riêng, không cộng với nhau.",
         "Figures counted by the system, figures declared with a paper and what is said of oneself stand apart and are never added."),
        ("Chỉ so với đơn vị cùng cỡ, cùng điều kiện và với chính mình trước đây. Chỉ nêu tên nơi dẫn đầu.",
         "Units are only compared with units of like size and conditions, and with their own past. Only those in front are named."),
        *([(f"Đơn vị: {len(units)} tiêu chí.", f"Units: {len(units)} criteria.")] if units and settings.units else []),
        *([(f"Doanh nghiệp, hộ kinh doanh, hợp tác xã: {len(firms)} tiêu chí, tự đánh giá trên điện thoại hoặc nhờ cán bộ ghi giúp.",
            f"Firms, household businesses and cooperatives: {len(firms)} criteria, self-assessed on the phone or with an officer's help.")]
          if firms and settings.firms else []),
        ("Đăng ký là tự nguyện. Không giao chỉ tiêu đăng ký, không nêu tên nơi chưa đăng ký hay chưa đạt.",
         "Taking part is voluntary. Nobody is given a quota; who has not enrolled or not reached a goal is never named."),
    ]  # fmt: skip
    return {"vi": [vi for vi, _ in pairs], "en": [en for _, en in pairs]}


def ranking_in_words(_settings: MovementSettings) -> Lines:
    """Nobody is ranked; the first few of like units are named."""
    return {
        "vi": ["Không xếp hạng cá nhân. Trong mỗi nhóm đơn vị giống nhau chỉ nêu vài nơi dẫn đầu."],
        "en": ["Persons are not ranked. Of each group of like units only the first few are named."],
    }


def in_short(settings: MovementSettings) -> dict[str, int | bool | None]:
    return {"unit_criteria": len(settings.of("unit")), "firm_criteria": len(settings.of("firm"))}
