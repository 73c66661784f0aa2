"""Files of evidence, for the secretary of the member's present cell. Every opening is told to the member."""

import uuid
from collections.abc import Callable

from flask import Response
from sqlalchemy.orm import Session

from admin.blueprint import CELL_SECRETARIES, blueprint
from admin.pledge_one import office
from backend import http
from backend.errors import NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.media import pdf, photos
from campaigns.pledge.readers import open_pledge


@blueprint.get("/pledges/<uuid:pledge_id>/pictures/<digest>")
@writes_on_read
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_picture(pledge_id: uuid.UUID, digest: str) -> Response:
    """A photo of evidence, for the secretary of the present cell. Raises NotFound."""
    picture = _evidence_file(pledge_id, digest, photos.picture)
    return Response(picture, mimetype="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


@blueprint.get("/pledges/<uuid:pledge_id>/papers/<digest>")
@writes_on_read
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_paper(pledge_id: uuid.UUID, digest: str) -> Response:
    """A PDF of evidence, to be saved and never opened by this page, for the secretary of the present cell.

    Raises NotFound.
    """
    answer = Response(_evidence_file(pledge_id, digest, photos.paper), mimetype=pdf.TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="minh-chung-{digest[:8]}.pdf"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _evidence_file(pledge_id: uuid.UUID, digest: str, kept: Callable[[Session, str], bytes | None]) -> bytes:
    """Its opening is told to the member. Raises NotFound for what is no evidence of this pledge."""
    here = office(pledge_id)
    if not here.is_secretary:
        raise NotFound
    one = open_pledge(http.session(), pledge_id, here.reader, {here.cell}, "evidence")
    named_here = {name for row in one.told.evidence for name in row.photos}
    found = kept(http.session(), digest) if digest in named_here else None
    if found is None:
        raise NotFound
    return found
