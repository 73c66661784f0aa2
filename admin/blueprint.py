"""What every page of the console shares: the frame, the check of forms, the headers, the static files."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, send_from_directory
from flask_wtf import CSRFProtect

from admin import shown
from backend import http
from backend.http import anybody, guarded
from backend.people.staff import Staff
from backend.safeguards.audit import Actor

PREFIX = "/admin"
STATIC = Path(__file__).parent / "static"

INSPECTORS = ("inspector",)
"""They pass the doors that end in ROLES; what they read there a running inspection file has to open. Others, the READERS,
read within their reach."""
SCORECARD_READERS = ("unit_head", "campaign_admin", "party_office")
SCORECARD_ROLES = (*SCORECARD_READERS, *INSPECTORS)
AUDIT_ROLES = ("dpo", "system_operator", "campaign_admin")
PEOPLE_ROLES = ("system_operator", "campaign_admin")
PEOPLE_KEEPERS = ("system_operator",)
CONSENT_ROLES = ("dpo",)
UNIT_ROLES = ("campaign_admin", "system_operator")
BANK_ROLES = ("question_editor", "campaign_admin")
TEAM_ROLES = ("campaign_admin", "unit_head", "team_leader")
TEAM_LEADERS = ("campaign_admin", "team_leader")
TEAM_KEEPERS = ("campaign_admin",)
CELL_SECRETARIES = ("cell_secretary",)
PARTY_COMMITTEES = ("party_committee",)
PLEDGE_READERS = ("cell_secretary", "party_committee")
PLEDGE_ROLES = (*PLEDGE_READERS, "party_building_board")
IDEA_SECRETARIES = ("initiative_secretary",)
UNIT_HEADS = ("unit_head",)
JUDGES = ("council_member",)
IDEA_KEEPERS = (*IDEA_SECRETARIES, *UNIT_HEADS)
IDEA_ROLES = (*IDEA_KEEPERS, *JUDGES, "campaign_admin")
TARGET_KEEPERS = ("party_office",)
DECLARERS = (*TARGET_KEEPERS, "unit_head")
TARGET_READERS = (*DECLARERS, "province_viewer")
TARGET_ROLES = (*TARGET_READERS, *INSPECTORS)
PLAN_KEEPERS = ("party_office",)
PLAN_ROLES = (*PLAN_KEEPERS, "unit_head", "campaign_admin")
INSPECTION_DECIDERS = (*INSPECTORS, "party_committee")
FRONT_OFFICES = ("front",)
INSPECTION_WRITERS = (*INSPECTORS, *FRONT_OFFICES)
INSPECTION_READERS = (*INSPECTION_DECIDERS, *FRONT_OFFICES)
INSPECTION_ROLES = (*INSPECTION_READERS, "unit_head", "cell_secretary")
REPORT_DRAFTERS = ("drafter",)
REPORT_OFFICES = ("party_office",)
REPORT_ROLES = (*REPORT_DRAFTERS, "reviewer", "signer", "clerk", *REPORT_OFFICES, "province_viewer")
CARD_KEEPERS = ("party_office", "unit_head")
CARD_READERS = (*CARD_KEEPERS, "campaign_admin", "province_viewer")
LEVEL_PARTY_READERS = ("party_office",)
LEVEL_KEEPERS = ("party_office", "unit_head")
"""They take in what units below sent, as they do with reports; the unit's head on the State's line alone."""
LEVEL_READERS = (*LEVEL_KEEPERS, "province_viewer")
OUTGOING_READERS = ("party_office", "unit_head", "campaign_admin")
"""Who may publish a card may also read what left with it, and what the level above said."""
CARD_PAPERS = ("drafter", "reviewer", "signer", "clerk")
"""Their unit's card passes through their hands on its way; nobody else's does."""
CARD_ROLES = (*CARD_READERS, *INSPECTORS, *CARD_PAPERS)
PAPER_KEEPERS = ("system_operator",)
PEER_KEEPERS = ("system_operator",)
DOCUMENT_KEEPERS = ("party_office", "campaign_admin")
DOCUMENT_READERS = (*DOCUMENT_KEEPERS, "province_viewer", "system_operator")
DUTY_ROLES = (*IDEA_KEEPERS, "campaign_admin", *PLEDGE_ROLES)
MOVEMENT_KEEPERS = ("emulation_officer", "campaign_admin")
MOVEMENT_HEADS = (*MOVEMENT_KEEPERS, "unit_head")
MOVEMENT_ROLES = (*MOVEMENT_HEADS, "emulation_council", "front")
BATCH_ROLES = ("campaign_admin", "emulation_officer", "party_office")
"""They make certificates for many; those a decision stands behind are the second's, on the Party's line the third's."""
THANKERS = ("campaign_admin", "emulation_officer")
HONOUR_KEEPERS = ("emulation_officer",)

AWARD_PROPOSERS = ("unit_head", "cell_secretary", "front", "campaign_admin")
AWARD_KEEPERS = ("emulation_officer", "party_office", "campaign_admin")
AWARD_HANDS = (
    *AWARD_PROPOSERS,
    "emulation_officer",
    "party_office",
    "emulation_council",
    "signer",
    "clerk",
    "campaign_releaser",
)
"""Everybody through whose hands a list goes; on which unit and line is the room's question."""
AWARD_BOOKS = (*AWARD_KEEPERS, "emulation_council", "signer", "clerk")

blueprint = Blueprint("admin", __name__, url_prefix=PREFIX, template_folder="templates", static_folder=None)
csrf = CSRFProtect()


@blueprint.before_request
def check_form() -> None:
    """Raises CSRFError for a form that this browser session was not given."""
    csrf.protect()


@blueprint.get("/static/<path:name>")
@guarded(anybody)
def static_file(name: str) -> Response:
    answer = send_from_directory(STATIC, name)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page in the console's frame. It asks the database nothing, so an error page can be shown at any moment."""
    from admin.menu import menu_of  # names the roles kept here

    member: Staff | None = g.get("staff")
    text = render_template(
        f"admin/{template}",
        member=member,
        menu=menu_of(member) if member else [],
        demo=http.demo_notes(),
        language=http.language(),
        shown=shown,
        **values,
    )
    return make_response(text, status)


def actor() -> Actor:
    return Actor("staff", http.staff().person)


def harden(answer: Response) -> Response:
    """Stricter than other doors: nothing kept by caches on a shared computer; the way back needs the own referrer."""
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
    )
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = answer.headers.get("Cache-Control", "no-store")
    return answer
