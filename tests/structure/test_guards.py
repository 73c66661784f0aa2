"""Keeps the rule that every route is guarded, and that a guard lets in whom its name says and nobody else."""

import uuid
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backend.db.base import new_id
from backend.http import STAFF_TOKEN, Guard, NodeApp
from backend.people import sign_in, staff
from tests.support.world import World

PHONE, CONSOLE = "/api/v1", "/admin"
ROLE_OF = {
    "an": "campaign_admin",
    "head": "unit_head",
    "inspector": "inspector",
    "front": "front",
    "dpo": "dpo",
    "operator": "system_operator",
    "office": "party_office",
    "releaser": "campaign_releaser",
    "editor": "question_editor",
    "leader": "team_leader",
    "cell": "cell_secretary",  # granted on the commune: the State's line, on which there is no cell
    "party": "party_committee",
    "building": "party_building_board",
    "ideas": "initiative_secretary",
    "judge": "council_member",
    "drafter": "drafter",
    "reviewer": "reviewer",
    "signer": "signer",
    "clerk": "clerk",
    "emulation": "emulation_officer",
    "emulators": "emulation_council",
    "province": "province_viewer",
    "far": "campaign_admin",  # of another commune: passes the guard, the query then shows nothing
}
VISITORS = ("nobody", "citizen", *ROLE_OF)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
DUMMY = {
    "UUIDConverter": str(uuid.UUID(int=7)),
    "IntegerConverter": "7",
    "PathConverter": "khong-co.css",
    "UnicodeConverter": "khong-co",
}

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def may_knock(guard: Guard, visitor: str) -> bool:
    """The table: whom each guard lets in, told by its name alone."""
    if guard.name == "anybody":
        return True
    if guard.name == "signed_in":
        return visitor == "citizen"
    if guard.name == "peer":
        return False  # another node, not a person: tests/wire
    kind, *roles = guard.name.split(":")
    assert kind == "staff", f"no line in the table for the guard '{guard.name}'"
    return visitor in ROLE_OF and (not roles or ROLE_OF[visitor] in roles)


def is_known(guard: Guard, visitor: str) -> bool:
    """Whether the door behind this guard knows who the visitor is: unknown is 401, known but not allowed 403."""
    if guard.name == "peer":
        return False
    return visitor == "citizen" if guard.name == "signed_in" else visitor in ROLE_OF


def routes(app: NodeApp) -> Iterator[tuple[Rule, str, Guard]]:
    for rule in app.url_map.iter_rules():
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method, app.view_functions[rule.endpoint].guard  # type: ignore[attr-defined]


def address(app: NodeApp, rule: Rule) -> str:
    values = {name: DUMMY[type(converter).__name__] for name, converter in rule._converters.items()}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def person_of(world: World, visitor: str) -> uuid.UUID | None:
    return uuid.UUID(world.phone().me["id"]) if visitor == "citizen" else world.staff.get(visitor)


def client_of(world: World, visitor: str, person: uuid.UUID | None) -> tuple[FlaskClient, dict[str, str]]:
    """A browser or phone of the visitor, freshly signed in because some routes sign out, and the headers it sends."""
    client = world.client()
    if person is None:
        return client, {}
    with world.database.transaction() as session:
        token, _ = sign_in.open_session(session, person, new_id())
    if visitor == "citizen":
        return client, {"Authorization": f"Bearer {token}"}
    with client.session_transaction() as cookie:
        cookie[STAFF_TOKEN] = token
    return client, {}


def is_sent_to_sign_in(answer: TestResponse) -> bool:
    """The console asks a stranger to sign in and remembers where they wanted to go; signing out ends there too."""
    return answer.status_code in (302, 303) and answer.location.startswith(f"{CONSOLE}/sign-in?next=")


def was_refused(answer: TestResponse) -> bool:
    return answer.status_code in (401, 403) or is_sent_to_sign_in(answer)


def fault(guard: Guard, visitor: str, answer: TestResponse) -> str | None:
    """What is wrong with this answer to this visitor, or None. 404, 409, 415 and 422 mean the guard let pass."""
    if answer.status_code >= 500:
        return "should not break"
    if may_knock(guard, visitor):
        # Where anybody may knock, a refusal is not the guard's: a wrong password at the sign-in.
        return "should have been let in" if guard.name != "anybody" and was_refused(answer) else None
    if is_known(guard, visitor):
        return None if answer.status_code == 403 else "should be told 403"
    return None if answer.status_code == 401 or is_sent_to_sign_in(answer) else "should be asked to sign in"


def test_the_visitors_here_have_every_role_there_is() -> None:
    assert set(ROLE_OF.values()) == set(staff.ROLES)


@on_sqlite
def test_every_view_has_a_guard(app: NodeApp) -> None:
    bare = [
        name
        for name, view in app.view_functions.items()
        if not isinstance(getattr(view, "guard", None), Guard)
    ]
    assert bare == []


@on_sqlite
def test_flasks_own_static_route_does_not_exist(app: NodeApp) -> None:
    assert "static" not in app.view_functions


@on_sqlite
def test_guards_that_name_roles_name_roles_there_are(app: NodeApp) -> None:
    named = {role for _, _, guard in routes(app) for role in guard.roles}
    assert named <= set(staff.ROLES)


@on_sqlite
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_route_lets_in_whom_its_guard_names_and_nobody_else(world: World, visitor: str) -> None:
    # The console asks for its form's token before the guard is heard; here the guard must be what answers.
    world.app.config["WTF_CSRF_METHODS"] = set()
    wrong, person = [], person_of(world, visitor)
    for rule, method, guard in routes(world.app):
        client, headers = client_of(world, visitor, person)
        answer = client.open(address(world.app, rule), method=method, headers=headers)
        if trouble := fault(guard, visitor, answer):
            wrong.append(f"{method} {rule.rule} ({guard.name}) answered {answer.status_code}: {trouble}")
    assert wrong == []


def reached(world: World, visitor: str) -> dict[str, int]:
    """How each console route about a unit or activity of this commune that the visitor's role may knock at answers."""
    world.app.config["WTF_CSRF_METHODS"] = set()
    here = {"activity_id": world.activity, "unit_id": world.hamlet}
    asked = {"activity": str(world.activity), "indicator": "contest_participation"}
    urls, found = world.app.url_map.bind("localhost"), {}
    for rule, method, guard in routes(world.app):
        is_here = rule.rule.startswith(CONSOLE) and rule.arguments and rule.arguments <= set(here)
        if is_here and may_knock(guard, visitor):
            client, _headers = client_of(world, visitor, world.staff[visitor])
            path = urls.build(rule.endpoint, {name: here[name] for name in rule.arguments})
            found[f"{method} {rule.rule}"] = client.open(path, method=method, query_string=asked).status_code
    return found


OF_MOVEMENTS = " /admin/movements/"
"""The activity here is a contest, which is no movement: who reaches one is asked in tests/admin/test_movements.py."""


@on_sqlite
def test_staff_of_another_commune_reach_nothing_here(world: World) -> None:
    assert {route: code for route, code in reached(world, "far").items() if code not in (403, 404)} == {}


@on_sqlite
def test_the_organiser_of_this_commune_reaches_everything_about_it(world: World) -> None:
    answers = {route: code for route, code in reached(world, "an").items() if OF_MOVEMENTS not in route}
    assert {route: code for route, code in answers.items() if code in (401, 403, 404)} == {}


@on_sqlite
def test_a_form_of_the_console_without_its_token_changes_nothing(world: World) -> None:
    forms = [
        rule for rule, method, _ in routes(world.app) if method != "GET" and rule.rule.startswith(CONSOLE)
    ]
    assert forms
    for rule in forms:
        client, _ = client_of(world, "an", world.staff["an"])
        assert client.post(address(world.app, rule)).status_code == 400, rule.rule


@on_sqlite
def test_a_token_that_is_nonsense_is_nobody(world: World) -> None:
    client = world.client()
    for header in ("Bearer x", "Bearer ", "Basic x", "x"):
        assert client.get(f"{PHONE}/home", headers={"Authorization": header}).status_code == 401


@on_sqlite
def test_the_doors_do_not_know_each_others_people(world: World) -> None:
    citizen, headers = client_of(world, "citizen", person_of(world, "citizen"))
    with citizen.session_transaction() as cookie:
        cookie[STAFF_TOKEN] = headers["Authorization"].removeprefix("Bearer ")
    assert is_sent_to_sign_in(citizen.get(f"{CONSOLE}/"))
    with world.database.transaction() as session:
        token, _ = sign_in.open_session(session, world.staff["an"], None)
    asked = world.client().get(f"{PHONE}/home", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 401
