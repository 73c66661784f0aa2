"""A throw-away PostgreSQL for a test run: one cluster a pytest worker, as many databases as its tests like.

    url = create_database("journeys", template="migrated")

The cluster starts with the first database and listens on a Unix socket only. A keeper process owns it and waits for
its standard input to end, which happens however the tests end: passed, interrupted or killed. No cluster outlives them.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

READY = "ready"
# Nothing here needs to survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def create_database(name: str, template: str | None = None) -> str:
    """Makes a database, a copy of `template` if given, and returns its SQLAlchemy URL."""
    return shared_cluster().create_database(name, template)


def drop_database(name: str) -> None:
    """Drops a database, and whoever is still connected to it."""
    shared_cluster().drop_database(name)


def copy_database(name: str, copy: str) -> None:
    """`copy` becomes what `name` is at this moment; whoever is still connected to `name` is sent away first."""
    shared_cluster().copy_database(name, copy)


@cache
def shared_cluster() -> Cluster:
    cluster = Cluster()
    atexit.register(cluster.stop)
    return cluster


class Cluster:
    """A running server. Tests that stop or starve it start one of their own, benchmarks one with settings of theirs."""

    def __init__(self, settings: dict[str, str] = SETTINGS) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lantoa-pg-", dir=place(settings)))
        self.keeper = subprocess.Popen(
            [sys.executable, __file__, self.folder, *(f"{name}={value}" for name, value in settings.items())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C in the terminal is for the tests; the keeper follows when they are done.
            start_new_session=True,
        )
        assert self.keeper.stdout
        if self.keeper.stdout.readline().strip() != READY:
            raise RuntimeError("PostgreSQL did not start; its own words are above")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str | None = None) -> str:
        # Ten times as fast as the default, which writes every page through the log; nothing here has to survive.
        self._run(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template or "template1")
            )
        )
        return self.url(name)

    def copy_database(self, name: str, copy: str) -> None:
        self._run(
            sql.SQL("select pg_terminate_backend(pid) from pg_stat_activity where datname = {}").format(
                sql.Literal(name)
            )
        )
        self.create_database(copy, template=name)

    def drop_database(self, name: str) -> None:
        self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def stop(self) -> None:
        assert self.keeper.stdin
        self.keeper.stdin.close()
        self.keeper.wait(timeout=30)

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", autocommit=True) as connection:
            connection.execute(statement)


IN_MEMORY, ROOM = Path("/dev/shm"), 4 << 30


def place(settings: dict[str, str]) -> str:
    """Where a cluster's folder goes: into memory if nothing in it has to last and there is room, because copying a
    database's three hundred small files is a third of most tests' time on a disk.

    Never $TMPDIR: a socket's path may have 107 characters at most, and `nobody` must get there.
    """
    lasting = settings.get("fsync") != "off"
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    return "/tmp" if lasting or not roomy else str(IN_MEMORY)


# --- the keeper, a process of its own ---------------------------------------------------------------------------


def keep(folder: Path, settings: list[str]) -> None:
    """Runs a cluster in `folder` until standard input ends, then removes every trace."""
    try:
        server = start(folder, settings)
        try:
            print(READY, flush=True)
            sys.stdin.read()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, settings: list[str]) -> subprocess.Popen[bytes]:
    bin_folder, data, log = server_binaries(), folder / "data", folder / "log"
    child: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:  # which PostgreSQL refuses to be
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        child |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with log.open("wb") as out:
        child |= {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT}
        initdb: list[str | Path] = [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust"]
        made = subprocess.run([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], **child, check=False)
        if made.returncode != 0:
            raise SystemExit(log.read_text())
        options = [part for setting in settings for part in ("-c", setting)]
        server = subprocess.Popen([bin_folder / "postgres", "-D", data, "-k", folder, *options], **child)
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host=str(folder), user="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return server
    server.kill()
    raise SystemExit(log.read_text())


def server_binaries() -> Path:
    """The newest of Debian's folders, else the one on PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda initdb: int(initdb.parts[-3])
    )
    on_path = shutil.which("initdb")
    if not debian and not on_path:
        raise SystemExit("No PostgreSQL server here: run scripts/ensure_test_services.py")
    return debian[-1].parent if debian else Path(str(on_path)).parent


if __name__ == "__main__":
    keep(Path(sys.argv[1]), sys.argv[2:])
