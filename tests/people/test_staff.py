"""The console's sign-in: guessing leads nowhere, tells nothing, and locks nobody else out."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from backend import clock
from backend.people import staff
from tests.support.world import PASSWORD, World

HERE, ELSEWHERE = "198.51.100.1", "203.0.113.9"
Move = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def move(world: World) -> Iterator[Move]:
    world.app.config["WTF_CSRF_METHODS"] = set()
    with clock.stopped_at(clock.now().replace(minute=0, second=0)) as on:
        yield on


def enter(world: World, name: str, password: str = PASSWORD, address: str = HERE) -> TestResponse:
    form = {"username": name, "password": password}
    return world.client().post("/admin/sign-in", data=form, environ_base={"REMOTE_ADDR": address})


def test_five_wrong_passwords_close_this_address_for_that_name_alone(world: World, move: Move) -> None:
    assert [enter(world, "an", "wrong").status_code for _ in range(6)] == [403] * 5 + [429]
    assert enter(world, "an").status_code == 429
    assert enter(world, " AN ").status_code == 429
    assert enter(world, "an", address=ELSEWHERE).status_code == 302, "a stranger locks nobody out"
    assert enter(world, "dpo").status_code == 302
    move(timedelta(minutes=15))
    assert enter(world, "an").status_code == 302


def test_a_name_nobody_has_is_answered_like_any_other(world: World) -> None:
    def plain(page: str, name: str) -> str:
        """Without the name that was typed and the token that every form has its own."""
        return re.sub(r'name="csrf_token" value="[^"]*"', "", page).replace(f'value="{name}"', "")

    def answers(name: str) -> list[tuple[int, str]]:
        found = [enter(world, name, "wrong") for _ in range(7)]
        return [(answer.status_code, plain(answer.text, name)) for answer in found]

    assert answers("dpo") == answers("khongco")


def test_a_right_password_forgets_the_wrong_ones(world: World) -> None:
    for _ in range(2):
        assert [enter(world, "an", "wrong").status_code for _ in range(4)] == [403] * 4
        assert enter(world, "an").status_code == 302


def test_guesses_from_many_addresses_end_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "MAX_WRONG_ANYWHERE", 8)
    tried = [enter(world, "an", "wrong", f"198.51.100.{n}").status_code for n in range(1, 10)]
    assert tried == [403] * 8 + [429]


def test_even_right_passwords_are_rationed(world: World) -> None:
    tried = [enter(world, "an").status_code for _ in range(staff.MAX_TRIES + 1)]
    assert tried == [302] * staff.MAX_TRIES + [429]
