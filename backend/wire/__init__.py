"""The peers' door: a gate that verifies before anything is parsed, and the few routes behind it. A child always connects.

Every view is guarded by `peer` and answers a frame or a problem; the gate signs what it answers. There is no view here
that reads people: the floors below hold none in what they hand out.
"""

from importlib import import_module

from backend.http import NodeApp

ROOMS = ("packets", "documents")


def register(app: NodeApp) -> None:
    """Mount the door behind its gate. The last middleware put on is the first to be asked."""
    from backend.wire.door import blueprint
    from backend.wire.gate import Gate

    for room in ROOMS:
        import_module(f"backend.wire.{room}")
    app.register_blueprint(blueprint)
    app.wsgi_app = Gate(app, app.wsgi_app)  # type: ignore[method-assign]
