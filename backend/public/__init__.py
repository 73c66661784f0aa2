"""Pages and open data for everybody: the front door, the phone app's files, and whether the node is well."""

from backend.http import NodeApp
from backend.public.pages import blueprint


def register(app: NodeApp) -> None:
    app.register_blueprint(blueprint)
