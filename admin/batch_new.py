"""Certificates for everybody who earned one in a finished activity: looked at first, then made in one step."""

import uuid

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import actor, blueprint, page
from admin.figures import Pair, own_activity
from admin.forms import refusal_of
from backend import clock, http
from backend.certificates import batches, designs, names, progress
from backend.certificates.designs import Known
from backend.certificates.errors import DesignUnknown
from backend.certificates.looking import Looked
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from campaigns import certificate_batches
from campaigns.certificate_batches import SOURCE, Passers

MOST_SHOWN = 50


@blueprint.get("/activities/<uuid:activity_id>/certificates")
@guarded(staff_with("campaign_admin"))
@http.writes_on_read
@http.reads_first
def new_batch(activity_id: uuid.UUID) -> Response:
    """How many will get one, how many have theirs, and each name that cannot be printed or was mended."""
    return _page(own_activity(activity_id, "campaign_admin"))


def _page(pair: Pair, error: DomainError | None = None) -> Response:
    activity, campaign = pair
    session = http.session()
    usable = designs.usable(session, campaign.owner_unit_id, clock.today(), "organiser")
    known = _chosen(usable, request.values.get("design", ""))
    made = progress.of_source(session, SOURCE, activity.id)
    found, looked = _looked(pair, known)
    if looked.refused or looked.notes:
        note(
            http.session(),
            actor(),
            "batch.preview",
            "activity",
            activity.id,
            unit=campaign.owner_unit_id,
            is_read=True,
        )
    return page(
        "batch_new.html",
        error.status if error else 200,
        activity=activity,
        campaign=campaign,
        usable=usable,
        known=known,
        good=len(looked.good),
        already=found.already,
        refused=looked.refused[:MOST_SHOWN],
        refused_count=len(looked.refused),
        mended=[(one, looked.notes[one.source_id]) for one in looked.good if one.source_id in looked.notes][
            :MOST_SHOWN
        ],
        made=made,
        notes=names.NOTES,
        sentence=http.sentence_of(error) if error else "",
    )


def _looked(pair: Pair, known: Known) -> tuple[Passers, Looked]:
    """Who passed, and which names can be printed. Read, then tried with the database let go: a thousand names take
    seconds, and nobody's paper is to wait for that."""
    found = certificate_batches.passers(http.session(), *pair)
    http.release()
    return found, batches.look(found.entries, known)


def _chosen(usable: list[Known], wanted: str) -> Known:
    """The design asked for, else the first that may be used. Raises DesignUnknown for one that may not."""
    if not wanted:
        return next((one for one in usable if one.code == "to-chuc"), usable[0])
    found = next((one for one in usable if str(one.id) == wanted), None)
    if found is None:
        raise DesignUnknown
    return found


@blueprint.post("/activities/<uuid:activity_id>/certificates")
@guarded(staff_with("campaign_admin"))
@http.reads_first
def make_batch(activity_id: uuid.UUID) -> ResponseReturnValue:
    """All of them, in one step. Whoever presses second is told, and led to what the first made."""
    activity, campaign = pair = own_activity(activity_id, "campaign_admin")
    usable = designs.usable(http.session(), campaign.owner_unit_id, clock.today(), "organiser")
    known, url = _chosen(usable, request.form.get("design", "")), http.services().settings.public_url
    ready, made = _looked(pair, known), list[uuid.UUID]()

    def make() -> None:
        one = certificate_batches.make(http.session(), activity, campaign, known.id, actor(), url, ready)
        made.append(one.id)

    if refused := refusal_of(make):
        return _page(pair, refused)
    flash(gettext("Đã lập lô giấy. Máy chủ đang in; ông/bà có thể đóng trang này."))
    return redirect(url_for("admin.batch", batch_id=made[0]), 303)
