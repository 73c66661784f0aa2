"""At the command line: founding a node, taking another one in, seeing how the links stand, a new key."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings, key_is_told, read_settings
from backend.db.engine import Database
from backend.db.node import Node, found_node, serve, this_node
from backend.errors import DomainError, SettingMissing
from backend.federation.peers import doubts, enrol, health, keeping, papers, queries, rotation
from backend.federation.peers.models import CHILD, LINES, Peer
from backend.safeguards import keys as own_keys
from backend.safeguards.audit import OPERATOR, Actor, note
from backend.safeguards.signing import Signer
from backend.units import national
from backend.units.models import Unit

Who = Callable[[Database, str, str, str], Actor]
"""(database, the node's secret key, username, password) -> the operator. Raises DomainError."""
_people: dict[str, Callable[..., object]] = {}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def node() -> None:
    """This node and those it talks to: founding, taking in, standing, keys, packets by hand."""


def join(main: click.Group, who: Who, first_operator: Callable[..., str]) -> None:
    """Put the commands in. `who` and `first_operator`: of the floor that knows people."""
    _people.update(who=who, first_operator=first_operator)
    main.add_command(node)


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingMissing as missing:
        raise click.ClickException(str(missing)) from None


def _refused(error: DomainError) -> NoReturn:
    raise click.ClickException(error.sentence % error.values if error.values else error.sentence) from None


def _operator(settings: Settings, database: Database, username: str | None) -> Actor:
    """Who types, proven by their password: enrolment takes two different people."""
    name = username or click.prompt("Username of the operator")
    password = click.prompt(f"Password of {name}", hide_input=True)
    try:
        found = _people["who"](database, settings.secret_key, name, password)
    except DomainError as error:
        _refused(error)
    assert isinstance(found, Actor)  # noqa: S101 - `Who` says so
    return found


# --- founding -----------------------------------------------------------------------------------------------------------


@node.command()
@click.option("--unit", "code", required=True, help="Official code of the unit this node serves: 19, 05752.")
@click.option("--name", required=True, help="What others see: 'Tỉnh Thái Nguyên'.")
@click.option(
    "--operator",
    "operators",
    multiple=True,
    nargs=2,
    metavar="USERNAME NAME",
    help="A first operator; two are needed to take a peer in.",
)
def init(code: str, name: str, operators: tuple[tuple[str, str], ...]) -> None:
    """Make this database a node: the units of the country, whose node it is, its key, its first operators."""
    settings = _settings()
    try:
        with Database(settings.database_url).transaction() as session:
            unit = _found(session, code, name)
            told = [
                (username, _people["first_operator"](session, full, username, unit))
                for username, full in operators
            ]
    except DomainError as error:
        _refused(error)
    click.echo(f"{name}: node of {code}, key {Signer(settings.signing_key).key_id}")
    for username, password in told:
        click.echo(f"{username}: one-time password {password}")


def _found(session: Session, code: str, name: str) -> object:
    if session.scalars(select(Node)).first() is not None:
        raise click.ClickException(f"This is a node already: {this_node(session).name}.")
    national.load(session)
    unit = session.scalars(select(Unit.id).where(Unit.code == code)).first()
    if unit is None:
        raise click.ClickException(f"There is no unit {code} on the list.")
    made = found_node(session, name)
    session.flush()  # what serves a unit must be there
    serve(session, unit)
    note(session, OPERATOR, "node.init", "node", made.id, unit=unit)
    return unit


# --- taking in ----------------------------------------------------------------------------------------------------------


@node.command("enrol")
@click.argument("file", required=False, type=FILE)
@click.option(
    "--offer",
    "line",
    type=click.Choice(LINES),
    help="Offer this node on that line: writes a file, shows a code.",
)
@click.option(
    "--confirm", "unit_to_confirm", metavar="UNIT", help="The second person: type the fingerprint as heard."
)
@click.option(
    "--answer", "unit_to_answer", metavar="UNIT", help="Write the answer for a child that was taken in."
)
@click.option("--lost", is_flag=True, help="FILE offers a new key of a peer that lost the old one.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --lost: since when somebody else may have the old key.",
)
@click.option(
    "--on", "on_line", type=click.Choice(LINES), help="Which line, where UNIT is a peer on several."
)
@click.option("--out", type=OUT, help="Where the file is written.")
@click.option("--by", "username", help="Username of the operator who does this.")
def take_in(
    file: Path | None, line: str | None, unit_to_confirm: str | None, unit_to_answer: str | None, lost: bool,
    since: datetime | None, on_line: str | None, out: Path | None, username: str | None,
) -> None:  # fmt: skip
    """Take another node in: by files, a code read out over the telephone, and two people on each side."""
    settings = _settings()
    database = Database(settings.database_url)
    try:
        if line:
            _offer(settings, database, line, out)
        elif unit_to_answer:
            _answer(settings, database, unit_to_answer, on_line, out)
        elif unit_to_confirm:
            _confirm(settings, database, unit_to_confirm, on_line, username)
        elif file:
            _enter(settings, database, file, since if lost else None, lost, username)
        else:
            raise click.UsageError("Say a FILE, --offer LINE, --answer UNIT or --confirm UNIT.")
    except DomainError as error:
        _refused(error)


def _offer(settings: Settings, database: Database, line: str, out: Path | None) -> None:
    with database.transaction() as session:
        made = enrol.offer(session, Signer(settings.signing_key), line, OPERATOR)
        place = out or Path(f"{line}.offer")
    place.write_bytes(made.raw)
    click.echo(f"{place} is for the other side. Good for {papers.GOOD_FOR.days} days.")
    click.echo(f"Read out by telephone, to their first operator:  code        {made.code}")
    click.echo(f"and, when they call back, to their second:       fingerprint {made.fingerprint}")


def _enter(
    settings: Settings,
    database: Database,
    file: Path,
    since: datetime | None,
    lost: bool,
    username: str | None,
) -> None:
    raw = file.read_bytes()
    paper = papers.read(raw)
    told = paper.statement
    click.echo(f"{told.name}, unit {told.unit_code}, line {told.line}")
    by = _operator(settings, database, username)
    code = click.prompt("Code, as heard") if isinstance(told, papers.Offer) else ""
    with database.transaction() as session:
        if lost:
            peer = _peer(session, told.unit_code, told.line)
            moment = since.replace(tzinfo=clock.VIETNAM) if since else clock.now()
            keeping.rekey(session, peer.id, raw, code, moment, by)
            _say_doubts(session, peer)
        else:
            enrol.propose(session, raw, by, code)
    click.echo(
        f"Entered. Now another operator: lantoa node enrol --confirm {told.unit_code} --on {told.line}"
    )


def _say_doubts(session: Session, peer: Peer) -> None:
    """What may not be the peer's own, and how it is put right."""
    found = doubts.of_peer(session, peer.id)
    for one in found:
        click.echo(f"in doubt: {one.stream} {one.number}, received {one.received_at:%Y-%m-%d %H:%M} UTC")
    if found:
        click.echo(f"{len(found)} packets came with the lost key. Ask {peer.name} to run `lantoa new-epoch`")
        click.echo("once its new key is confirmed, and to publish these periods again.")


def _confirm(
    settings: Settings, database: Database, unit: str, line: str | None, username: str | None
) -> None:
    by = _operator(settings, database, username)
    heard = click.prompt("Fingerprint, as read out by the other side")
    with database.transaction() as session:
        peer = enrol.confirm(session, _peer(session, unit, line).id, heard, by)
        side, name = peer.side, peer.name
    click.echo(f"{name} is taken in.")
    if side == CHILD:
        click.echo(f"Give them the answer: lantoa node enrol --answer {unit}")


def _answer(settings: Settings, database: Database, unit: str, line: str | None, out: Path | None) -> None:
    signer = Signer(settings.signing_key)
    with database.transaction() as session:
        peer = _peer(session, unit, line)
        raw = enrol.answer(session, signer, peer.id, settings.public_url)
        place = out or Path(f"{unit}-{peer.line}.answer")
    place.write_bytes(raw)
    click.echo(f"{place} is for {unit}; it names {settings.public_url}.")
    click.echo(f"Their second operator will ask for this node's fingerprint: {signer.key_id}")


def _peer(session: Session, code: str, line: str | None) -> Peer:
    found = [
        peer for peer in queries.all_peers(session) if peer.unit_code == code and line in (None, peer.line)
    ]
    if len(found) != 1:
        raise click.ClickException(
            f"{len(found)} peers are {code}" + ("; say which with --on." if found else ".")
        )
    return found[0]


# --- standing -----------------------------------------------------------------------------------------------------------


@node.command()
def status() -> None:
    """Who this node is, and how its links stand."""
    settings = _settings()
    with Database(settings.database_url).transaction(writes=False) as session:
        here = this_node(session)
        click.echo(f"{here.name}  {here.id}")
        click.echo(f"epoch {here.epoch}, key {Signer(settings.signing_key).key_id}, {settings.public_url}")
        for row in health.health(session):
            click.echo(health.line_of(row))
        for one in health.strangers(session):
            click.echo(f"strangers: {one.count} x {one.code}, last {one.last_at:%Y-%m-%d %H:%M} UTC")


# --- a new key ----------------------------------------------------------------------------------------------------------


@node.command()
@click.option(
    "--file",
    "place",
    type=OUT,
    help="Where the new key is written, when LANTOA_SIGNING_KEY holds the present one.",
)
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help="Take over although some peers have not answered; those are enrolled anew.",
)
def rotate(place: Path | None, at_once: bool) -> None:
    """A new key, in two steps of the same command: first every peer is told; when all have it, it takes over."""
    settings = _settings()
    if key_is_told() and place is None:
        raise click.ClickException(
            "LANTOA_SIGNING_KEY holds the present key. Say --file PATH, and put what stands there into it."
        )
    where = (place or settings.data / "signing_key").absolute()
    old, new = Signer(settings.signing_key), own_keys.waiting(where) or own_keys.write_new(where)
    try:
        with Database(settings.database_url).transaction() as session:
            left = _step(session, old, new, at_once)
    except DomainError as error:
        _refused(error)
    if left:
        click.echo(f"{new.key_id} is announced; not yet known by: {', '.join(left)}.")
        click.echo(f"Run this again when they know it, within {rotation.OVERLAP.days} days.")
        return
    own_keys.take_over(where)
    click.echo(f"{new.key_id} signs from now on. Restart the node: until then it signs nothing.")


def _step(session: Session, old: Signer, new: Signer, at_once: bool) -> list[str]:
    """Names of those the new key still waits for; none: it has taken over."""
    if not rotation.is_announced(session, new):
        rotation.announce(session, old, new)
        note(session, OPERATOR, "peer.rotate", "node_key", new.key_id)
    left = [f"{peer.name} ({peer.line})" for peer in rotation.without_it(session, new)]
    if left and not at_once:
        return left
    own_keys.rotate(session, old, new, OPERATOR)
    return []
