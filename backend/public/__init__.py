"""Pages and open data for everybody: the front door, certificates verified, results published, the node's key, the
phone app's files, and whether the node is well."""

from backend.http import NodeApp
from backend.public import (
    common,
    conclusions,
    did,
    exemplary,
    honour,
    ideas,
    key,
    levels,
    movements,
    open_data,
    pages,
    pictures,
    prizes,
    results,
    status,
    verify,
)


def register(app: NodeApp) -> None:
    for room in (
        pages,
        verify,
        results,
        ideas,
        key,
        pictures,
        conclusions,
        did,
        status,
        open_data,
        levels,
        honour,
        movements,
        exemplary,
        prizes,
        common,
    ):
        app.register_blueprint(room.blueprint)
