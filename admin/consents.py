"""What people agreed to: figures for the data protection officer, and one person's agreements upon a request.

There is no list of persons to look through. Each look needs a receipt or a phone number that the asking person gave,
and a reason, and is put on the trail before anything is shown, found or not.
"""

import hmac
import uuid
from dataclasses import dataclass

from flask import Response, request
from flask_babel import gettext
from sqlalchemy import select, union_all

from admin.blueprint import CONSENT_ROLES, actor, blueprint, page
from backend import clock, http
from backend.db.node import this_node
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.participation.models import Operation, Quarantined
from backend.people import consents as given
from backend.people import proofs, queries
from backend.people.errors import PhoneInvalid, ReasonNamesPerson
from backend.people.models import Consent, Person
from backend.people.staff import reach
from backend.safeguards import limits
from backend.safeguards.audit import note

LOOKUP, PROOF = "consent.lookup", "consent.proof"
LOOKS_AN_HOUR = 30
REASONS = {
    "asked": N_("Người đó yêu cầu xem, chứng minh"),
    "change": N_("Người đó muốn sửa, rút lại hoặc xóa"),
    "complaint": N_("Giải quyết khiếu nại, tố cáo"),
    "inspection": N_("Cơ quan có thẩm quyền kiểm tra"),
}
CHANNELS = {"app": N_("ứng dụng trên điện thoại"), "demo": N_("dữ liệu minh họa")}
RELATIONS = {"father": N_("cha"), "mother": N_("mẹ"), "guardian": N_("người giám hộ")}


@dataclass(frozen=True)
class Asked:
    """The form of a look: by what, why, and under which number of the request."""

    key: str = ""
    name: str = ""
    why: str = ""
    file: str = ""

    @classmethod
    def sent(cls) -> "Asked":
        fields = ("key", "name", "why", "file")
        return cls(*(request.form.get(field, "").replace("\x00", "").strip()[:200] for field in fields))

    @property
    def reason(self) -> str:
        """As the trail keeps it: the code of the reason, then the request's number."""
        return f"{self.why} {self.file}"

    def lack(self) -> str:
        """What still has to be filled in, in words; empty when nothing."""
        if not self.key:
            return gettext("Xin nhập mã biên nhận hoặc số điện thoại do người yêu cầu cung cấp.")
        if self.why not in REASONS:
            return gettext("Xin chọn lý do tra cứu.")
        return "" if len(self.file) >= 3 else gettext("Xin ghi số, ngày của yêu cầu hoặc văn bản.")


@dataclass(frozen=True)
class Shown:
    """One agreement in words, with the key that opens its proof to this officer, for this reason, in this session."""

    row: Consent
    title: str
    stands: bool
    key: str


@blueprint.get("/consents")
@writes_on_read
@guarded(staff_with(*CONSENT_ROLES))
def consents() -> Response:
    """The texts in force with how many agree and how many took it back, and the form of a look."""
    note(http.session(), actor(), "consent.figures", "consent", unit=_own_unit(), is_read=True)
    return _overview(Asked())


def _overview(
    asked: Asked,
    sentence: str = "",
    status: int = 200,
    person: Person | None = None,
    rows: list[Shown] | None = None,
) -> Response:
    session = http.session()
    return page(
        "consents.html",
        status,
        texts=list(given.texts().values()),
        counts=proofs.agreed_by_purpose(session, _reach()),
        asked=asked,
        reasons=REASONS,
        sentence=sentence,
        person=person,
        rows=rows or [],
        least=proofs.LEAST,
    )


def _reach() -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *CONSENT_ROLES)


def _own_unit() -> uuid.UUID:
    """The unit the officer was appointed on: whoever watches over that unit sees these reads."""
    return min(http.staff().roles["dpo"])


# --- one person, upon a request ------------------------------------------------------------------------------------


@blueprint.post("/consents")
@guarded(staff_with(*CONSENT_ROLES))
def look_up() -> Response:
    """One person's agreements. Counted and noted whether or not somebody is found."""
    asked = Asked.sent()
    if lack := asked.lack():
        return _overview(asked, lack, 400)
    _count_look()
    try:
        proofs.check_reason(asked.file)
        person = _person(asked)
    except DomainError as error:
        # A reason that names somebody is refused for what the trail would keep, so it is not kept here either.
        _note_look(asked.why if isinstance(error, ReasonNamesPerson) else asked.reason)
        return _overview(asked, http.sentence_of(error), error.status)
    _note_look(asked.reason, person)
    if person is None:
        sentence = gettext("Không tìm thấy ai có mã hoặc số này trong phạm vi của Ông/Bà.")
        return _overview(asked, sentence, 404)
    return _overview(asked, person=person, rows=_shown(person.id, asked.reason))


def _note_look(reason: str, person: Person | None = None) -> None:
    """The trail knows the person by the random key alone, which leads nowhere once they have left."""
    subject = proofs.subject_of(http.session(), person.id) if person else None
    unit = _own_unit()
    note(http.session(), actor(), LOOKUP, "consent", subject, unit=unit, reason=reason, is_read=True)


def _count_look() -> None:
    """So many an hour, and no more: numbers are not to be tried one after another. The count stays."""
    key = http.services().seal.keyed_hash("consent_lookup", str(http.staff().person))
    limits.count_try(http.session(), key, limit=LOOKS_AN_HOUR, window_s=3600)
    http.release()


def _person(asked: Asked) -> Person | None:
    """Who lives within reach and is behind the receipt or the number. Raises SeveralOnPhone, ReasonNamesPerson."""
    session = http.session()
    try:
        found = proofs.person_on_phone(session, asked.key, asked.name)
    except PhoneInvalid:
        found = _behind_receipt(asked.key.upper())
    if found is None or not proofs.lives_in_one_of(session, found, _reach()):
        return None
    person = queries.person(session, found)
    proofs.check_reason(asked.file, person.name)
    return person


def _behind_receipt(receipt: str) -> uuid.UUID | None:
    subjects = union_all(
        *(select(table.subject).where(table.receipt == receipt) for table in (Operation, Quarantined))
    )
    subject = http.session().scalar(subjects)
    return proofs.person_of(http.session(), subject) if subject else None


def _shown(person: uuid.UUID, reason: str) -> list[Shown]:
    return [
        Shown(row, _title(row), given.stands(row), _key(row.id, reason))
        for row in given.of_person(http.session(), person)
    ]


def _title(row: Consent) -> str:
    text = given.text(row.purpose, row.version) or given.texts().get(row.purpose)
    return text.title["vi"] if text else row.purpose


# --- the proof of one agreement ------------------------------------------------------------------------------------


@blueprint.post("/consents/<uuid:consent_id>/proof")
@guarded(staff_with(*CONSENT_ROLES))
def proof(consent_id: uuid.UUID) -> Response:
    """The text that was shown, its version, when and how it was agreed to, ready to print. Opened from a look only."""
    session, reason = http.session(), request.form.get("reason", "")
    if not hmac.compare_digest(request.form.get("key", "").encode(), _key(consent_id, reason).encode()):
        raise NotFound
    row = session.get(Consent, consent_id)
    if row is None or not proofs.lives_in_one_of(session, row.person_id, _reach()):
        raise NotFound
    note(session, actor(), PROOF, "consent", row.id, unit=_own_unit(), reason=reason, is_read=True)
    controller = this_node(session).name
    text = given.text(row.purpose, row.version)
    return page(
        "consent_proof.html",
        row=row,
        person=queries.person(session, row.person_id),
        title=_title(row),
        text=text,
        paragraphs=text.text["vi"].replace("{controller}", controller).splitlines() if text else [],
        controller=controller,
        channel=gettext(CHANNELS[row.channel]) if row.channel in CHANNELS else row.channel,
        relation=gettext(RELATIONS.get(row.guardian_relation or "", RELATIONS["guardian"])),
        now=clock.now(),
        reason=reason,
    )


def _key(consent_id: uuid.UUID, reason: str) -> str:
    member = http.staff()
    return http.services().seal.keyed_hash("consent_proof", str(consent_id), reason, str(member.session))
