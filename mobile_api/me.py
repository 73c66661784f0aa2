"""The person's own page: what is held and why, consents, moving, receipts, and leaving for good."""

import re
import uuid
from typing import Any

from flask_babel import gettext

from backend import clock, http
from backend.clock import iso
from backend.errors import NotFound
from backend.http import guarded, signed_in
from backend.participation import queries as ledger
from backend.participation.models import Operation, Quarantined
from backend.people import belonging, board_names, consents, data, keys, queries, sign_in
from backend.people import leaving as people_leaving
from backend.people.models import Phone
from backend.safeguards.audit import Actor, note
from backend.units.queries import named_many
from campaigns import leaving
from campaigns.queries import campaign, is_settled
from campaigns.registry import measure_book
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.shown import shown_consent, shown_me, words
from mobile_api.sign_in import send_code
from mobile_api.wire import REASONS

blueprint = PhoneBlueprint("me", __name__, description="The signed-in person")

JOIN_CODES_AN_HOUR = 10
"""A pupil types one code, perhaps wrongly a few times; codes are short, so nobody may try them all."""
BOARD_NAMES_AN_HOUR = 20
RECEIPT = re.compile(r"[A-Z0-9-]{1,20}")


def _actor() -> Actor:
    return Actor("person", http.me().subject)


@blueprint.route("/me")
@guarded(signed_in)
@blueprint.response(200, s.MeSchema)
def read_me() -> dict[str, Any]:
    """Who is signed in, where they belong and what they agreed to."""
    return shown_me(http.session(), http.me())


@blueprint.route("/me", methods=["PATCH"])
@guarded(signed_in)
@blueprint.arguments(s.MeChangeSchema)
@blueprint.response(200, s.MeSchema)
def change_me(body: dict[str, Any]) -> dict[str, Any]:
    """A new name, or a move to another hamlet from today."""
    session, who = http.session(), http.me()
    if "name" in body:
        queries.person(session, who.person).name = body["name"].strip()
    if "unit_id" in body:
        belonging.check_home(session, body["unit_id"])
        belonging.move(session, who.person, "lives_in", body["unit_id"])
    note(session, _actor(), "person.change", "person")
    return shown_me(session, who)


@blueprint.route("/me/consents", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(s.ConsentInSchema)
@blueprint.response(201, s.ConsentSchema)
def give_consent(body: dict[str, Any]) -> dict[str, Any]:
    """Agree to one purpose in the version that was read."""
    row = consents.give(http.session(), http.me().person, body["purpose"], body["version"])
    note(http.session(), _actor(), "consent.give", "consent", row.id, reason=row.purpose)
    return shown_consent(row)


@blueprint.route("/me/consents/<uuid:consent_id>", methods=["DELETE"])
@guarded(signed_in)
@blueprint.response(204)
def withdraw_consent(consent_id: uuid.UUID) -> None:
    """Take an agreement back; it works at once."""
    consents.withdraw(http.session(), http.me().person, consent_id)
    note(http.session(), _actor(), "consent.withdraw", "consent", consent_id)


@blueprint.route("/me/board-name", methods=["PUT"])
@guarded(signed_in)
@blueprint.arguments(s.BoardNameInSchema)
@blueprint.response(200, s.MeSchema)
def choose_board_name(body: dict[str, Any]) -> dict[str, Any]:
    """Agree to stand on boards under a name of one's choice. Adults only; sent again, it changes the name."""
    session, who = http.session(), http.me()
    http.count_mine("board_names", BOARD_NAMES_AN_HOUR)
    given = board_names.choose(session, who.person, body["name"], body["version"])
    note(session, _actor(), "consent.give", "consent", given.id, reason=given.purpose)
    return shown_me(session, who)


@blueprint.route("/me/board-name", methods=["DELETE"])
@guarded(signed_in)
@blueprint.response(204)
def drop_board_name() -> None:
    """Off every board at once: the agreement is withdrawn and the name erased."""
    board_names.drop(http.session(), http.me().person)
    note(http.session(), _actor(), "consent.withdraw", "consent", reason=consents.BOARD_NAME)


@blueprint.route("/me/guardian-codes", methods=["POST"])
@guarded(signed_in)
@blueprint.response(200, s.CodeSentSchema)
def ask_guardian_code() -> dict[str, Any]:
    """Send a code to this account's phone, which the child's guardian holds."""
    return send_code(_own_number())


def _own_number() -> str:
    session = http.session()
    phone = queries.person(session, http.me().person).phone_id
    return session.get_one(Phone, phone).number


@blueprint.route("/me/guardian-consents", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(s.GuardianInSchema)
@blueprint.response(201, s.ConsentSchema)
def give_guardian_consent(body: dict[str, Any]) -> dict[str, Any]:
    """A guardian agrees for this child and one campaign, proved by a fresh code on the guardian's phone."""
    session, who = http.session(), http.me()
    campaign(session, body["campaign_id"])
    sign_in.prove(session, http.services().seal, _own_number(), body["code"])
    row = consents.give_for_child(
        session,
        who.person,
        body["version"],
        guardian_name=body["guardian_name"].strip(),
        relation=body["relation"],
        campaign=body["campaign_id"],
    )
    note(session, _actor(), "consent.give_for_child", "consent", row.id)
    return shown_consent(row)


@blueprint.route("/me/memberships", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(s.JoinInSchema)
@blueprint.response(201, s.MembershipSchema)
def join(body: dict[str, Any]) -> Any:
    """Join the class, cell, branch, body or agency that gave out this code."""
    _count_code()
    joined = belonging.join_with_code(http.session(), http.me().person, body["code"])
    # That somebody is in the Party is sensitive: the trail says that a code was used, and not whose.
    unit = None if joined.kind == belonging.PARTY else joined.unit_id
    note(http.session(), _actor(), "membership.join", "unit", unit, unit=unit)
    return _belonging(joined.id)


@blueprint.route("/me/classes", methods=["POST"])
@guarded(signed_in)
@blueprint.arguments(s.ClassInSchema)
@blueprint.response(201, s.MembershipSchema)
def join_class(body: dict[str, Any]) -> Any:
    """Join the school class that gave out this code."""
    _count_code()
    joined = belonging.join_class(http.session(), http.me().person, body["class_code"])
    note(http.session(), _actor(), "membership.join_class", "unit", joined.unit_id, unit=joined.unit_id)
    return _belonging(joined.id)


def _count_code() -> None:
    http.count_mine("class_codes", JOIN_CODES_AN_HOUR)
    http.release()  # a wrong code takes back what it did, the count stays


def _belonging(membership: uuid.UUID) -> queries.Belonging:
    found = queries.belongings(http.session(), http.me().person, clock.today())
    return next(one for one in found if one.id == membership)


@blueprint.route("/me/data")
@guarded(signed_in)
@blueprint.response(200, s.HeldSchema)
@http.writes_on_read
def download_me() -> dict[str, Any]:
    """Everything this node holds of the person, and why (Law 91/2025/QH15 art. 4)."""
    session, who = http.session(), http.me()
    note(session, _actor(), "person.download", "person", is_read=True)
    return {
        "person": data.held(session, who.person),
        "activities": leaving.held(session, who),
        "operations": [
            {
                "receipt": o.receipt,
                "action": o.action,
                "received_at": iso(o.received_at),
                "outcome": o.outcome,
            }
            for o in ledger.operations_of(session, who.subject)
        ],
        "purposes": [
            {
                "purpose": t.purpose,
                "title": words(t.title, http.language()),
                "retention_days": t.retention_days,
            }
            for t in consents.texts().values()
        ],
    }


@blueprint.route("/me", methods=["DELETE"])
@guarded(signed_in)
@blueprint.arguments(s.LeaveInSchema)
@blueprint.response(204)
@http.reads_first
def erase_me(body: dict[str, Any]) -> None:
    """Leave and erase. What was counted stays counted, without anybody behind it."""
    who = http.me()
    hashed = sign_in.pin_hash_of(queries.person(http.session(), who.person))
    http.release()  # comparing takes its time
    compared = keys.compare(body["pin"], hashed)
    session = http.session()
    people_leaving.hold(session, who.person)
    sign_in.check_pin(session, who.person, compared)
    leaving.erase(session, who)
    note(session, Actor("person"), "person.erase", "person")


@blueprint.route("/receipts/<string:receipt>")
@guarded(signed_in)
@blueprint.response(200, s.ReceiptSchema)
def read_receipt(receipt: str) -> dict[str, Any]:
    """What became of one of the person's own deeds: the facts it left and where they count."""
    session = http.session()
    asked = receipt.strip().upper()
    found = ledger.by_receipt(session, asked, http.me().subject) if RECEIPT.fullmatch(asked) else None
    if found is None:
        raise NotFound
    if isinstance(found, Quarantined):
        return _receipt(found, None, "refused", [])
    return _receipt(found, found.action, found.outcome, _facts(found))


def _receipt(
    found: Operation | Quarantined, action: str | None, outcome: str, facts: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "receipt": found.receipt,
        "action": action,
        "received_at": iso(found.received_at),
        "outcome": outcome,
        "reason": found.reason,
        "message": gettext(REASONS[found.reason]) if found.reason in REASONS else None,
        "facts": facts,
    }


def _facts(operation: Operation) -> list[dict[str, Any]]:
    """What would tell the result is left out until the activity is settled: that a paper passed, or was all correct."""
    session, book = http.session(), measure_book()
    settled = is_settled(session, operation.activity_id)
    facts = [f for f in ledger.facts_of(session, operation.id) if settled or not book[f.measure].tells_result]
    waiting = ledger.waiting_lines(session, operation.id)
    units = named_many(session, {f.unit_id for f in facts}, clock.today())
    return [
        {
            "measure": f.measure,
            "measure_title": gettext(book[f.measure].title),
            "quantity": f.quantity,
            "unit_name": units[f.unit_id].full_name if f.unit_id in units else "",
            "period": f.period,
            "counted": f.line not in waiting,
        }
        for f in facts
    ]
