"""Makes sure that what the tests drive is here: PostgreSQL's server binaries and Chromium; with `--bench` wrk as well.

As root on a Debian-like machine whatever is missing is installed; otherwise the command to run is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser")
# The tests start clusters of their own, so the package must not start one as a service.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/lantoa-tests.conf")


def main() -> int:
    packages = missing_packages()
    if not packages:
        return 0
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The tests need: {' '.join(packages)}. Install with", file=sys.stderr)
        print(f"    sudo apt-get update && sudo {' '.join(install)}", file=sys.stderr)
        return 1
    print(f"Cài phần mềm cho kiểm thử / installing for the tests: {' '.join(packages)} …", flush=True)
    with no_main_cluster():
        for command in (["apt-get", "update"], install):
            if not quietly(command):
                return 1
    left = missing_packages()
    if left:
        print(f"Still missing after the installation: {' '.join(left)}", file=sys.stderr)
    return 1 if left else 0


def missing_packages() -> list[str]:
    packages = ["wrk"] if "--bench" in sys.argv and not shutil.which("wrk") else []
    if not has_postgres():
        packages.append("postgresql")
    if not any(map(shutil.which, BROWSERS)):
        packages += ["chromium", "fonts-noto-core"]
    return packages


def has_postgres() -> bool:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.get_exec_path())]
    return any((folder / "initdb").exists() and (folder / "postgres").exists() for folder in folders)


@contextmanager
def no_main_cluster() -> Iterator[None]:
    NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        NO_CLUSTER.unlink(missing_ok=True)


def quietly(command: list[str]) -> bool:
    """Runs a command and shows what it said only when it failed."""
    done = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
