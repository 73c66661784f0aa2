"""`lantoa node`: two nodes founded and taken together at the command line, a key that is rotated, by four operators."""

import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from backend.cli import main
from backend.db import migrate
from backend.db.engine import Database
from backend.federation.packets.models import PacketOut
from backend.federation.peers import enrol, queries
from backend.people import keys
from backend.people.models import StaffLogin
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer

PASSWORD = "mot-mat-khau-dai"


@dataclass
class Shell:
    """An operator's command line at one node."""

    folder: Path

    def run(self, *words: str, typed: str = "", group: str = "node") -> Result:
        env = {
            "LANTOA_MODE": "demo", "LANTOA_DATA": str(self.folder), "LANTOA_DATABASE_URL": "", "LANTOA_SIGNING_KEY": None,
            "LANTOA_PUBLIC_URL": "http://localhost:8000",
        }  # fmt: skip
        return CliRunner().invoke(main, [group, *words], input=typed, env=env)

    def ok(self, *words: str, typed: str = "") -> str:
        found = self.run(*words, typed=typed)
        assert found.exit_code == 0, found.output
        return found.output

    @property
    def database(self) -> Database:
        return Database(f"sqlite:///{self.folder / 'lantoa.sqlite3'}")

    @property
    def signer(self) -> Signer:
        return Signer((self.folder / "signing_key").read_text())


def founded(folder: Path, code: str, name: str) -> Shell:
    folder.mkdir()
    shell = Shell(folder)
    migrate.upgrade(shell.database.engine)
    said = shell.ok(
        "init",
        "--unit",
        code,
        "--name",
        name,
        "--operator",
        "mot",
        "Người Một",
        "--operator",
        "hai",
        "Người Hai",
    )
    assert len(re.findall(r"one-time password \S+-\S+-\S+", said)) == 2
    with shell.database.transaction() as session:  # both have chosen their own password at the console
        session.execute(
            update(StaffLogin).values(password_hash=keys.hash_secret(PASSWORD), one_time_until=None)
        )
    return shell


@pytest.fixture
def province(tmp_path: Path) -> Shell:
    return founded(tmp_path / "tinh", "19", "Tỉnh Thái Nguyên")


@pytest.fixture
def commune(tmp_path: Path) -> Shell:
    return founded(tmp_path / "xa", "05755", "Xã ở xa")


def test_two_nodes_are_taken_together_at_the_command_line(
    province: Shell, commune: Shell, tmp_path: Path
) -> None:
    offer, answer = str(tmp_path / "a.offer"), str(tmp_path / "a.answer")
    said = commune.ok("enrol", "--offer", "state", "--out", offer)
    code = re.search(r"code +(\S+)", said)[1]  # type: ignore[index]
    assert "Incorrect" not in said
    wrong = province.run("enrol", offer, "--by", "mot", typed=f"sai\n{code}\n")
    assert wrong.exit_code == 1
    province.ok("enrol", offer, "--by", "mot", typed=f"{PASSWORD}\n{code}\n")
    same = province.run(
        "enrol", "--confirm", "05755", "--by", "mot", typed=f"{PASSWORD}\n{commune.signer.key_id}\n"
    )
    assert same.exit_code == 1
    assert "Người nhập đề nghị không được tự xác nhận" in same.output
    province.ok("enrol", "--confirm", "05755", "--by", "hai", typed=f"{PASSWORD}\n{commune.signer.key_id}\n")
    province.ok("enrol", "--answer", "05755", "--out", answer)
    commune.ok("enrol", answer, "--by", "mot", typed=f"{PASSWORD}\n")
    commune.ok("enrol", "--confirm", "19", "--by", "hai", typed=f"{PASSWORD}\n{province.signer.key_id}\n")
    assert "child 05755 state active" in province.ok("status")
    assert "parent 19 state active" in commune.ok("status")


def test_a_node_is_founded_once_and_for_a_unit_there_is(province: Shell, tmp_path: Path) -> None:
    assert "already" in province.run("init", "--unit", "19", "--name", "Lần nữa").output
    (tmp_path / "moi").mkdir()
    other = Shell(tmp_path / "moi")
    migrate.upgrade(other.database.engine)
    assert "no unit 98765" in other.run("init", "--unit", "98765", "--name", "Không có").output


def test_a_new_key_is_told_to_every_peer_before_it_takes_over(province: Shell, commune: Shell) -> None:
    with commune.database.transaction() as session:
        made = enrol.offer(session, commune.signer, "state", Actor("operator"))
    people = [Actor("staff", uuid.uuid4()) for _ in range(2)]
    with province.database.transaction() as session:
        child = enrol.propose(session, made.raw, people[0], made.code)
        enrol.confirm(session, child.id, commune.signer.key_id, people[1])
    old = province.signer
    said = province.ok("rotate")
    assert "not yet known by: Xã ở xa (state)" in said
    assert province.signer.key_id == old.key_id
    assert province.ok("rotate") == said, "the same key goes on waiting"
    with province.database.transaction() as session:
        packet = session.query(PacketOut).one()
        assert (packet.stream, packet.key_id) == ("keys", old.key_id)
        packet.state = "received"
    assert "signs from now on" in province.ok("rotate")
    assert province.signer.key_id == packet.subject != old.key_id


def test_a_node_nobody_talks_to_changes_its_key_in_one_step(commune: Shell) -> None:
    old = commune.signer
    assert "signs from now on" in commune.ok("rotate")
    assert commune.signer.key_id != old.key_id
    with commune.database.transaction(writes=False) as session:
        assert queries.all_peers(session) == []


def test_a_key_that_peers_know_is_not_changed_behind_their_backs(province: Shell, commune: Shell) -> None:
    with commune.database.transaction() as session:
        made = enrol.offer(session, commune.signer, "state", Actor("operator"))
    with province.database.transaction() as session:
        child = enrol.propose(session, made.raw, Actor("staff", uuid.uuid4()), made.code)
        enrol.confirm(session, child.id, commune.signer.key_id, Actor("staff", uuid.uuid4()))
    found = province.run("rotate", group="keys")
    assert found.exit_code == 1
    assert "lantoa node rotate" in found.output
