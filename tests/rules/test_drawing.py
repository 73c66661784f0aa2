"""Drawing a paper: the same seed draws the same paper, every part gets its number, and no topic fills it."""

import uuid
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from campaigns.contest import rules
from campaigns.contest.rules import Drawable, Drawn
from campaigns.contest.schemas import ContestSettings, Stratum

TOPICS = ("nghi-quyet", "dich-vu-cong", "vneid", "an-toan")
FORMS = ("single", "several", "true_false", "ordering", "matching")
POOL = [Drawable(number, TOPICS[number % 4], 1 + number % 3, "single", "abcd") for number in range(1, 25)]


def settings(**chosen: object) -> ContestSettings:
    return ContestSettings(**{"questions_per_attempt": 5, **chosen})  # type: ignore[arg-type]


@st.composite
def drawables(draw: st.DrawFn, number: int) -> Drawable:
    form = draw(st.sampled_from(FORMS))
    options = "tf" if form == "true_false" else "abcdef"[: draw(st.integers(2, 6))]
    matches = "123456"[: len(options)] if form == "matching" else ""
    return Drawable(
        number, draw(st.sampled_from(TOPICS)), draw(st.integers(1, 3)), form, options, matches  # type: ignore[arg-type]
    )  # fmt: skip


@st.composite
def pools(draw: st.DrawFn) -> list[Drawable]:
    return [draw(drawables(number)) for number in range(1, 1 + draw(st.integers(1, 40)))]


strata = st.lists(
    st.builds(
        Stratum,
        st.integers(1, 6),
        st.lists(st.sampled_from(TOPICS), max_size=3, unique=True).map(tuple),
        st.none() | st.integers(1, 3),
    ),
    max_size=5,
).map(tuple)
papers = st.tuples(st.uuids(), pools(), strata, st.integers(1, 40), st.booleans(), st.booleans())
Paper = tuple[uuid.UUID, list[Drawable], tuple[Stratum, ...], int, bool, bool]


def drawn(paper: Paper) -> list[Drawn]:
    seed, pool, parts, wanted, questions, options = paper
    chosen = settings(
        questions_per_attempt=wanted, strata=parts, shuffle_questions=questions, shuffle_options=options
    )
    return rules.draw(seed, pool, chosen)


# --- what every paper is ---


@given(papers)
def test_the_same_attempt_always_draws_the_same_paper(paper: Paper) -> None:
    assert drawn(paper) == drawn(paper)


@given(papers)
def test_a_paper_has_as_many_different_questions_as_asked_or_as_the_pool_holds(paper: Paper) -> None:
    _, pool, _, wanted, *_ = paper
    numbers = [number for number, *_ in drawn(paper)]
    assert len(numbers) == len(set(numbers)) == min(wanted, len(pool))
    assert set(numbers) <= {question.number for question in pool}


@given(papers)
def test_every_question_keeps_all_its_options_and_matches(paper: Paper) -> None:
    held = {question.number: question for question in paper[1]}
    for number, options, matches in drawn(paper):
        assert sorted(options) == sorted(held[number].options)
        assert sorted(matches) == sorted(held[number].matches)


@given(papers)
def test_right_stands_before_wrong_in_every_true_false_question(paper: Paper) -> None:
    held = {question.number: question for question in paper[1]}
    assert {o for n, o, _ in drawn(paper) if held[n].form == "true_false"} <= {"tf"}


@given(st.uuids())
def test_without_shuffling_everybody_gets_the_same_paper(seed: uuid.UUID) -> None:
    chosen = settings(shuffle_questions=False, shuffle_options=False)
    assert rules.draw(seed, POOL, chosen) == [[question.number, "abcd", ""] for question in POOL[:5]]


def test_with_shuffling_papers_and_options_differ() -> None:
    some = [rules.draw(uuid.UUID(int=number), POOL, settings()) for number in range(20)]
    assert len({tuple(number for number, *_ in paper) for paper in some}) > 10
    assert len({options for paper in some for _, options, _ in paper}) > 10


def test_what_is_to_be_put_in_order_is_mixed_whatever_the_settings_say() -> None:
    pool = [Drawable(number, "x", 1, "ordering", "abcd") for number in range(1, 30)]
    chosen = settings(questions_per_attempt=29, shuffle_options=False)
    assert len({options for _, options, _ in rules.draw(uuid.UUID(int=1), pool, chosen)}) > 5


def test_the_right_hand_side_of_a_matching_is_mixed_whatever_the_settings_say() -> None:
    pool = [Drawable(number, "x", 1, "matching", "abcd", "1234") for number in range(1, 30)]
    chosen = settings(questions_per_attempt=29, shuffle_options=False)
    sides = {(options, matches) for _, options, matches in rules.draw(uuid.UUID(int=1), pool, chosen)}
    assert {options for options, _ in sides} == {"abcd"}
    assert len(sides) > 5


# --- parts of the paper ---


def fitting(pool: list[Drawable], stratum: Stratum) -> set[int]:
    return {question.number for question in pool if rules.fits(question, stratum)}


def enough(pool: list[Drawable], parts: tuple[Stratum, ...]) -> bool:
    """What is checked before a contest opens."""
    sure = rules.surely_left(parts, [fitting(pool, stratum) for stratum in parts])
    return all(left >= stratum.count for stratum, left in zip(parts, sure, strict=True))


@st.composite
def fillable(draw: st.DrawFn) -> Paper:
    """A bank that surely fills every part; the last few questions of the paper come from anywhere."""
    pool = [draw(drawables(number)) for number in range(1, 1 + draw(st.integers(10, 60)))]
    parts: tuple[Stratum, ...] = ()
    for _ in range(draw(st.integers(1, 5))):
        stratum = draw(strata.filter(bool))[0]
        parts = (*parts, stratum) if enough(pool, (*parts, stratum)) else parts
    wanted = sum(stratum.count for stratum in parts) + draw(st.integers(0, 3))
    assume(parts and wanted <= len(pool))
    return draw(st.uuids()), pool, parts, wanted, draw(st.booleans()), True


@given(fillable())
def test_every_part_of_a_paper_gets_its_number_from_questions_of_its_own(paper: Paper) -> None:
    """Parts may overlap: then there are different questions for each of them, all at once."""
    _, pool, parts, *_ = paper
    left = {number for number, *_ in drawn(paper)}
    places = [fitting(pool, stratum) for stratum in parts for _ in range(stratum.count)]
    assert all_seated(places, left)


def all_seated(places: list[set[int]], questions: set[int]) -> bool:
    """Whether each place can have a question of its own: matching by augmenting paths."""
    sits: dict[int, int] = {}

    def seat(place: int, tried: set[int]) -> bool:
        for question in (places[place] & questions) - tried:
            tried.add(question)
            if question not in sits or seat(sits[question], tried):
                sits[question] = place
                return True
        return False

    return all(seat(place, set()) for place in range(len(places)))


@given(st.uuids(), st.lists(st.integers(0, 4), min_size=12, max_size=12))
def test_parts_that_do_not_overlap_are_filled_to_the_question(seed: uuid.UUID, counts: list[int]) -> None:
    """One part for each topic and difficulty, as the packs write it."""
    cells = [(topic, difficulty) for topic in TOPICS for difficulty in (1, 2, 3)]
    pool = [
        Drawable(6 * at + n, topic, difficulty, "single", "abcd")
        for at, (topic, difficulty) in enumerate(cells)
        for n in range(6)
    ]
    wanted = {cell: count for cell, count in zip(cells, counts, strict=True) if count}
    assume(wanted)
    parts = tuple(Stratum(count, (topic,), difficulty) for (topic, difficulty), count in wanted.items())
    chosen = settings(questions_per_attempt=sum(wanted.values()), strata=parts)
    cell_of = {question.number: (question.topic, question.difficulty) for question in pool}
    assert Counter(cell_of[number] for number, *_ in rules.draw(seed, pool, chosen)) == wanted


@given(st.uuids(), st.integers(1, 24))
def test_topics_are_spread_evenly_where_the_bank_allows(seed: uuid.UUID, wanted: int) -> None:
    """24 questions, six of each of four topics: no topic is more than one question ahead of another."""
    paper = rules.draw(seed, POOL, settings(questions_per_attempt=wanted))
    topic_of = {question.number: question.topic for question in POOL}
    found = Counter(topic_of[number] for number, *_ in paper)
    assert max(found.values()) - min(found[topic] for topic in TOPICS) <= 1


def test_the_rarest_topic_of_a_part_is_not_drowned_by_the_common_one() -> None:
    pool = [Drawable(n, "nhieu", 1, "single", "abcd") for n in range(1, 41)]
    pool += [Drawable(n, "it", 1, "single", "abcd") for n in range(41, 44)]
    chosen = settings(questions_per_attempt=6, strata=(Stratum(6),))
    for seed in range(20):
        rare = [number for number, *_ in rules.draw(uuid.UUID(int=seed), pool, chosen) if number > 40]
        assert len(rare) == 3


def test_two_parts_that_fight_over_the_same_questions_are_seen_before_the_opening() -> None:
    pool = [Drawable(n, "x", 1, "single", "abcd") for n in range(1, 6)]
    assert enough(pool, (Stratum(3, ("x",)),))
    assert not enough(pool, (Stratum(3, ("x",)), Stratum(3, (), 1)))
