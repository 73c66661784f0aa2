"""Correcting the clocks of phones: a day off, restarted, offline for weeks, or lying."""

from hypothesis import given
from hypothesis import strategies as st

from backend.participation.times import KEPT_MS, Anchor, Reading, happened

NOW = 1_790_000_000_000
MINUTE, DAY = 60_000, 86_400_000


def test_a_wall_clock_a_day_off_does_not_matter_within_one_boot() -> None:
    for off in (-DAY, 0, DAY):
        deed = Reading(NOW + off - 5 * MINUTE, 1_000, "boot")
        sent = Reading(NOW + off, 1_000 + 5 * MINUTE, "boot")
        assert happened(deed, None, sent, NOW) == (NOW - 5 * MINUTE, "high")


def test_with_an_anchor_of_the_same_boot_neither_wall_clock_nor_restart_matters() -> None:
    anchor = Anchor(NOW - 60 * MINUTE, 1_000, "boot")
    deed = Reading(NOW + DAY, 1_000 + 10 * MINUTE, "boot")
    after_restart = Reading(NOW - 3 * DAY, 7, "other boot")
    assert happened(deed, anchor, after_restart, NOW) == (NOW - 50 * MINUTE, "high")


def test_an_anchor_of_another_boot_says_nothing() -> None:
    anchor = Anchor(NOW - 10 * DAY, 5, "older boot")
    deed, sent = Reading(NOW - MINUTE, 100, "boot"), Reading(NOW, 100 + MINUTE, "boot")
    assert happened(deed, anchor, sent, NOW) == (NOW - MINUTE, "high")


def test_an_anchor_taken_after_the_deed_is_not_counted_from() -> None:
    anchor = Anchor(NOW - MINUTE, 500_000, "boot")
    deed, sent = Reading(NOW, 400_000, "boot"), Reading(NOW, 400_000 + 3 * MINUTE, "boot")
    assert happened(deed, anchor, sent, NOW) == (NOW - 3 * MINUTE, "high")


def test_restarted_without_an_anchor_only_the_distance_of_wall_clocks_is_left_and_little_trusted() -> None:
    deed, sent = Reading(NOW + DAY - 20 * MINUTE, 100, "boot"), Reading(NOW + DAY, 5, "other boot")
    assert happened(deed, None, sent, NOW) == (NOW - 20 * MINUTE, "low")


def test_a_wall_clock_set_back_between_deed_and_sending_gives_the_time_of_receiving() -> None:
    deed, sent = Reading(NOW + DAY, 100, "boot"), Reading(NOW, 5, "other boot")
    assert happened(deed, None, sent, NOW) == (NOW, "low")


def test_a_monotonic_clock_that_ran_backwards_is_not_believed() -> None:
    deed, sent = Reading(NOW - MINUTE, 9_000, "boot"), Reading(NOW, 100, "boot")
    assert happened(deed, None, sent, NOW) == (NOW - MINUTE, "low")


def test_ninety_days_are_an_old_deed_and_a_millisecond_more_is_a_broken_clock() -> None:
    def sent_after(elapsed: int) -> tuple[int, str]:
        return happened(Reading(0, 0, "boot"), None, Reading(0, elapsed, "boot"), NOW)

    assert sent_after(KEPT_MS) == (NOW - KEPT_MS, "high")
    assert sent_after(KEPT_MS + 1) == (NOW, "low")


numbers = st.integers(0, 2**53 - 1)
boots = st.sampled_from(["one", "two", "three"])
readings = st.builds(Reading, numbers, numbers, boots)
anchors = st.none() | st.builds(Anchor, numbers, numbers, boots)


@given(readings, anchors, readings, numbers)
def test_whatever_a_phone_says_nothing_happens_after_it_was_received_or_before_ninety_days(
    deed: Reading, anchor: Anchor | None, sent: Reading, received: int
) -> None:
    when, _ = happened(deed, anchor, sent, received)
    assert received - KEPT_MS <= when <= received
