"""Keeps the way of a submission: no path leads around different people, and nothing is skipped."""

from hypothesis import given
from hypothesis import strategies as st

from backend.reports import rules
from backend.reports.rules import PARTS, STATES, WAYS, Held

ORDER = ("draft", "review", "sign", "number", "send", "receive", "lock")
people = st.integers(1, 6)
tries = st.lists(st.tuples(st.integers(0, 9), people), min_size=5, max_size=60)


def walked(steps: list[tuple[int, int]]) -> list[tuple[str, int, Held[int]]]:
    """Each step picks one of the deeds that are open; what was somebody else's is taken, with what it left."""
    held, taken = Held[int](), []
    for choice, person in steps:
        deeds = rules.open_deeds(held.state)
        deed = deeds[choice % len(deeds)]
        if rules.is_somebody_else(held, deed, person):
            held = rules.done(held, deed, person)
            taken.append((deed, person, held))
    return taken


def since_last_round(steps: list[tuple[str, int, Held[int]]]) -> list[tuple[str, int, Held[int]]]:
    last = max((at for at, (deed, _, _) in enumerate(steps) if deed in rules.NEEDS_WORDS), default=-1)
    return steps[last + 1 :]


@given(tries)
def test_no_path_leads_around_five_different_people(steps: list[tuple[int, int]]) -> None:
    taken = walked(steps)
    for length in range(1, len(taken) + 1):
        played: dict[str, set[int]] = {}
        for deed, person, _ in since_last_round(taken[:length]):
            if deed not in rules.NEEDS_WORDS:
                played.setdefault(rules.PART_OF[deed], set()).add(person)
        for part, who in played.items():
            for other, others in played.items():
                assert part == other or not who & others, (taken[:length], part, other)


@given(tries)
def test_whatever_is_sent_was_drafted_reviewed_signed_and_numbered_in_this_round(
    steps: list[tuple[str, int]],
) -> None:
    taken = walked(steps)
    for length in range(1, len(taken) + 1):
        if taken[length - 1][2].state in rules.WITH_ABOVE:
            done = [deed for deed, _, _ in since_last_round(taken[:length])]
            assert done == list(ORDER[: len(done)])
            assert len(done) >= ORDER.index("send") + 1


@given(tries)
def test_the_people_who_are_kept_are_those_who_acted(steps: list[tuple[int, int]]) -> None:
    for _, _, held in walked(steps):
        everybody = [person for who in held.people.values() for person in who]
        assert len(set(everybody)) == len(everybody)
        assert set(held.people) <= set(PARTS)


def test_every_state_is_reached_and_none_is_a_trap() -> None:
    assert set(WAYS.values()) == set(STATES)
    assert all(rules.open_deeds(state) for state in STATES)


@given(st.sets(st.integers(0, 20)), st.dictionaries(st.integers(0, 20), st.sampled_from(STATES)))
def test_a_child_is_missing_until_its_report_has_left_it(expected: set[int], states: dict[int, str]) -> None:
    missing = rules.still_missing(expected, states)
    assert set(missing) == {one for one in expected if states.get(one) not in ("sent", "received", "locked")}
