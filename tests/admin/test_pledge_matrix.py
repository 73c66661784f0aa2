"""Who may read what of a pledge, in which state of its year: the table is written down here, not computed.

On its page: B the deeds, E evidence in words, P a picture and a PDF of it, C comments and reviews, K the class. On the lists: n the
member's name and state, k the name with the class, d the deeds. A dot: nothing at all, not even that there is a pledge.
The member has the own pledge whole; the letters say what there is to see by then.
"""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.inspection import actions
from backend.people import staff
from backend.people.models import RoleGrant
from backend.safeguards.audit import Actor
from tests.admin.desk import Desk
from tests.admin.test_pledges import TODAY, cell_page, confirmed, opened
from tests.media.test_papers import small
from tests.mobile_api.test_photos import named, send, shot
from tests.support.pledges import belong, item, register, transfer, year_of_pledges
from tests.support.world import PASSWORD, SINCE, Phone, World

EXPECTED = """
reader            | draft | submitted | returned | in_force | midyear_checked | self_assessed | cell_assessed | closed
member            | B     | BEP       | BEPC     | BEPC     | BEPC            | BEPC          | BEPCK         | BEPCK
fellow, by phone  | .     | .         | .        | .        | .               | .             | .             | .
secretary         | .     | BEPn      | BEPCn    | BEPCnd   | BEPCnd          | BEPCnd        | BEPCKnd       | BEPCKn
other cell        | .     | .         | .        | .        | .               | .             | .             | .
role ended today  | .     | .         | .        | .        | .               | .             | .             | .
committee         | .     | .         | .        | .        | .               | .             | Kk            | Kk
other committee   | .     | .         | .        | .        | .               | .             | .             | .
building board    | .     | .         | .        | .        | .               | .             | .             | .
campaign_admin    | .     | .         | .        | .        | .               | .             | .             | .
party_office      | .     | .         | .        | .        | .               | .             | .             | .
inspector         | .     | .         | .        | .        | .               | .             | .             | .
inspector, named  | .     | B         | B        | B        | B               | B             | BK            | BK
file over         | .     | .         | .        | .        | .               | .             | .             | .
file, no pledges  | .     | .         | .        | .        | .               | .             | .             | .
dpo               | .     | .         | .        | .        | .               | .             | .             | .
system_operator   | .     | .         | .        | .        | .               | .             | .             | .
province          | .     | .         | .        | .        | .               | .             | .             | .
committee, shared | .     | .         | .        | B        | B               | B             | BKkd          | BKkd
fellow, shared    | .     | .         | .        | Bn       | Bn              | Bn            | Bn            | Bn
stranger, shared  | .     | .         | .        | .        | .               | .             | .             | .
fellow, unshared  | .     | .         | .        | .        | .               | .             | .             | .
former cell       | .     | .         | .        | .        | .               | .             | .             | .
new cell          | .     | BEPn      | BEPCn    | BEPCnd   | BEPCnd          | BEPCnd        | BEPCKnd       | BEPCKn
"""
"""A file that names pledges opens them through its own page. Asked from above to below: what has to happen before the last four look changes things for the others."""

MARKS = {
    "B": "VIỆC-RIÊNG",
    "E": "MINH-CHỨNG-RIÊNG",
    "C": "LỜI-RIÊNG",
    "K": "Chi bộ đề nghị: Hoàn thành tốt nhiệm vụ",
}
NAME = "Nông Thị Khuê"
FILES = {"inspector, named": (9, "pledges", "inspector"), "file over": (2, "pledges", "inspector"), "file, no pledges": (9, "scorecards", "inspector")}  # fmt: skip
"""Reader -> (for how many days the file is open, what it opens, whose login)."""
LISTS = ("", "/cells/{cell}", "/cells/{cell}/several", "/cells/{cell}/agenda", "/classes")
LOGINS = {
    "secretary": "secretary", "other cell": "other_secretary", "committee": "committee", "building board": "board",
    "campaign_admin": "an", "party_office": "office", "inspector": "inspector", "dpo": "dpo", "system_operator": "operator",
    "committee, shared": "committee", "former cell": "secretary", "new cell": "other_secretary",
}  # fmt: skip


def table() -> dict[str, dict[str, str]]:
    """State -> reader -> letters."""
    heads, *rows = [[one.strip() for one in line.split("|")] for line in EXPECTED.strip().splitlines()]
    return {state: {row[0]: row[at].replace(".", "") for row in rows} for at, state in enumerate(heads) if at}


class Story:
    """One pledge on its way to a state, with marks in every part of it, and everybody who might want to look."""

    def __init__(self, world: World, desk: Desk, state: str) -> None:
        self.cells, self.desk = year_of_pledges(world), desk
        self.khue = world.phone(NAME, consent=False)
        belong(world, self.khue, self.cells.cell)
        self.khue.agree("pledge_record")
        self.thing, self.raw, self.paper = item(what=MARKS["B"]), shot(), small()
        self.to(state)
        assert self.mine["state"] == state

    @property
    def mine(self) -> dict[str, Any]:
        return dict(self.cells.mine(self.khue)["pledge"])

    @property
    def path(self) -> str:
        return f"/admin/pledges/{self.mine['id']}"

    @property
    def files(self) -> tuple[str, str]:
        return f"{self.path}/pictures/{named(self.raw)}", f"{self.path}/papers/{named(self.paper)}"

    def to(self, state: str) -> None:
        self.khue.do("pledge.items", {"items": [self.thing]})
        steps = (
            self.hand_in,
            self.send_back,
            self.confirm,
            self.check,
            self.review,
            self.propose,
            self.decide,
        )
        for step in steps[: list(table()).index(state)]:
            step()

    def hand_in(self) -> None:
        register(self.khue, self.thing)
        for raw in (self.raw, self.paper):
            send(self.khue, raw)
        told = {
            "evidence": str(uuid.uuid4()),
            "item": self.thing["id"],
            "progress": "doing",
            "words": MARKS["E"],
        }
        self.khue.do("pledge.evidence", told | {"photos": [named(self.raw), named(self.paper)]})

    def send_back(self) -> None:
        self.post("return", words=MARKS["C"])

    def confirm(self) -> None:
        register(self.khue, item(theme="innovation"))
        confirmed(self.cells, self.desk("secretary"), self.khue)

    def check(self) -> None:
        self.post("check", moment="midyear", day=TODAY, words=MARKS["C"])

    def review(self) -> None:
        self.khue.do("pledge.review", {"moment": "year_end", "items": [], "words": MARKS["C"]})

    def propose(self) -> None:
        self.post("class", words="Chi bộ nhất trí.", **{"class": "good"})

    def decide(self) -> None:
        client, where = self.desk("committee"), "/admin/pledges/classes"
        ticked = re.findall(r'name="pledge" value="([^"]+)"', client.get(where).text)
        told = {"pledge": ticked, f"class-{self.mine['id']}": "good", "document": "1-QĐ/ĐU", "day": TODAY}
        assert client.post(where, data=told).status_code == 303

    def post(self, deed: str, **told: str) -> None:
        client = self.desk("secretary")
        fields = opened(self.cells, client, self.khue) | told
        assert client.post(f"{self.path}/{deed}", data=fields).status_code == 303

    # --- what happens before somebody looks ---

    def login(self, reader: str) -> str:
        """The name of the reader's login; what has to happen first is done."""
        if reader == "committee, shared":
            self.share(["cell", "committee"])
        if reader == "former cell":
            transfer(self.cells.world, self.khue, self.cells.other_cell)
        if reader == "role ended today":
            return self.hire(reader, "cell_secretary", self.cells.cell, ended=True)
        if reader == "other committee":
            return self.hire(reader, "party_committee", self.cells.world.far_commune)
        if reader == "province":
            return self.hire("province_office", "party_office", self.cells.world.province)
        return LOGINS[reader]

    def share(self, audiences: list[str]) -> None:
        told = {"audience": audiences, "decided_on": TODAY}
        done = self.desk("secretary").post(cell_page(self.cells, "/sharing"), data=told)
        assert done.status_code == 303

    def hire(self, name: str, role: str, unit: uuid.UUID, ended: bool = False) -> str:
        world = self.cells.world
        with world.database.transaction() as session:
            person = staff.hire(session, name=name, username=name, password=PASSWORD, grants=[(role, unit)])
            session.flush()
            if ended:
                grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person)).one()
                grant.valid_from, grant.valid_to = SINCE, clock.today()
        world.staff[name] = person
        return name

    # --- what they get to see ---

    def seen_by(self, reader: str) -> str:
        if reader == "member":
            return self.of_member()
        if reader.startswith(("fellow", "stranger")):
            if reader == "fellow, unshared":
                self.share([])
            return self.of_fellow(self.cells.chau if reader.startswith("stranger") else self.cells.an)
        if reader in FILES:
            return self.of_file(reader)
        who = self.login(reader)
        return self.of_page(who) + self.of_lists(who)

    def of_file(self, reader: str) -> str:
        """Through an inspection file of the reader's kind."""
        days, material, who = FILES[reader]
        file = self.file(material, days)
        here = f"/admin/inspections/{file}/units/{self.cells.cell}/pledges"
        client, later = self.desk(who), clock.now() + timedelta(days=7 if days < 5 else 0)
        with clock.stopped_at(later):
            listed, answer = client.get(here), client.get(f"{here}/{self.mine['id']}")
        assert NAME not in listed.text
        if answer.status_code != 200:
            assert answer.status_code in (403, 404)
            assert NAME not in answer.text
            return ""
        return "".join(letter for letter in "BECK" if MARKS[letter] in answer.text)

    def file(self, material: str, days: int) -> uuid.UUID:
        world, today = self.cells.world, clock.today()
        team = (world.staff["inspector"],)
        by = Actor("staff", team[0])
        told = actions.Planned(
            "Kiểm tra", "Theo chương trình", today, today, today, (self.cells.cell,), (material,), team
        )
        with world.database.transaction() as session:
            made = actions.plan(session, world.commune, told, by)
            last = today + timedelta(days=days)
            actions.decide(
                session,
                made,
                str(made),
                "QĐ số 5",
                today,
                last,
                Actor("staff", world.staff["party"]),
                as_committee=True,
            )
        return made

    def of_page(self, who: str) -> str:
        client = self.desk(who)
        answer = client.get(self.path)
        if answer.status_code != 200:
            assert answer.status_code in (403, 404)
            assert all(client.get(file).status_code in (403, 404) for file in self.files)
            assert NAME not in answer.text
            return ""
        letters = [letter for letter in "BE" if MARKS[letter] in answer.text]
        (seen,) = {client.get(file).status_code for file in self.files}
        letters += ["P"] if seen == 200 else []
        return "".join(letters + [letter for letter in "CK" if MARKS[letter] in answer.text])

    def of_lists(self, who: str) -> str:
        """Every list there is, of either cell."""
        client, told = self.desk(who), ""
        for cell in (self.cells.cell, self.cells.other_cell):
            for tail in LISTS:
                answer = client.get("/admin/pledges" + tail.format(cell=cell))
                assert answer.status_code in (200, 302, 403, 404)
                # The choice of a member to exempt names all of the own cell, whatever they did: no part of the pledge.
                told += answer.text.partition('name="subject"')[0]
        assert not any(MARKS[letter] in told for letter in "EC")
        who_and_class = "k" if MARKS["K"] in told else "n" if NAME in told else ""
        return who_and_class + ("d" if MARKS["B"] in told else "")

    def of_member(self) -> str:
        mine = self.mine
        parts = {
            "B": mine["items"],
            "E": [one for one in mine["evidence"] if one["words"]],
            "P": [one for one in mine["evidence"] if list(one["photos"].values()) == ["complete"] * 2],
            "C": [one for one in mine["versions"] if one["words"]] + mine["reviews"],
            "K": mine["classes"],
        }
        return "".join(letter for letter, there in parts.items() if there)

    def of_fellow(self, fellow: Phone) -> str:
        """Another member, of the same cell or of another, tries every door of the phone."""
        year, told = self.cells.activity, ""
        doors = (
            f"/activities/{year}/mine",
            f"/activities/{year}",
            "/home",
            "/me",
            f"/photos/{named(self.raw)}",
        )
        shared = (f"/pledges/{year}/fellows", f"/pledges/{year}/fellows/{self.mine['id']}")
        for path in (*doors, *shared, f"/pledges/{year}/menu", f"/activities/{self.mine['id']}/mine"):
            answer = fellow.get(path)
            told += answer.text if answer.status_code == 200 else ""
        theirs = fellow.do("pledge.items", {"items": [self.thing | {"what": "Chép đè"}]})
        assert theirs["reason"] == "item_taken"
        return "".join(letter for letter in "BECK" if MARKS[letter] in told) + ("n" if NAME in told else "")


@pytest.mark.parametrize("state", list(table()))
def test_everybody_reads_what_the_table_says_and_nothing_else(world: World, desk: Desk, state: str) -> None:
    story, wanted = Story(world, desk, state), table()[state]
    found = {reader: story.seen_by(reader) for reader in wanted}
    assert found == wanted
