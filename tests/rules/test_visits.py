"""Of a chain of corrections one record stands, and nobody met counts nothing."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import permutations

from campaigns.visit import rules
from campaigns.visit.rules import Link
from campaigns.visit.schemas import LogIn, ServiceIn

BY, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
START = datetime(2026, 11, 2, 8, tzinfo=UTC)


def link(number: int, corrects: int | None = None, minute: int = 0, by: uuid.UUID = BY) -> Link:
    named = uuid.UUID(int=corrects) if corrects else None
    return Link(uuid.UUID(int=number), named, by, START + timedelta(minutes=minute))


def test_what_was_corrected_never_stands_even_when_the_clock_went_backwards() -> None:
    links = [link(11, minute=9), link(12, 11, minute=5), link(13, 12, minute=1)]
    for order in permutations(links):
        (chain,) = rules.chains(order)
        assert (chain.root.int, chain.stands.int) == (11, 13)


def test_a_correction_without_its_visit_stands_for_it() -> None:
    (chain,) = rules.chains([link(12, 11)])
    assert (chain.root.int, chain.stands.int, chain.first) == (11, 12, None)


def test_circles_and_other_peoples_visits_make_no_common_chain() -> None:
    (circle,) = rules.chains([link(11, 12), link(12, 11, minute=1)])
    assert circle.stands.int == 12
    assert len(rules.chains([link(11), link(12, 11, by=OTHER)])) == 2


def test_the_further_of_two_words_about_a_service_holds() -> None:
    told = [ServiceIn("vneid", "not_possible", "no_device"), ServiceIn("vneid", "installed", "x")]
    assert rules.furthest(told) == rules.furthest(told[::-1]) == {"vneid": ("installed", None)}


def test_nobody_met_counts_nothing() -> None:
    visit = LogIn(household=BY, met="nobody")
    assert rules.visit_lines(visit, {"vneid": "installed"}, BY, OTHER, 1) == ()
