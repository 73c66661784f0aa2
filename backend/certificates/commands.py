"""At the command line: verifying a certificate's file, with or without a node, and the node's keys."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from backend import clock
from backend.certificates import did, from_above, queries, status, verifying
from backend.certificates.did import Keys
from backend.certificates.rules import BAD
from backend.certificates.status import Seen
from backend.certificates.verifying import Verdict
from backend.config import Settings, key_is_told, read_settings
from backend.db.engine import Database
from backend.errors import DomainError, SettingMissing
from backend.federation.peers import queries as peers
from backend.safeguards import keys as rotation
from backend.safeguards import signing
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer

SAID = {
    "valid": "VALID. The issuer signed it, and it was not taken back.",
    "revoked": "REVOKED. The issuer signed it and took it back.",
    "altered": "ALTERED. It is not what was signed.",
    "not_theirs": "FORGED. No key of the issuer it names signed it.",
    "key_expired": "NOT BELIEVED. It was signed with a key that had already been replaced.",
    "key_withdrawn": "NOT BELIEVED. The key that signed it was withdrawn: somebody else may have had it.",
    "expired": "OUT OF ITS TIME. The issuer signed it; it is no longer, or not yet, valid.",
    "unknown_issuer": "CANNOT BE SAID. The keys of its issuer are not at hand (--keys did.json).",
    "stale": "CANNOT BE SAID. The signature is right; without a list of this week nobody knows whether it was taken back (--status).",
    "unreadable": "CANNOT BE SAID. This is no certificate that can be read here.",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingMissing as missing:
        raise click.ClickException(str(missing)) from None


@click.group()
def certificates() -> None:
    """Certificates: what anybody can check, and batches."""


@certificates.command()
@click.argument("file", type=FILE)
@click.option(
    "--keys", "documents", multiple=True, type=FILE, help="The issuer's did.json; then no node is needed."
)
@click.option("--status", "lists", multiple=True, type=FILE, help="A list of revocations, as JSON.")
@click.option(
    "--at",
    "moment",
    help="Judge as of this moment (ISO 8601; without an offset in Viet Nam's time) instead of now.",
)
def verify(file: Path, documents: Sequence[Path], lists: Sequence[Path], moment: str | None) -> None:
    """Verify FILE: a certificate's PNG, its credential as JSON, or the JSON of its page.

    Exit 0: valid. 1: not to be relied on. 2: cannot be said. Without --keys this node's own keys and lists are asked.
    """
    at = _moment(moment)
    raw = file.read_bytes()
    found = _alone(raw, documents, lists, at) if documents else _with_node(raw, at)
    _say(found)
    sys.exit(0 if found.word == "valid" else 1 if found.word in BAD else 2)


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"'{text}' is no moment such as 2026-11-22T10:00:00+07:00.") from None
    # Whoever types no offset looks at a clock on a wall in Việt Nam.
    return at if at.tzinfo else at.replace(tzinfo=clock.VIETNAM)


def _alone(raw: bytes, documents: Sequence[Path], lists: Sequence[Path], at: datetime) -> Verdict:
    """No database is opened and no setting read."""
    known = [_keys(place) for place in documents]
    seen = [_list(place, known) for place in lists]
    return verifying.verify(raw, known, {one.address: one for one in seen}, at)


def _keys(place: Path) -> Keys:
    try:
        return did.read(json.loads(place.read_bytes()))
    except (ValueError, RecursionError):
        raise click.ClickException(f"{place} is no did.json with keys.") from None


def _list(place: Path, known: Sequence[Keys]) -> Seen:
    for keys in known:
        try:
            return status.read(place.read_bytes(), keys)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    raise click.ClickException(f"{place} is no list of revocations that one of these issuers signed.")


def _with_node(raw: bytes, at: datetime) -> Verdict:
    settings = _settings()
    database = Database(settings.database_url)
    with database.transaction(writes=False) as session:
        signer = Signer(settings.signing_key) if settings.signing_key else None
        who = did.identity_to_be(session, settings.public_url)
        own = did.own(who, did.own_keys(session, signer))
        keys = from_above.believed(session, [own])
        found = verifying.verify(raw, keys, status.own(session, who, at), at)
        if found.word != "stale":
            return found
        return verifying.with_record(found, queries.check(session, found.number))


def _say(found: Verdict) -> None:
    click.echo(SAID[found.word])
    told = {
        "number": found.number,
        "name": found.name,
        "title": found.title,
        "issuer": found.issuer,
        "issuer id": found.issuer_id,
        "issued at": found.issued_at.isoformat() if found.issued_at else "",
        "key": found.key_name,
        "revocations seen as of": found.checked_until.isoformat() if found.checked_until else "",
    }
    for name, value in told.items():
        if value:
            click.echo(f"  {name}: {value}")


# --- keys ---------------------------------------------------------------------------------------------------------------


@click.group()
def keys() -> None:
    """The node's keys over time: show, rotate, withdraw."""


@keys.command()
def show() -> None:
    """Every key this node signed with, and how it stands."""
    settings = _settings()
    with Database(settings.database_url).transaction(writes=False) as session:
        now = Signer(settings.signing_key)
        who = did.identity_to_be(session, settings.public_url)
        click.echo(who.did)
        for row in did.own_keys(session, now):
            click.echo(f"{row.id}  {_standing(row, now.key_id)}")
        if who.public_url != settings.public_url:
            click.echo(f"Credentials name {who.public_url}, LANTOA_PUBLIC_URL says {settings.public_url}.")


def _standing(row: signing.NodeKey, present: str) -> str:
    if row.withdrawn_at and row.withdrawn_from:
        return f"WITHDRAWN {row.withdrawn_at:%Y-%m-%d %H:%M} UTC, not believed from {row.withdrawn_from:%Y-%m-%d %H:%M} UTC"
    if row.until_at:
        return f"rotated {row.until_at:%Y-%m-%d %H:%M} UTC: what it signed before stays good"
    return "signs now" if row.id == present else "on record, never rotated"


@keys.command()
@click.option(
    "--file",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the new key is written, when LANTOA_SIGNING_KEY holds the present one.",
)
def rotate(place: Path | None) -> None:
    """Make a new key and let it sign from now on; what the old one signed stays good. Restart the node afterwards."""
    settings = _settings()
    if key_is_told() and place is None:
        raise click.ClickException(
            "LANTOA_SIGNING_KEY holds the present key. Say --file PATH, and put what stands there into it."
        )
    where = (place or settings.data / "signing_key").absolute()
    _check_no_peers(Database(settings.database_url))
    try:
        with Database(settings.database_url).transaction() as session:
            signing.remember(session, old := Signer(settings.signing_key))
            rotation.rotate(session, old, new := rotation.write_new(where), OPERATOR)
    except DomainError:
        raise click.ClickException(
            "This key was retired before. Restart the node with the new one."
        ) from None
    rotation.take_over(where)
    click.echo(f"{new.key_id} signs from now on. Restart the node: until then it signs nothing.")


def _check_no_peers(database: Database) -> None:
    """Other nodes have to be told of the new key by the old one, before it is gone."""
    with database.transaction(writes=False) as session:
        if peers.parents(session) or peers.children(session):
            raise click.ClickException(
                "Other nodes know this key and must be told first. Run: lantoa node rotate"
            )


@keys.command()
@click.argument("key")
@click.option(
    "--from",
    "since",
    required=True,
    help="Since when somebody else may have had it (ISO 8601; without an offset as clocks in Viet Nam show it).",
)
def withdraw(key: str, since: str) -> None:
    """Give up KEY because somebody else may have it: nobody believes it any more, and did.json does not name it."""
    settings = _settings()
    if Signer(settings.signing_key).key_id == key:
        raise click.ClickException("The node signs with this key. First: lantoa keys rotate")
    try:
        with Database(settings.database_url).transaction() as session:
            rotation.withdraw(session, key, _moment(since), OPERATOR)
    except DomainError as refused:
        raise click.ClickException(refused.sentence % refused.values) from None
    click.echo(
        f"{key} is withdrawn. Make what it signed since then anew: lantoa certificates reissue --key {key} --why ..."
    )
