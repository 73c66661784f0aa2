"""Packets of a commune beside what it shows in public itself: together they give away no more than the public pages do alone."""

from dataclasses import dataclass, field
from random import Random

import pytest

from backend.aggregates.hiding import Laid, Protected, Sent, Told, protect
from backend.aggregates.shown_here import beside
from backend.tallies.disclosure import may_show
from tests.aggregates.adversary import Adversary, Finding
from tests.aggregates.populations import TOP, Commune, _packet, commune

SEEDS = range(40)


@dataclass
class Open(Commune):
    """A commune with open data: of every month the card stands in public, before the packet goes; some months have no packet."""

    looks: bool = True
    read: list[Told] = field(default_factory=list)
    """Pages and packets in the order in which anybody could read them"""
    same: list[tuple[int, int]] = field(default_factory=list)
    """A page and the packet that is of the same moment"""
    stand: dict[tuple[object, object], Told] = field(default_factory=dict)

    def tell(self, first: int, length: int = 1) -> Protected:
        laid = self.laid(first, length)
        page = _page(laid) if length == 1 else None
        if page is not None:
            self.stand[laid.first, laid.last] = page
            self.read.append(page)
            if self.random.random() < 0.2 and not any(one.laid.first == laid.first for one in self.told):
                return page.sent
            self.same.append((len(self.read) - 1, len(self.read)))
        known, public = beside(laid, self.told, [*self.stand.values()])
        sent = protect(laid, known, public) if self.looks else protect(laid, self.told)
        self.told.append(Told(laid, sent))
        self.read.append(self.told[-1])
        return sent

    def findings(self) -> list[Finding]:
        found = Adversary([_packet(one) for one in self.read], self.parts_of)
        for page, packet in self.same:
            for e in self.read[page].laid.elements:
                found._equal([(page, TOP, e.counts)], [(packet, TOP, e.counts)])
        return found.findings()


def _page(laid: Laid) -> Told | None:
    """The card: the whole alone, without what is about a few."""
    shown = [e for e in laid.elements if _is_many(laid, e.code, e.k)]
    if len(shown) < len(laid.elements):
        return None
    cells = laid.cells[TOP]
    sent = {code: Sent(one.numerator, one.denominator, "") for code, one in cells.items()}
    bare = Laid(laid.calendar, laid.period, laid.first, laid.last, (TOP,), laid.elements, {TOP: cells})
    return Told(bare, Protected({TOP: sent}))


def _is_many(laid: Laid, code: str, k: int) -> bool:
    sides = laid.cells[TOP][code]
    return (
        sides.numerator is not None
        and may_show(sides.numerator, sides.denominator, k)
        and sides.numerator >= k
    )


def lived(seed: int, looks: bool = True) -> Open:
    plain = commune(seed)
    found = Open(Random(seed), plain.heads, plain.elements, looks=looks)
    found.live()
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_hidden_count_comes_out_of_packets_and_public_pages_together(seed: int) -> None:
    assert lived(seed).findings() == []


def test_a_rule_that_does_not_look_at_its_own_public_pages_is_found_out() -> None:
    assert any(lived(seed, looks=False).findings() for seed in SEEDS)
