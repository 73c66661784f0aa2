"""Documents known by issuer, number and date; searches that forgive; deadlines and circles."""

from datetime import date

import pytest

from backend.plans import rules
from backend.plans.rules import Due, Paper

CENTRAL = Paper("Ban Chỉ đạo Trung ương", "Kế hoạch hành động", "01-KH/BCĐTW", date(2025, 6, 2))


def test_the_same_number_of_another_day_is_another_document() -> None:
    other = Paper("Ban Chỉ đạo Trung ương", "Kế hoạch hành động", "01-KH/BCĐTW", date(2025, 3, 21))
    assert rules.key_of(CENTRAL) != rules.key_of(other)


@pytest.mark.parametrize("number", ["01-KH/BCĐTW", "01 - kh/bcđtw", "01–KH/BCDTW", " 01-KH / BCĐTW"])
def test_how_a_number_is_typed_makes_no_other_document(number: str) -> None:
    typed = Paper("BAN CHỈ ĐẠO  TRUNG ƯƠNG", "Một trích yếu khác", number, date(2025, 6, 2))
    assert rules.key_of(typed) == rules.key_of(CENTRAL)


def test_without_a_number_the_title_tells_documents_apart() -> None:
    one, two = Paper("Đảng ủy xã", "Kế hoạch A"), Paper("Đảng ủy xã", "Kế hoạch B")
    assert rules.key_of(one) != rules.key_of(two)
    assert rules.key_of(one) == rules.key_of(Paper("đảng ủy xã", "ke hoach a"))


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("chuyen doi so", True),
        ("chuyên đôi số", True),  # marks misread
        ("01-KH", True),
        ("phat trien khao hoc", False),
        ("hanh dông", True),
        ("hanh dongg", True),  # one letter too many
        ("hanh donh", True),  # one letter mistaken
        ("nong nghiep", False),
        ("", True),
    ],
)
def test_a_search_forgives_marks_and_one_wrong_letter(words: str, there: bool) -> None:
    paper = Paper("Ban Chỉ đạo", "Kế hoạch hành động phát triển khoa học, chuyển đổi số", "01-KH/BCĐTW")
    assert rules.finds(words, rules.folded(paper)) is there


def test_a_deadline_is_a_day_or_words() -> None:
    assert rules.due("30/6/2026") == Due(on=date(2026, 6, 30))
    assert rules.due("2026-06-30") == Due(on=date(2026, 6, 30))
    assert rules.due("Thường xuyên, hằng quý") == Due(words="Thường xuyên, hằng quý")
    with pytest.raises(ValueError, match="day"):
        rules.due("31/02/2026")


@pytest.mark.parametrize(
    ("state", "due", "done", "late"),
    [
        ("open", date(2026, 6, 30), None, True),
        ("open", date(2026, 7, 1), None, False),  # the day itself is still in time
        ("done", date(2026, 6, 30), date(2026, 6, 30), False),
        ("done", date(2026, 6, 30), date(2026, 7, 1), True),
        ("dropped", date(2026, 1, 1), None, False),
        ("doing", None, None, False),
    ],
)
def test_what_is_late(state: str, due: date | None, done: date | None, late: bool) -> None:
    assert rules.is_late(state, due, done, date(2026, 7, 1)) is late


def test_a_circle_is_seen() -> None:
    steps = [("a", "b"), ("b", "c")]
    assert rules.leads_back("c", "a", steps)
    assert not rules.leads_back("a", "c", steps)
