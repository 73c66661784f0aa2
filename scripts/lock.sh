#!/bin/sh
# Writes both lock files anew from pyproject.toml: `scripts/lock.sh` keeps the pins that still fit,
# `scripts/lock.sh --upgrade` takes the newest. uv lives in a throw-away venv; uv.lock is not used because it
# records where packages were fetched from.
set -eu
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
"${PYTHON:-python3}" -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -qq uv

export UV_PYTHON_DOWNLOADS=never UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() {
    "$tmp/venv/bin/uv" pip compile pyproject.toml --quiet --python "$tmp/venv/bin/python" --python-version 3.11 \
        --universal --generate-hashes --no-emit-index-url --no-header "$@"
}

compile --group dev --output-file requirements.lock "$@"
# The smaller set is held to the versions of the larger one.
rm -f requirements-run.lock
compile --group build --constraints requirements.lock --output-file requirements-run.lock

if grep -nE '[a-z]+://' requirements.lock requirements-run.lock; then
    echo "A lock file names a host." >&2
    exit 1
fi
