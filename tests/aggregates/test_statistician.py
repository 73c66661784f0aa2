"""An adversary with an integer solver reads everything a node ever told, over random communes, and finds nothing out.

He reads packets only (tests/aggregates/adversary.py). The same attack must succeed against each weakened rule below: a test
that cannot fail proves nothing. LANTOA_POPULATIONS=1000 attacks more and larger communes.
"""

import os
from collections.abc import Callable, Iterator

import pytest

from backend.aggregates import hiding_choice, hiding_history, hiding_worlds
from backend.aggregates.hiding_shapes import Sent
from backend.aggregates.hiding_tables import Family, Ground
from backend.tallies.disclosure import may_show
from tests.aggregates.adversary import Adversary, Finding
from tests.aggregates.populations import Commune, Two, commune, two

POPULATIONS = int(os.environ.get("LANTOA_POPULATIONS", "200"))
BATCHES = 10


def lived(seed: int, **sizes: object) -> Commune:
    found = commune(seed, **sizes)  # type: ignore[arg-type]
    found.live()
    return found


def found_out(one: Commune) -> list[Finding]:
    return Adversary(one.packets(), one.parts_of).findings()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_hidden_count_comes_out(batch: int) -> None:
    """Months, late reports, quarters, restated quarters and a merge; six kinds of elements."""
    for seed in range(batch, POPULATIONS, BATCHES):
        assert found_out(lived(seed)) == [], seed


@pytest.mark.parametrize("seed", range(1000, 1002 + POPULATIONS // 250))
def test_nor_does_one_over_half_a_year_or_a_year(seed: int) -> None:
    for quarters in (2, 4):
        assert found_out(lived(seed, quarters=quarters)) == []


@pytest.mark.parametrize("is_bare", [False, True])
def test_nor_does_one_where_two_communes_become_one(is_bare: bool) -> None:
    """What was told under the old names, the month of the merge in three cards, then the quarter under the new name."""
    for seed in range(POPULATIONS // 8):
        assert found_out(lived_as_two(seed, is_bare=is_bare)) == [], seed


@pytest.mark.parametrize("is_bare", [False, True])
def test_a_rule_that_forgets_the_old_names_is_found_out(is_bare: bool) -> None:
    assert any(found_out(lived_as_two(seed, remembers=False, is_bare=is_bare)) for seed in range(POPULATIONS))


def lived_as_two(seed: int, **how: bool) -> Two:
    found = two(seed, **how)
    found.live()
    return found


def test_the_solver_reads_nothing_that_was_not_told() -> None:
    one = lived(3)
    for packet in one.packets():
        for cells in packet.cells.values():
            assert all(number is None for number, _, flag in cells.values() if flag in ("S", "C", "N"))


# --- weakened rules -------------------------------------------------------------------------------------------------

Patch = Callable[[pytest.MonkeyPatch], None]


def only_those_who_did(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hiding_choice, "may_show", lambda did, of, k: may_show(did, None, k))


def zeros_are_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hiding_choice, "may_show", lambda did, of, k: not did or may_show(did, of, k))


def nobody_goes_along(patch: pytest.MonkeyPatch) -> None:
    """Only the small ones: the last comes out by subtraction."""
    patch.setattr(hiding_choice.Choice, "_partners", lambda self, unit: (unit,))
    patch.setattr(hiding_choice.Choice, "_failing", lambda self, secrets: [])


def partners_are_enough(patch: pytest.MonkeyPatch) -> None:
    """Pairs whatever they come to, and no look at other tables."""
    patch.setattr(hiding_choice.Choice, "_failing", lambda self, secrets: [])


def only_this_table(patch: pytest.MonkeyPatch) -> None:
    """What was told before is not looked at."""
    patch.setattr("backend.aggregates.hiding_choice.together", lambda views: [views[-1]])


def periods_are_apart(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hiding_history.Book, "within", lambda self, number, name: [])


def revisions_are_apart(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hiding_history.Book, "before", lambda self, number, name: ())


def boundaries_are_apart(patch: pytest.MonkeyPatch) -> None:
    """A merged unit is a unit like any other."""

    def ground(self: hiding_history.Book, unit: str, tables: Family, asking: object) -> Ground:
        spots = [(i, unit) for i in tables if unit in self.views[i].laid.units]
        return Ground((*spots[:1],), True)

    patch.setattr(hiding_history.Book, "ground", ground)


def one_other_world_is_enough(patch: pytest.MonkeyPatch) -> None:
    """Not one number, but perhaps surely few."""

    def is_safe(self: hiding_choice.Choice, one: hiding_choice.Secret) -> bool:
        frozen = self.book.rests - set(one.unknowns)
        return any(self.book.worlds.can_move(one.unknowns, by, frozen) for by in (1, -1))

    patch.setattr(hiding_choice.Choice, "_is_safe", is_safe)


def old_secrets_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    real = hiding_choice.Choice._secrets

    def secrets(self: hiding_choice.Choice) -> Iterator[hiding_choice.Secret]:
        return (one for one in real(self) if one.number == self.last)

    patch.setattr(hiding_choice.Choice, "_secrets", secrets)


def margins_hang_on_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hiding_history, "margins", lambda laid: {})


def numerators_without_denominators(patch: pytest.MonkeyPatch) -> None:
    """Who did not, of those asked, is nobody's secret."""
    patch.setattr(hiding_history.Book, "_lay_others", lambda self, *place: None)
    real = hiding_choice.Choice._is_small

    def is_small(self: hiding_choice.Choice, spot: tuple[str, str]) -> bool:
        kept, self.elements = self.elements, []
        try:
            return real(self, spot)
        finally:
            self.elements = kept

    patch.setattr(hiding_choice.Choice, "_is_small", is_small)


def a_denominator_stays(patch: pytest.MonkeyPatch) -> None:
    """The value's other side is sent beside a hidden numerator, whatever it counts."""
    real = hiding_choice.Choice.sent

    def sent(self, unit, element, sides):  # type: ignore[no-untyped-def]
        found = real(self, unit, element, sides)
        return Sent(found.numerator, sides.denominator, found.flag)

    patch.setattr(hiding_choice.Choice, "sent", sent)


def sensitive_is_like_any_other(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hiding_choice, "may_show", lambda did, of, k: may_show(did, of, 5))
    real = hiding_choice.Secret

    def secret(*values):  # type: ignore[no-untyped-def]
        return real(*values[:6], 5, *values[7:])  # type: ignore[call-arg]

    patch.setattr(hiding_choice, "Secret", secret)


def bounds_are_no_bounds(patch: pytest.MonkeyPatch) -> None:
    """Worlds with fewer than nobody."""
    patch.setattr(hiding_worlds.Worlds, "_room", lambda self, unknown, sign: 1_000_000)


WEAKER = [
    only_those_who_did,
    nobody_goes_along,
    partners_are_enough,
    only_this_table,
    periods_are_apart,
    revisions_are_apart,
    boundaries_are_apart,
    one_other_world_is_enough,
    old_secrets_are_forgotten,
    margins_hang_on_nothing,
    numerators_without_denominators,
    a_denominator_stays,
    sensitive_is_like_any_other,
    bounds_are_no_bounds,
]


RARE: dict[Patch, int] = {revisions_are_apart: 20, margins_hang_on_nothing: 119}
"""Where to begin with those that few communes betray"""


@pytest.mark.parametrize("weaken", WEAKER)
def test_a_weaker_rule_is_found_out(weaken: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    weaken(monkeypatch)
    assert any(caught(seed) for seed in range(RARE.get(weaken, 0), 200))


def caught(seed: int) -> bool:
    one = lived(seed)
    return bool(small_and_shown(one)) or bool(found_out(one))


def small_and_shown(one: Commune) -> list[str]:
    """What needs no solver: a number about a few in a packet that was not told before."""
    found = []
    for packet in one.packets():
        for unit, cells in packet.cells.items():
            for e in packet.elements:
                above, below, flag = cells[e.code]
                if not flag and above is not None and not may_show(above, below, e.k):
                    found.append(f"{unit} {e.code} {above} of {below}")
    return found
