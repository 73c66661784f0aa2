"""At the command line: packets into a file, out of a file, and what a stranger can check of one."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
import segno
from sqlalchemy.orm import Session

from backend.config import Settings, read_settings
from backend.db.engine import Database
from backend.errors import DomainError, SettingMissing
from backend.federation.packets import carrying, sticks
from backend.federation.packets.stream import Book
from backend.federation.peers import queries
from backend.federation.peers.models import ACTIVE, LINES, Peer
from backend.safeguards.audit import OPERATOR, note
from backend.safeguards.signing import Signer, fingerprint, unpacked

_books: list[Callable[[], Book]] = []
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def join(group: click.Group, book: Callable[[], Book]) -> None:
    """Put these commands into the group of the node. `book`: the streams this node knows, from the floor above."""
    _books[:] = [book]
    group.add_command(export, "export-packet")
    group.add_command(bring_in, "import-packet")
    group.add_command(verify, "verify")


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingMissing as missing:
        raise click.ClickException(str(missing)) from None


def _said(error: DomainError) -> click.ClickException:
    return click.ClickException(
        f"{error.code}: {error.sentence % error.values if error.values else error.sentence}"
    )


@click.command()
@click.option(
    "--to", "code", help="Code of the unit whose node it is for; not needed where there is but one."
)
@click.option("--line", type=click.Choice(LINES), help="Where that node is a peer on several lines.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to; <unit>-<line>.lantoa by default.",
)
@click.option("--again", is_flag=True, help="With the receipts that were given before: the stick was lost.")
@click.option(
    "--qr",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for QR codes of each small packet.",
)
def export(code: str | None, line: str | None, out: Path | None, again: bool, qr: Path | None) -> None:
    """Write everything that waits for a peer into one file to be carried there. Nothing is taken off the queue: only the
    receipt that comes back does that."""
    settings = _settings()
    with Database(settings.database_url).transaction() as session:
        peer = _peer(session, code, line)
        raws = carrying.pack(session, peer, Signer(settings.signing_key), again=again)
        note(session, OPERATOR, "packets.export", "peer", peer.id)
        out = out or Path(f"{peer.unit_code}-{peer.line}.lantoa")
    out.write_bytes(sticks.write(raws))
    click.echo(f"{out}: {len(raws)} frames, {out.stat().st_size} bytes.")
    if qr is not None:
        _draw(raws, qr)


def _peer(session: Session, code: str | None, line: str | None) -> Peer:
    found = [
        peer
        for peer in queries.all_peers(session)
        if peer.state == ACTIVE and code in (None, peer.unit_code) and line in (None, peer.line)
    ]
    if len(found) != 1:
        names = ", ".join(f"{peer.unit_code} ({peer.line})" for peer in found) or "none"
        raise click.ClickException(f"Say which peer with --to and --line: {names}.")
    return found[0]


def _draw(raws: list[bytes], folder: Path) -> None:
    """A large frame goes into no picture: it stays in the file alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(raws, start=1):
        try:
            texts = sticks.pictures(raw)
        except sticks.StickUnreadable:
            click.echo(f"frame {number} is too large for QR codes")
            continue
        for part, text in enumerate(texts, start=1):
            segno.make(text, error="m", micro=False).save(
                str(folder / f"{number:04d}-{part:02d}.png"), scale=6, border=4
            )


@click.command()
@click.argument("file", type=FILE)
@click.option("--line", type=click.Choice(LINES), help="Where the sender is a peer on several lines.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the receipts to be carried back here.",
)
def bring_in(file: Path, line: str | None, out: Path | None) -> None:
    """Take in what somebody carried: packets, receipts, documents, or the words of scanned QR codes. What is known changes
    nothing; exit 1 where something was refused."""
    settings = _settings()
    database, signer = Database(settings.database_url), Signer(settings.signing_key)
    try:
        told = carrying.bring_in(database, file.read_bytes(), _books[0](), signer, line)
    except DomainError as refused:
        raise _said(refused) from None
    for one in told:
        click.echo(f"{one.outcome:9} {one.what} {one.code}".rstrip())
    with database.transaction() as session:
        note(session, OPERATOR, "packets.import", "file", reason=f"{len(told)} frames")
    if out is not None:
        out.write_bytes(sticks.write(one.receipt for one in told if one.receipt))
    sys.exit(1 if any(one.outcome == "refused" for one in told) else 0)


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--key",
    "keys",
    multiple=True,
    help="A public key in base64url whose owner is trusted; needs no database.",
)
def verify(file: Path, keys: tuple[str, ...]) -> None:
    """Say what FILE holds and whether it holds true: signatures, one spelling, unbroken chains. Anybody can do this who has
    the public keys; without --key those of this node's peers are used. Exit 1 where something does not hold."""
    try:
        checked = carrying.check(sticks.read(file.read_bytes()), _keys(keys).get)
    except DomainError as refused:
        raise _said(refused) from None
    for one in checked:
        click.echo(f"{one.what}  {one.made_at}  from {one.sender} to {one.to or 'everybody'}")
        click.echo(
            f"  signature {one.signature}, key {one.key_id}" + (f", chain {one.chain}" if one.chain else "")
        )
        click.echo(f"  sha256 {one.digest}")
    sys.exit(0 if all(one.signature == "good" and one.chain != "broken" for one in checked) else 1)


def _keys(given: tuple[str, ...]) -> dict[str, bytes]:
    try:
        told = [unpacked(one) for one in given]
    except ValueError:
        raise click.ClickException("--key is not base64url") from None
    if told:
        return {fingerprint(one): one for one in told}
    settings = _settings()
    own = Signer(settings.signing_key)
    with Database(settings.database_url).transaction(writes=False) as session:
        found = {own.key_id: own.public}
        for peer in queries.all_peers(session):
            found |= {
                one.key_id: unpacked(one.public)
                for one in queries.keys_of(session, peer.id)
                if one.confirmed_at and not one.withdrawn_from
            }
    return found
