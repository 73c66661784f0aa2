"""Keeps `mobile_api/openapi.json` fresh and complete: every route of the phone's door, every error a problem answer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import mobile_api
from backend.http import NodeApp
from mobile_api.api import PREFIX

COMMITTED = Path(mobile_api.__file__).parent / "openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}
PROBLEM = "application/problem+json"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def document(app: NodeApp) -> dict[str, Any]:
    return mobile_api.document(app)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """'GET /home' -> the operation as the document describes it."""
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def followed(document: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in shape:
        found: Any = document
        for step in shape["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        shape = found
    return shape


def references(shape: Any) -> set[str]:
    if isinstance(shape, dict):
        own = {shape["$ref"]} if isinstance(shape.get("$ref"), str) else set()
        return own.union(*(references(part) for part in shape.values()))
    return set().union(*(references(part) for part in shape)) if isinstance(shape, list) else set()


def in_braces(rule: str) -> str:
    """'/api/v1/receipts/<string:receipt>' -> '/receipts/{receipt}'"""
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule).removeprefix(PREFIX)


def test_the_committed_document_is_fresh(document: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json.loads(json.dumps(document)), (
        "stale: run `make openapi`"
    )


def test_every_route_of_the_api_is_in_the_document(app: NodeApp, document: dict[str, Any]) -> None:
    mounted = {
        f"{method} {in_braces(rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{PREFIX}/") and rule.rule != f"{PREFIX}/openapi.json"
        for method in rule.methods or ()
        if method.lower() in METHODS
    }
    assert mounted == set(operations(document))


def test_every_operation_answers_trouble_with_a_problem(document: dict[str, Any]) -> None:
    silent = [
        name
        for name, operation in operations(document).items()
        if PROBLEM not in followed(document, operation["responses"].get("default", {})).get("content", {})
    ]
    assert silent == []


def test_every_documented_error_is_a_problem(document: dict[str, Any]) -> None:
    other = [
        f"{name} {status}"
        for name, operation in operations(document).items()
        for status, answer in operation["responses"].items()
        if not status.startswith("2") and set(followed(document, answer).get("content", {})) != {PROBLEM}
    ]
    assert other == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        assert followed(document, {"$ref": reference})


def test_every_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    assert [name for name, operation in operations(document).items() if not operation.get("summary")] == []
