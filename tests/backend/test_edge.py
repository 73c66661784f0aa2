"""What every answer carries, what a node without a name says, and when the one writer of SQLite is held."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from backend import http
from backend.app import create_app
from backend.config import Settings
from backend.db.engine import Database
from backend.http import NodeApp
from backend.people import keys
from tests.support.world import PASSWORD, World, prove

PAGES = (
    "/",
    "/app/",
    "/admin/sign-in",
    "/api/v1/node",
    "/healthz",
    "/khong-co",
    "/admin/khong-co",
    "/api/v1/x",
)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# --- headers ---


@on_sqlite
@pytest.mark.parametrize("path", PAGES)
def test_every_answer_of_every_door_is_hardened(world: World, path: str) -> None:
    headers = world.client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == ("same-origin" if path.startswith("/admin") else "no-referrer")
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'" if path.startswith("/api") else "default-src 'self'")
    assert len(headers.getlist("Content-Security-Policy")) == 1
    assert "Strict-Transport-Security" not in headers, "a demo speaks plain HTTP on loopback"


@on_sqlite
def test_a_real_node_asks_browsers_to_stay_on_https(
    world: World, settings: Settings, database: Database
) -> None:
    real = create_app(replace(settings, mode="production"), database, world.app.services.code_sender)
    assert "max-age=" in real.test_client().get("/admin/sign-in").headers["Strict-Transport-Security"]


# --- a database without a node ---


def test_a_node_that_is_not_set_up_says_so(app: NodeApp) -> None:
    for path in ("/api/v1/node", "/api/v1/probe?nonce=x", "/api/v1/units", "/api/v1/khong-co", "/"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.json["code"]) == (503, "not_set_up"), path
        assert answer.json["detail"]
        assert "Lantoa-Epoch" not in answer.headers


# --- addresses ---


@on_sqlite
@pytest.mark.parametrize(("proxies", "second"), [(0, 429), (1, 200)])
def test_a_forwarded_address_is_believed_only_behind_as_many_proxies_as_said(
    world: World,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    proxies: int,
    second: int,
) -> None:
    monkeypatch.setattr("mobile_api.sign_in.CODES_AN_HOUR", 1)
    client = create_app(replace(settings, trusted_proxies=proxies), database).test_client()

    def ask(forwarded: str) -> int:
        phone, headers = {"phone": "0912345678"}, {"X-Forwarded-For": forwarded}
        return client.post("/api/v1/sign-in/codes", json=phone, headers=headers).status_code

    assert ask("9.9.9.9, 1.1.1.1") == 200
    assert ask("9.9.9.9, 2.2.2.2") == second
    assert ask("8.8.8.8, 1.1.1.1") == 429, "what the client itself wrote is never believed"


@on_sqlite
def test_an_address_is_kept_as_a_keyed_hash_and_an_ipv6_household_is_one(app: NodeApp) -> None:
    def key(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return http.address()

    assert key("2001:db8::1") == key("2001:db8::ffff:1") != key("2001:db8:0:1::1")
    assert key("10.0.0.1") == key("::ffff:10.0.0.1") != key("10.0.0.2")
    assert "10.0.0" not in key("10.0.0.1")
    assert key("nonsense")


# --- the one writer is not held while a secret is hashed ---


@pytest.fixture
def writer_is_free(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each hashing tries to write in a transaction of its own: on SQLite that fails while a request holds the writer."""
    hashed: list[str] = []
    other = Database(str(world.database.engine.url))
    with other.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")

    def watch(name: str, real: Any) -> None:
        def checked(*args: Any) -> Any:
            with other.transaction():
                hashed.append(name)
            return real(*args)

        monkeypatch.setattr(keys, name, checked)

    for name in ("hash_secret", "is_secret"):
        watch(name, getattr(keys, name))
    yield hashed
    other.close()


@on_sqlite
def test_no_secret_is_hashed_while_the_writer_is_held(world: World, writer_is_free: list[str]) -> None:
    phone = world.phone(number="0912345678")
    assert writer_is_free == ["hash_secret"]
    ticket = prove(phone.client, phone.number)
    person = {"ticket": ticket, "device_id": phone.device, "person_id": phone.me["id"], "pin": "1234"}
    assert phone.client.post("/api/v1/sign-in/sessions", json=person).status_code == 201
    world.app.config["WTF_CSRF_METHODS"] = set()
    for name in ("an", "nobody"):
        world.client().post("/admin/sign-in", data={"username": name, "password": PASSWORD})
    assert phone.delete("/me", {"pin": "0000"}).status_code == 403
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204
    assert writer_is_free == ["hash_secret"] + ["is_secret"] * 5
