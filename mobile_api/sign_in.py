"""Signing in: prove the phone number, then choose who of the family you are and give that person's PIN."""

from typing import Any

from backend import http
from backend.clock import iso
from backend.http import anybody, guarded, signed_in
from backend.people import belonging, devices, keys, sign_in
from backend.people.errors import PersonThere, PersonUnknown
from backend.people.models import Person
from backend.safeguards.audit import Actor, note
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint
from mobile_api.shown import shown_me

# An hour's tries from one address. A whole commune may sit behind one router on the evening a contest opens, so these
# stop a machine that fills the node or tries numbers, not people; codes and PINs have their own, strict counts.
CODES_AN_HOUR = 600
PROOFS_AN_HOUR = 1200
PERSONS_AN_HOUR = 600

blueprint = PhoneBlueprint("sign_in", __name__, description="Sign-in of citizens")


@blueprint.route("/sign-in/codes", methods=["POST"])
@guarded(anybody)
@blueprint.arguments(s.PhoneInSchema)
@blueprint.response(200, s.CodeSentSchema)
def ask_code(body: dict[str, Any]) -> dict[str, Any]:
    """Send a fresh code to the phone; codes sent before stop working."""
    return send_code(body["phone"])


def send_code(phone: str) -> dict[str, Any]:
    http.count_here("codes", CODES_AN_HOUR)
    known = http.services()
    shown = sign_in.send_code(http.session(), known.seal, known.code_sender, phone)
    answer: dict[str, Any] = {"expires_in_s": int(sign_in.CODE_LIFE.total_seconds())}
    return answer | ({"demo_code": shown} if shown else {})


@blueprint.route("/sign-in/proofs", methods=["POST"])
@guarded(anybody)
@blueprint.arguments(s.ProofInSchema)
@blueprint.response(200, s.ProofSchema)
def prove_phone(body: dict[str, Any]) -> dict[str, Any]:
    """A ticket for fifteen minutes, and who is already known on this phone."""
    seal, session = http.services().seal, http.session()
    http.count_here("proofs", PROOFS_AN_HOUR)
    number = sign_in.prove(session, seal, body["phone"], body["code"])
    return {
        "ticket": seal.ticket(number),
        "ticket_expires_in_s": keys.TICKET_S,
        "persons": sign_in.persons_on(session, number),
    }


@blueprint.route("/sign-in/persons", methods=["POST"])
@guarded(anybody)
@blueprint.arguments(s.NewPersonInSchema)
@blueprint.response(201, s.SessionSchema)
def join(body: dict[str, Any]) -> dict[str, Any]:
    """A new person on the proved phone, living in a hamlet. Sent again, it signs the same person in by the PIN."""
    number = http.services().seal.number_of(body["ticket"])
    try:
        return _session_of(_person_on(number, body), body, "person.sign_in")
    except PersonUnknown:
        return _session_of(_new_person(number, body), body, "person.join")


def _new_person(number: str, body: dict[str, Any]) -> Person:
    pin_hash = keys.hash_secret(body["pin"])  # before the write transaction: it takes its time
    http.count_here("persons", PERSONS_AN_HOUR)
    belonging.check_home(http.session(), body["unit_id"])
    fields = {"name": body["name"].strip(), "birth_year": body["birth_year"], "hamlet": body["unit_id"]}
    try:
        return sign_in.join(http.session(), number, pin_hash=pin_hash, person_id=body["person_id"], **fields)
    except PersonThere:  # the same request, sent twice at once, was quicker
        http.release()
        return _person_on(number, body)


def _person_on(number: str, body: dict[str, Any]) -> Person:
    """Raises PersonUnknown, WrongPin, TooManyTries. The PIN is compared before the write transaction begins."""
    with http.services().database.transaction(writes=False) as session:
        hashed = sign_in.pin_hash_on(session, number, body["person_id"])
    compared = keys.compare(body["pin"], hashed)
    return sign_in.enter(http.session(), number, body["person_id"], compared)


@blueprint.route("/sign-in/sessions", methods=["POST"])
@guarded(anybody)
@blueprint.arguments(s.EnterInSchema)
@blueprint.response(201, s.SessionSchema)
def enter(body: dict[str, Any]) -> dict[str, Any]:
    """One of the persons on the proved phone, by PIN."""
    number = http.services().seal.number_of(body["ticket"])
    return _session_of(_person_on(number, body), body, "person.sign_in")


def _session_of(person: Person, body: dict[str, Any], deed: str) -> dict[str, Any]:
    session = http.session()
    devices.check_not_lost(session, person.id, body["device_id"])
    token, expires = sign_in.open_session(session, person.id, body["device_id"])
    session.flush()  # the new session is read back below
    who = sign_in.participant(session, token)
    note(session, Actor("person", who.subject), deed, "person")
    return {"token": token, "expires_at": iso(expires), "person": shown_me(session, who)}


@blueprint.route("/sign-in/session", methods=["DELETE"])
@guarded(signed_in)
@blueprint.response(204)
def leave() -> None:
    """Sign this device out."""
    sign_in.close_session(http.session(), http.me().session)
