"""Pages and open data for everybody: the front door, certificates verified, results published, the node's key, the
phone app's files, and whether the node is well."""

from backend.http import NodeApp
from backend.public import conclusions, ideas, key, open_data, pages, pictures, results, verify


def register(app: NodeApp) -> None:
    for room in (pages, verify, results, ideas, key, pictures, conclusions, open_data):
        app.register_blueprint(room.blueprint)
