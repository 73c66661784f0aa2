"""Every public page is put together here: the reader's language, the demo's banner, and how values are written."""

from typing import Any

from flask import render_template

from backend import http
from backend.public import shown


def page(name: str, **values: Any) -> str:
    known = {"language": http.language(), "demo": http.services().settings.demo, "shown": shown}
    return render_template(f"public/{name}.html", **(known | values))
