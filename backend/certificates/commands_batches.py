"""At the command line: batches of certificates that are not done, and letting a stopped one go on."""

import uuid

import click
from tqdm import tqdm

from backend.certificates import anew, batches, progress, turn
from backend.certificates.hands import hands_of
from backend.config import Settings, read_settings
from backend.db.engine import Database
from backend.errors import DomainError, SettingMissing
from backend.safeguards.audit import OPERATOR
from backend.safeguards.signing import Signer

LEAST_REASON = 5


def join(group: click.Group) -> None:
    """Put these commands into the group of certificates."""
    group.add_command(listed, "batches")
    group.add_command(resume)
    group.add_command(reissue)


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingMissing as missing:
        raise click.ClickException(str(missing)) from None


@click.command()
def listed() -> None:
    """Show every batch that is not done, and how far it is."""
    with Database(_settings().database_url).transaction(writes=False) as session:
        found = progress.unfinished(session)
        for one in found:
            why = f" ({one.batch.stopped_why})" if one.batch.stopped_why else ""
            click.echo(
                f"{one.batch.id}  {one.batch.state}{why}  {one.done} done, {one.refused} refused, {one.waiting} waiting"
            )
    if not found:
        click.echo("Every batch is done.")


@click.command()
@click.argument("batch", type=click.UUID)
@click.option("--draw", is_flag=True, help="Draw it here and now instead of leaving it to the worker.")
def resume(batch: uuid.UUID, draw: bool) -> None:
    """Let a stopped BATCH go on."""
    settings = _settings()
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            if not draw or batches.find(session, batch).state == "stopped":
                batches.go_on(session, batch, OPERATOR)
    except DomainError as error:
        raise click.ClickException(f"{error.code}: the batch is not stopped, or there is none") from None
    if draw:
        _draw(database, settings, batch)
    with database.transaction(writes=False) as session:
        is_done = batches.find(session, batch).state == "done"
    click.echo("The batch is done." if is_done else "The batch goes on.")


def _draw(database: Database, settings: Settings, batch: uuid.UUID) -> None:
    hands = hands_of(settings)
    try:
        with tqdm(desc="certificates", unit="", disable=None) as bar:
            while turn.turn(database, hands, batch):
                bar.update(turn.AT_ONCE)
    finally:
        hands.close()


@click.command()
@click.option("--key", required=True, help="The withdrawn key (see: lantoa keys show).")
@click.option(
    "--why", required=True, help="For everybody to read on the page of the old paper, in Vietnamese."
)
@click.option(
    "--older",
    is_flag=True,
    help="Also those from before: good on the node's page, not to who reads did.json alone.",
)
def reissue(key: str, why: str, older: bool) -> None:
    """Make papers anew that are not believed since KEY was withdrawn; says old and new number of each."""
    if len(why.strip()) < LEAST_REASON:
        raise click.ClickException("--why needs a few words: people read them.")
    settings = _settings()
    database, signer = Database(settings.database_url), Signer(settings.signing_key)
    try:
        with database.transaction(writes=False) as session:
            found = anew.unbelieved(session, key, older=older)
    except DomainError as error:
        raise click.ClickException(error.sentence % error.values) from None
    failed = 0
    for certificate, old in tqdm(found, desc="certificates", unit="", disable=None):
        try:
            with database.transaction() as session:
                new = anew.anew(session, certificate, why, OPERATOR, signer, settings.public_url).number
        except DomainError as error:
            failed += 1
            click.echo(f"{old}: {error.code}", err=True)
        else:
            click.echo(f"{old} -> {new}")
    click.echo(f"{len(found) - failed} of {len(found)} papers were made anew.")
    if failed:
        raise SystemExit(1)
