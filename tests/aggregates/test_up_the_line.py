"""A card published in a commune's node, told over the wire, and read at the province: three nodes, nothing faked."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend import clock, streams
from backend.aggregates import checking, queries, receiving, sending
from backend.cards import actions, revisions
from backend.federation.packets.models import PacketOut
from backend.federation.peers.models import PeerReach
from backend.safeguards.audit import OPERATOR
from tests.aggregates.telling import MEASURES, strangers
from tests.cards.book import MONTH, write
from tests.support.levels import Levels, Node, province_and_communes

OF = ("figures/xa-thang", "thang", "202610")


def publish(node: Node, people: tuple[int, ...]) -> None:
    with node.writing() as session:
        for hamlet, count in zip(node.hamlets, people, strict=False):
            write(session, strangers(node.units[hamlet], count))
        card = actions.open_card(session, node.unit, "xa-thang", MONTH, OPERATOR)
        revisions.publish(session, card, OPERATOR, at=clock.now() - timedelta(minutes=5))


def tell(levels: Levels) -> None:
    for node in levels.communes:
        with node.here():
            sending.turn(node.database, MEASURES, streams.FIGURES)
    levels.courier()


def outcomes(node: Node) -> list[tuple[str, str | None, str | None]]:
    with node.reading() as session:
        rows = session.scalars(select(PacketOut).where(PacketOut.stream.startswith("figures/")))
        return [(row.state, row.outcome, row.code) for row in rows]


def test_what_two_communes_published_is_read_at_the_province_by_whoever_never_opened_a_card(
    tmp_path: Path,
) -> None:
    with province_and_communes(tmp_path, communes=2) as levels:
        first, second = levels.communes
        publish(first, (9, 8, 7, 30))
        publish(second, (3, 8, 7, 30))
        tell(levels)
        assert outcomes(first) == outcomes(second) == [("received", "taken", None)]
        with levels.province.reading() as session:
            standing = queries.revisions(session, *OF)
            found = {(one.unit_code, one.element): one for one in queries.cells(session, *OF)}
        assert set(standing) == {first.code, second.code}
        assert found[first.code, "du-thi"].numerator == 54
        assert found[f"{first.code}-T01", "du-thi"].numerator == 9
        assert found[f"{second.code}-T01", "du-thi"].numerator is None  # three


def test_what_waited_for_its_template_is_taken_in_once_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with province_and_communes(tmp_path, communes=1) as levels:
        (commune,), province = levels.communes, levels.province
        publish(commune, (9, 8, 7, 30))
        with monkeypatch.context() as without:
            without.setattr(checking, "shipped_all", lambda: ())
            tell(levels)
            with province.here():
                assert not receiving.offer_held(province.database, streams.book(), province.signer)
        with province.reading() as session:
            assert queries.cells(session, *OF) == []
        with province.here():
            assert receiving.offer_held(province.database, streams.book(), province.signer)
        with province.reading() as session:
            assert len(queries.cells(session, *OF)) == 25


def test_a_commune_without_reach_is_told_why_and_its_figures_are_nowhere(tmp_path: Path) -> None:
    with province_and_communes(tmp_path, communes=1) as levels:
        (commune,) = levels.communes
        with levels.province.writing() as session:
            session.query(PeerReach).update({"from_on": date(2026, 11, 5)})
        publish(commune, (9, 8, 7, 30))
        tell(levels)
        assert outcomes(commune) == [("refused", "refused", "outside-reach")]
        with levels.province.reading() as session:
            assert queries.cells(session, *OF) == []
