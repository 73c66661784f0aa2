"""The rules in words: thể lệ made from the settings, so that what people read is what the machine does. Pure."""

from campaigns.contest.schemas import ContestSettings, Key

Lines = dict[str, list[str]]

MEMBERS = {
    "lives_in": ("người sinh sống trên địa bàn", "people who live here"),
    "works_at": (
        "cán bộ, công chức, viên chức, người lao động của cơ quan, đơn vị",
        "staff of agencies here",
    ),
    "studies_at": ("học sinh đã vào lớp bằng mã lớp", "pupils who joined with a class code"),
    "party_cell": ("đảng viên sinh hoạt tại các chi bộ", "Party members of the cells here"),
    "youth_branch": ("đoàn viên các chi đoàn", "members of Youth branches"),
    "body": ("thành viên các tổ, ban đã được mời", "members of invited teams"),
}
RANKED: dict[Key, tuple[str, str]] = {
    "right": ("trả lời đúng nhiều câu hơn đứng trước", "more right answers first"),
    "prediction": ("dự đoán gần đúng hơn đứng trước", "then the nearer prediction"),
    "elapsed": ("làm bài nhanh hơn (tính theo giây) đứng trước", "then the faster (in seconds)"),
    "handed_in": ("nộp bài sớm hơn đứng trước", "then whoever handed in earlier"),
}


def rules_in_words(settings: ContestSettings) -> Lines:
    """Sentences in both languages, in the order a reader asks: who, how much, how long, what then."""
    pairs = [
        _who(settings),
        _minors(settings),
        _paper(settings),
        _time(settings),
        _attempts(settings),
        ("Mất sóng giữa chừng: cứ làm tiếp trên điện thoại. Bài đến muộn không quá " + _span(settings.grace_s)[0] + " sau khi hết giờ vẫn được nhận.",
         "If the signal drops, keep going on the phone. A paper that arrives within " + _span(settings.grace_s)[1] + " after time is still accepted."),
        *([_prediction(settings)] if settings.prediction else []),
        _result(settings),
        _ranking(settings),
        ("Thành viên Ban Tổ chức, Ban Đề thi, Ban Giám khảo và Tổ thư ký không dự thi. Bài trái thể lệ thì kết quả không được công nhận; lý do được báo cho người dự thi và người dự thi có quyền khiếu nại.",
         "Members of the organising, question, jury and secretariat teams do not compete. A result against these rules is not recognised; the contestant is told why and may complain."),
        ("Không ai bị nêu tên trên bảng xếp hạng nếu chưa tự chọn tên hiển thị và đồng ý. Có thể đổi ý bất cứ lúc nào. Người dưới 18 tuổi không được nêu tên.",
         "Nobody is named on a board without choosing a name and agreeing to it; one may change one's mind at any time. Nobody under 18 is named."),
    ]  # fmt: skip
    return {"vi": [vi for vi, _ in pairs], "en": [en for _, en in pairs]}


def _who(settings: ContestSettings) -> tuple[str, str]:
    vi = f"Người dự thi: từ {settings.age_floor} tuổi trở lên, tính theo năm sinh"
    en = f"Who may enter: anyone aged {settings.age_floor} or over, by year of birth"
    if settings.open_to:
        vi += "; dành cho " + ", ".join(MEMBERS[kind][0] for kind in settings.open_to)
        en += "; for " + ", ".join(MEMBERS[kind][1] for kind in settings.open_to)
    return vi + ". Tham gia là tự nguyện, không mất phí.", en + ". Taking part is voluntary and free."


def _minors(settings: ContestSettings) -> tuple[str, str]:
    if settings.age_floor >= 16:
        return (
            "Khai đúng năm sinh; người chưa đủ tuổi chưa dự thi được.",
            "State the true year of birth; those too young cannot enter.",
        )
    return (
        "Người dưới 16 tuổi: cần mã lớp, cha, mẹ hoặc người giám hộ đồng ý, và chính em cũng đồng ý.",
        "Under 16: a class code, a parent's or guardian's agreement and the child's own are needed.",
    )


def _paper(settings: ContestSettings) -> tuple[str, str]:
    n = settings.questions_per_attempt
    own = settings.bank == "dealt"
    return (
        f"Mỗi đề có {n} câu, lấy ngẫu nhiên từ {'phần riêng của đợt này trong ' if own else ''}ngân hàng câu hỏi; đề của mỗi người có thể khác nhau nhưng cùng số câu theo từng phần.",
        f"Each paper has {n} questions drawn at random from {'this round’s own share of the bank' if own else 'the bank'}; papers differ, but hold the same number from each part.",
    )


def _time(settings: ContestSettings) -> tuple[str, str]:
    vi, en = _span(settings.time_limit_s)
    return (
        f"Thời gian làm bài là {vi}, tính từ lúc bấm bắt đầu, theo đồng hồ của hệ thống.",
        f"The time is {en} from the moment you press start, by the system's clock.",
    )


def _span(seconds: int) -> tuple[str, str]:
    if seconds % 60:
        return f"{seconds} giây", f"{seconds} seconds"
    return f"{seconds // 60} phút", f"{seconds // 60} minutes"


def _attempts(settings: ContestSettings) -> tuple[str, str]:
    most = settings.attempts_per_person
    if most == 1:
        return "Mỗi người có một lượt thi.", "Each person has one attempt."
    which = {
        "first": ("lượt đầu tiên", "the first one counts"),
        "best": ("lượt tốt nhất", "the best one counts"),
        "last": ("lượt cuối cùng", "the last one counts"),
    }[settings.counting_attempt]
    often = (
        ("không giới hạn số lượt thi", "any number of attempts")
        if most is None
        else (f"{most} lượt thi", f"{most} attempts")
    )
    return (
        f"Mỗi người có {often[0]}; kết quả được tính là của {which[0]}. Mỗi người chỉ được đếm một lần dù thi nhiều lượt.",
        f"Each person has {often[1]}; {which[1]}. A person is counted once however many attempts.",
    )


def _prediction(settings: ContestSettings) -> tuple[str, str]:
    return _prediction_over_all() if settings.predict_over == "common" else _prediction_here()


def _prediction_here() -> tuple[str, str]:
    return (
        "Trước khi nộp bài, mỗi người dự đoán số người trả lời đúng tất cả các câu hỏi của đợt thi. Con số đúng là số người (không phải số lượt) "
        "được công nhận trả lời đúng hết, xác định sau khi loại các bài trái thể lệ; trước lúc đó không ai được xem, kể cả Ban Tổ chức.",
        "Before handing in, everybody predicts how many people will have every answer right in this round. The number is of people, not papers, "
        "fixed after invalid papers are removed; before that nobody may see it, the organisers included.",
    )


def _prediction_over_all() -> tuple[str, str]:
    """Who guesses must know over whom: all communes, and that the smallest are left out of the sum."""
    return (
        "Trước khi nộp bài, mỗi người dự đoán số người trả lời đúng tất cả các câu hỏi của đợt thi, tính chung ở tất cả các xã, phường cùng thi. "
        "Con số đúng là số người (không phải số lượt) được công nhận trả lời đúng hết, cộng từ số có ký của từng xã, phường sau khi loại các bài trái thể lệ; "
        "nơi có dưới 5 người dự thi, hoặc có số phải ẩn để không lộ ai đã dự thi, thì không cộng vào. Trước lúc đó không ai được xem, kể cả Ban Tổ chức. Quá hạn mà chưa có số chung thì Ban Tổ chức của xã, phường "
        "được chốt theo số của mình, có ghi lý do.",
        "Before handing in, everybody predicts how many people will have every answer right in this round, in all communes that take part together. "
        "The number is of people, not papers, added up from the signed counts of the communes after invalid papers are removed; communes where fewer than 5 people "
        "took part, or whose number must stay hidden so that nobody is found out, are not added. Before that nobody may see it, the organisers included. Where the common number has not come by its deadline, a commune's organisers "
        "may settle with their own and must say why.",
    )


def _result(settings: ContestSettings) -> tuple[str, str]:
    n = settings.pass_right
    vi = (
        "Nộp bài xong biết ngay số câu đúng"
        if settings.show_result == "at_submit"
        else "Kết quả được báo sau khi chốt"
    )
    en = (
        "The number of right answers is shown at once"
        if settings.show_result == "at_submit"
        else "Results are shown once settled"
    )
    if settings.show_answers == "never":
        return f"{vi}; đúng từ {n} câu trở lên là đạt.", f"{en}; {n} or more is a pass."
    when = (
        ("sau khi chốt kết quả", "once results are settled")
        if settings.bank == "dealt"
        else ("sau khi chốt kết quả của mọi đợt thi", "once the results of every round are settled")
    )
    return (
        f"{vi}; đúng từ {n} câu trở lên là đạt. Câu trả lời đúng và lời giải thích được mở {when[0]}.",
        f"{en}; {n} or more is a pass. Right answers and explanations open {when[1]}.",
    )  # fmt: skip


def _ranking(settings: ContestSettings) -> tuple[str, str]:
    names = [name for name in settings.ranking if name != "prediction" or settings.prediction]
    names = list(dict.fromkeys([*names, "handed_in"]))  # as rules.chain
    vi = "; bằng nhau thì ".join(RANKED[name][0] for name in names)
    en = "; ".join(RANKED[name][1] for name in names)
    return f"Xếp thứ tự: {vi}.", f"Ranking: {en}."


def ranking_in_words(settings: ContestSettings) -> Lines:
    """How the board is ordered, and what becomes of equal results."""
    pairs = [_ranking(settings), *([_prediction(settings)] if settings.prediction else []), _last_resort()]
    return {"vi": [vi for vi, _ in pairs], "en": [en for _, en in pairs]}


def _last_resort() -> tuple[str, str]:
    return (
        "Bằng nhau ở mọi điểm trên thì bài được hệ thống ghi nhận trước đứng trước.",
        "Equal in all of these, the paper the system recorded first stands first.",
    )


def in_short(settings: ContestSettings) -> dict[str, int | bool | None]:
    """What a card shows before anybody reads the rules."""
    return {
        "questions": settings.questions_per_attempt,
        "minutes": -(-settings.time_limit_s // 60),
        "prediction": settings.prediction,
        "attempts": settings.attempts_per_person,
    }
