"""Conclusions of inspections that were published. Of the files themselves nothing is shown: no team, no readings."""

from flask import Blueprint

from backend import http
from backend.http import anybody, guarded
from backend.inspection.queries import published
from backend.public.page import page

blueprint = Blueprint("conclusions", __name__, template_folder="templates")


@blueprint.get("/ket-luan-kiem-tra")
@guarded(anybody)
def every() -> str:
    return page("conclusions", rows=published(http.session()))
