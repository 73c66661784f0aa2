"""From node to node: figures go up, the answer comes down, and the commune reads it; both by the same courier."""

from pathlib import Path

from sqlalchemy import select

from backend.calendars import parse
from backend.federation.packets import outbox
from backend.federation.peers.queries import parents
from backend.levels import accepting, reading
from backend.levels.models import LevelAnswer
from backend.levels.reading import About
from backend.safeguards.audit import Actor
from backend.streams import FIGURES
from tests.levels.told import TEMPLATE, body, parted, usual
from tests.support.levels import Levels, Node, province_and_communes

OCTOBER = parse("thang", "202610")
ABOUT = About(f"figures/{TEMPLATE}", "state", OCTOBER)


def send(levels: Levels, commune: Node, **more: object) -> None:
    cells = parted(usual(2, 9800), commune.code)
    told = body(commune.code, commune.name, cells, OCTOBER, **more)
    with commune.writing() as session:
        [above] = parents(session, "state")
        outbox.put(session, above, FIGURES, TEMPLATE, told)
    levels.courier()


def test_what_the_province_accepts_is_known_at_the_commune_that_sent_it(tmp_path: Path) -> None:
    with province_and_communes(tmp_path, communes=2, lines=("state",)) as levels:
        sender, other = levels.communes
        send(levels, sender)
        with levels.province.writing() as session:
            digest = reading.sheets(session, ABOUT, [sender.code])[sender.code].told.digest
            accepting.accept(
                session, ABOUT, sender.code, digest, Actor("staff", levels.province.staff["office"])
            )
        levels.pass_time(minutes=1)  # a child asks twice a minute
        levels.courier()
        with sender.reading() as session:
            [row] = session.scalars(select(LevelAnswer)).all()
        with other.reading() as session:
            assert session.scalars(select(LevelAnswer)).all() == []
        with sender.here():
            page = sender.browser("office").get("/admin/levels").text
    assert (row.outcome, row.digest, row.revision) == ("accepted", digest, 1)
    assert "Đã chấp nhận" in page
    assert "Tháng 10/2026" in page
