"""What flask-smorest cannot know of the document: problem answers, the bearer token, and the shapes kinds declare."""

from typing import Any

import msgspec
from apispec import APISpec

from backend.participation.deeds import OperationIn, PushIn
from campaigns.registry import KINDS
from mobile_api.wire import VerdictOut, VerdictsOut

INFO = {
    "description": (
        "The phone's door of a Lan Tỏa node. Every deed of a person is an operation with an id and a device sequence "
        "made by the phone; sending it again is always harmless."
    ),
    "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
}
PROBLEM = {
    "type": "object",
    "description": "A problem answer (RFC 9457). `code` is a stable word; `detail` says in plain words what to do.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "object"},
        "tries_left": {"type": "integer"},
        "retry_after_s": {"type": "integer"},
    },
}
COMPONENTS = {
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    "schemas": {"Problem": PROBLEM},
    "responses": {},
}
REF = "#/components/schemas/{name}"


def complete(spec: APISpec) -> None:
    """Add typed shapes, then make every error of every operation a problem answer."""
    for name, shape in _shapes().items():
        spec.components.schemas[name] = shape
    problem = {
        "description": "The request could not be met",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    spec.components.schemas.pop("Error", None)
    spec.components.schemas.pop("PaginationMetadata", None)
    for name in list(spec.components.responses):
        spec.components.responses[name] = problem
    spec.components.responses["DEFAULT_ERROR"] = problem


def _shapes() -> dict[str, Any]:
    types: list[Any] = [PushIn, OperationIn, VerdictsOut, VerdictOut]
    for kind in KINDS:
        types += [kind.settings, kind.mine_shape]
        for action in kind.actions:
            types += [shape for shape in (action.body, action.result) if shape]
    _, shapes = msgspec.json.schema_components(types, ref_template=REF)
    shapes["PushIn"]["properties"]["operations"]["description"] = (
        "Operations of the phone, each frozen byte for byte when it was done. The node hashes the exact bytes of each "
        "array element. An element that cannot be read is kept aside and answered as quarantined."
    )
    named = _by_kind(shapes)
    mine = [{"$ref": REF.format(name=shape_name(kind.mine_shape, named))} for kind in KINDS]
    return named | _operations(named) | {"MineOut": {"title": "MineOut", "anyOf": mine}}


def _by_kind(shapes: dict[str, Any]) -> dict[str, Any]:
    """Where two kinds gave shapes the same name, each is called by its kind: 'VisitMineOut'."""
    text = msgspec.json.encode(shapes).decode()
    for dotted in sorted(name for name in shapes if "." in name):
        text = text.replace(f'"{dotted}"', f'"{_with_kind(dotted)}"').replace(
            f'/{dotted}"', f'/{_with_kind(dotted)}"'
        )
    return dict(msgspec.json.decode(text))


def _with_kind(dotted: str) -> str:
    """'campaigns.visit.schemas.MineOut' -> 'VisitMineOut'"""
    parts = dotted.split(".")
    return f"{parts[1].title()}{parts[-1]}"


def shape_name(shape: type, shapes: dict[str, Any]) -> str:
    with_kind = _with_kind(f"{shape.__module__}.{shape.__name__}")
    return with_kind if with_kind in shapes else shape.__name__


def _operations(shapes: dict[str, Any]) -> dict[str, Any]:
    """One shape per action: the operation with that action's body."""
    plain = shapes["OperationIn"]
    return {
        operation_name(kind.name, action.name): plain
        | {
            "title": f"{kind.name}.{action.name}",
            "properties": plain["properties"]
            | {
                "action": {"const": f"{kind.name}.{action.name}"},
                "body": {"$ref": REF.format(name=shape_name(action.body, shapes))},
            },
        }
        for kind in KINDS
        for action in kind.actions
    }


def operation_name(kind: str, action: str) -> str:
    return f"{kind.title()}{action.title()}Operation"


def json_of(name: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": REF.format(name=name)}}}}
