"""`lantoa`: everything an operator does from the command line."""

import json
import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from backend import figures
from backend.certificates import commands, commands_batches, did
from backend.config import Settings, read_settings
from backend.db import migrate as migrations
from backend.db.engine import Database
from backend.db.node import begin_epoch
from backend.errors import DomainError, SettingMissing
from backend.federation.packets import commands as packet_commands
from backend.federation.packets.stream import Book
from backend.federation.peers import commands as peer_commands
from backend.people import at_shell
from backend.safeguards.audit import OPERATOR, note
from campaigns.pack import PackInvalid, read_pack
from campaigns.registry import measure_book

DOCUMENT = Path(__file__).parents[1] / "mobile_api" / "openapi.json"


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingMissing as missing:
        raise click.ClickException(str(missing)) from None


@click.group()
def main() -> None:
    """Lan Tỏa: the node of a commune, a province or a Party committee."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)


@main.command()
def migrate() -> None:
    """Bring the database to the present shape, from any release."""
    database = Database(_settings().database_url)
    migrations.upgrade(database.engine)
    click.echo("The database has the present shape.")


@main.command()
@click.option("--fresh", is_flag=True, help="Throw the demo data away and plant it anew.")
@click.option("--small", is_flag=True, help="A tenth of the people: quick to plant, for tests.")
def demo(fresh: bool, small: bool) -> None:
    """Migrate, plant the demo commune if it is not there yet, and say whom to sign in as."""
    from backend import demo as planting

    settings = _settings()
    if not settings.demo:
        raise click.ClickException("Invented people belong in a demo only: set LANTOA_MODE=demo.")
    try:
        planting.plant(settings, planting.SMALL if small else planting.FULL, fresh=fresh)
    except planting.NoDemo as error:
        raise click.ClickException(str(error)) from None
    click.echo(planting.where_to_go(settings))


@main.command()
def serve() -> None:
    """Run the web server and the worker until told to stop."""
    from backend.serve import serve as keep_serving

    settings = _settings()
    database = Database(settings.database_url)
    if not migrations.is_current(database.engine):
        raise click.ClickException("The database has not the present shape. Run: lantoa migrate")
    database.close()
    click.echo(f"Lan Tỏa: http://{settings.host}:{settings.port}")
    sys.exit(keep_serving(settings))


@main.command()
def worker() -> None:
    """Run one worker: fold, number changes, turn activities with time, draw certificates."""
    from backend.certificates.hands import hands_of
    from backend.media.photos import Keeping
    from backend.worker import Worker, rounds_of

    settings = _settings()
    database = Database(settings.database_url)
    keeping = Keeping(timedelta(days=settings.photo_days), timedelta(days=settings.half_photo_days))
    hand = Worker(database, measure_book(), keeping, hands_of(settings), rounds_of(settings, database))
    hand.stop_on_signals()
    hand.run()


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 unless every figure agrees to the digit.")
def rebuild(check: bool) -> None:
    """Count the whole ledger again: tallies, boards and scorecards."""
    database = Database(_settings().database_url)
    with tqdm(desc="facts", unit="", disable=None) as bar:

        def progress(done: int) -> None:
            bar.update(done)

        if check:
            _say_differences(figures.differences(database, measure_book(), progress))
        with database.transaction() as session:
            total = figures.rebuild(session, measure_book(), progress)
            note(session, OPERATOR, "figures.rebuild", "ledger")
    click.echo(f"Counted {total} facts anew.")


def _say_differences(wrong: list[str]) -> NoReturn:
    for line in wrong:
        click.echo(line)
    click.echo(f"{len(wrong)} figures disagree." if wrong else "Every figure agrees with the ledger.")
    sys.exit(1 if wrong else 0)


@main.command("load-units")
def load_units() -> None:
    """Load the provinces and communes of the whole country; those that are there already stay as they are."""
    from backend.units import national

    with Database(_settings().database_url).transaction() as session:
        new = national.load(session)
        note(session, OPERATOR, "units.load", "unit")
    click.echo(f"{new} new units; {len(national.listed())} on the list.")


@main.command()
@click.option("--check", is_flag=True, help="Exit 1 if the committed document is stale.")
def openapi(check: bool) -> None:
    """Write the API's document, from which the phone app's types are made."""
    import mobile_api
    from backend.app import create_app

    nothing = Settings(mode="demo", data=Path(), database_url="sqlite://", secret_key="", identity="demo")
    made = mobile_api.document(create_app(nothing))
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        raise click.ClickException("mobile_api/openapi.json is stale. Run: make openapi")


commands_batches.join(commands.certificates)
main.add_command(commands.certificates)
main.add_command(commands.keys)


def _streams() -> Book:
    from backend import streams

    return streams.book()


peer_commands.join(main, at_shell.operator, at_shell.first_operator)
packet_commands.join(peer_commands.node, _streams)


@main.group()
def pack() -> None:
    """Packs: folders of YAML and pictures from which campaigns are launched."""


@pack.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_pack(folder: Path) -> None:
    """Read a pack and say everything that is wrong with it, by file and line; exit 1 if there is anything."""
    try:
        read = read_pack(folder)
    except PackInvalid as invalid:
        click.echo(str(invalid))
        click.echo(f"{len(invalid.errors)} errors.")
        sys.exit(1)
    click.echo(
        f"{read.code} v{read.version}: {len(read.rounds)} rounds, {read.digest[:12]}. Nothing is wrong."
    )


@main.group()
def scorecards() -> None:
    """Scorecards of periods: published revisions that never change."""


@scorecards.command("verify")
def verify_scorecards() -> None:
    """Count every published revision again from the ledger; exit 1 unless all are the same byte for byte."""
    from backend.cards import verify

    with Database(_settings().database_url).transaction(writes=False) as session:
        total, wrong = verify.count(session), verify.verify(session)
    for line in wrong:
        click.echo(str(line))
    click.echo(f"{total} published revisions, {len(wrong)} figures disagree with the ledger.")
    sys.exit(1 if wrong else 0)


@scorecards.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--unit", "code", required=True, help="Code of the unit that issues it, and all below which it holds."
)
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Holds for periods beginning from then on."
)
def import_scorecard_template(file: Path, code: str, since: datetime | None) -> None:
    """Bring in a template of scorecards as a new version; exit 1 with everything that is wrong with it."""
    from backend.cards import template_reading
    from backend.cards.issuing import bring_in

    checked = template_reading.check(file.read_bytes().decode("utf-8-sig", "replace"), measure_book())
    for problem in checked.problems:
        click.echo(problem)
    if checked.template is None:
        sys.exit(1)
    try:
        with Database(_settings().database_url).transaction() as session:
            made = bring_in(session, code, checked.data, since.date() if since else None)
            told = f"{made.code} version {made.version} holds from {made.valid_from} on."
    except DomainError as refused:
        raise click.ClickException(refused.sentence % refused.values) from None
    click.echo(told)


@main.command("new-epoch")
def new_epoch() -> None:
    """After restoring a backup: tell the phones to offer again what they kept."""
    database = Database(_settings().database_url)
    with database.transaction() as session:
        epoch = begin_epoch(session)
        note(session, OPERATOR, "node.new_epoch", "node")
    click.echo(f"The epoch is now {epoch}. Restart the web processes.")


@main.command()
def doctor() -> None:
    """Say whether this node is well: settings, database, what waits."""
    settings = _settings()
    database = Database(settings.database_url)
    current = migrations.is_current(database.engine)
    click.echo(f"mode {settings.mode}, data in {settings.data}, {database.engine.dialect.name}")
    click.echo(f"database shape: {'present' if current else 'OLD, run: lantoa migrate'}")
    if current:
        with database.transaction(writes=False) as session:
            waits = figures.is_anything_waiting(session)
            who = did.identity_to_be(session, settings.public_url)
        click.echo(f"facts waiting to be counted: {'yes (is a worker running?)' if waits else 'none'}")
        click.echo(f"verifiers know this node as {who.did}")
        if who.public_url != settings.public_url:
            click.echo(
                f"LANTOA_PUBLIC_URL is {settings.public_url}, but credentials name {who.public_url}: keep that address alive"
            )
    sys.exit(0 if current else 1)


if __name__ == "__main__":
    main()
