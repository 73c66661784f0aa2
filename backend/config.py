"""Configuration is read once into one frozen object. No other module reads the environment."""

import base64
import ipaddress
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from backend.errors import SettingMissing

Mode = Literal["production", "demo"]
IDENTITIES = ("demo",)
"""Identity ports of this release. A program that brings its own hands it to `create_app`."""
SIGNING_KEY_BYTES = 32


@dataclass(frozen=True)
class Settings:
    """Everything a node can be told from outside.

    `workers`: web processes; SQLite always gets one, because it has one writer.
    `identity`: name of the identity port. There is no default: the demo port is chosen by demo mode alone.
    `trusted_proxies`: how many proxies stand before the node and write down the client's address. Left at 0 behind
    a proxy, all clients seem to be one and share that one's limits.
    `photo_days`, `half_photo_days`: how long a photo stays that no record names, or that never got whole.
    `signing_key`: what the node signs with, 32 bytes in base64url. Empty where nothing signed will be kept: tests.
    `public_url`: where strangers reach this node, without a stroke at the end; papers and credentials name it, also where
    no request is at hand. `drawing_processes`: how many certificates of a batch are drawn side by side.
    """

    mode: Mode
    data: Path
    database_url: str
    secret_key: str
    identity: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    language: str = "vi"
    trusted_proxies: int = 0
    signing_key: str = ""
    photo_days: int = 30
    half_photo_days: int = 14
    public_url: str = "http://localhost:8000"
    drawing_processes: int = 2

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment.

    Raises SettingMissing, naming the variable, when something needed is absent or unsafe.
    """
    env = os.environ if environment is None else environment
    mode = _mode(env)
    identity = _identity(env, mode)
    data = Path(env.get("LANTOA_DATA", "./var")).resolve()
    _make_private(data)
    return Settings(
        mode=mode,
        data=data,
        database_url=env.get("LANTOA_DATABASE_URL") or _own_database(data / "lantoa.sqlite3"),
        secret_key=env.get("LANTOA_SECRET_KEY") or _kept(data / "secret_key", "LANTOA_SECRET_KEY", 48),
        identity=identity,
        host=_host(env, mode),
        port=_number(env, "PORT", 8000),
        workers=_number(env, "LANTOA_WORKERS", 2),
        trusted_proxies=_number(env, "LANTOA_TRUSTED_PROXIES", 0, least=0),
        signing_key=_signing_key(env, data),
        photo_days=_number(env, "LANTOA_PHOTO_DAYS", 30),
        half_photo_days=_number(env, "LANTOA_HALF_PHOTO_DAYS", 14),
        public_url=_public_url(env),
        drawing_processes=_number(env, "LANTOA_DRAWING_PROCESSES", 2),
    )


def _mode(env: Mapping[str, str]) -> Mode:
    mode = env.get("LANTOA_MODE", "production")
    if mode == "demo":
        return "demo"
    if mode == "production":
        return "production"
    raise SettingMissing(f"LANTOA_MODE is '{mode}': use 'production' or 'demo'.")


def _identity(env: Mapping[str, str], mode: Mode) -> str:
    chosen = env.get("LANTOA_IDENTITY", "demo" if mode == "demo" else "")
    if not chosen:
        raise SettingMissing(
            "LANTOA_IDENTITY is not set: production needs a real way to prove a phone number."
        )
    if chosen == "demo" and mode != "demo":
        raise SettingMissing(
            "LANTOA_IDENTITY=demo shows sign-in codes on the screen: only with LANTOA_MODE=demo."
        )
    if chosen not in IDENTITIES:
        raise SettingMissing(
            f"LANTOA_IDENTITY={chosen}: this release has no such identity port, only 'demo'."
        )
    return chosen


def _make_private(data: Path) -> None:
    """A directory nobody else on this machine may look into. A shared one such as /tmp is left as it is."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = data.stat()
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
        data.chmod(0o700)


def _own_database(place: Path) -> str:
    """The file is made here, readable by its owner alone; SQLite gives its log the same rights."""
    os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))
    place.chmod(0o600)
    return f"sqlite:///{place}"


def _host(env: Mapping[str, str], mode: Mode) -> str:
    host = env.get("LANTOA_HOST", "127.0.0.1")
    if mode == "demo" and not _is_loopback(host):
        raise SettingMissing(f"LANTOA_HOST is '{host}': demo mode listens on loopback only.")
    return host


def _number(env: Mapping[str, str], name: str, otherwise: int, least: int = 1) -> int:
    given = env.get(name, str(otherwise))
    if not given.isdecimal() or int(given) < least:
        raise SettingMissing(f"{name} is '{given}': use a whole number from {least}.")
    return int(given)


def _public_url(env: Mapping[str, str]) -> str:
    """A node says of itself where it is found: 'https://lantoa.example'. By default what it listens on, by name."""
    given = env.get("LANTOA_PUBLIC_URL", f"http://localhost:{_number(env, 'PORT', 8000)}").rstrip("/")
    parts = urlsplit(given)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.fragment
    ):
        raise SettingMissing(
            f"LANTOA_PUBLIC_URL is '{given}': use 'https://' and the node's name, nothing behind it."
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise SettingMissing(
            f"LANTOA_PUBLIC_URL is '{given}': only a node on loopback is reached without TLS."
        )
    return given


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def key_is_told(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the signing key stands in the environment, and not in a file that could be written anew."""
    return bool((os.environ if environment is None else environment).get("LANTOA_SIGNING_KEY"))


def _signing_key(env: Mapping[str, str], data: Path) -> str:
    name, place = "LANTOA_SIGNING_KEY", data / "signing_key"
    given = env.get(name) or _kept(place, name, SIGNING_KEY_BYTES)
    try:
        length = len(base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True))
    except ValueError:
        length = 0
    if length != SIGNING_KEY_BYTES:
        raise SettingMissing(f"{name} (or {place}) is not {SIGNING_KEY_BYTES} bytes in base64url.")
    return given


def _kept(place: Path, variable: str, size: int) -> str:
    """A secret of `size` random bytes, made at first start and kept beside the database, its owner's alone."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _readable(place, variable)
    with os.fdopen(handle, "w") as file:
        file.write(made := secrets.token_urlsafe(size))
    return made


def _readable(place: Path, variable: str) -> str:
    kept = place.read_text().strip()
    if not kept:
        raise SettingMissing(f"{place} is empty: remove it to have a new one made, or set {variable}.")
    return kept
