import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

STATES = (
    "draft",
    "received",
    "returned",
    "valid",
    "invalid",
    "judging",
    "recommended",
    "not_recommended",
    "recognised",
    "not_recognised",
    "noted",
    "withdrawn",
)
SCOPES = ("grassroots", "province", "national")
TITLE, TEXT, REMARK = 200, 6000, 2000


class Challenge(Base):
    """A problem the head of a unit asks for ideas about."""

    __tablename__ = "initiative_challenge"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(TITLE))
    problem: Mapped[str] = mapped_column(String(TEXT))
    ordered_by: Mapped[str] = mapped_column(String(120))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    made_by: Mapped[uuid.UUID | None]


class Initiative(Base):
    """An idea on its way. `id` is the phone's. `unit_id`: the unit it is registered for. `by`: the random key of whoever
    writes it; None for one that came on paper in a list.

    `state` small ideas: draft -> received -> noted. Formal ones: draft -> received <-> returned -> valid | invalid -> judging ->
    recommended | not_recommended -> recognised | not_recognised. Registered is not recognised: that is a decision.
    `public_from`: shown in the gallery from then on. `effects`: [{what, amount, unit, verified}]. `code`: 'SK-0012', given when received.
    `written_at`, `operation_id`: of two phones the newer words hold. `grams`: how many of the text's grams are kept.
    `revision` grows with every change, so that nobody decides about words they have not seen.
    """

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("track IN ('small', 'formal')", name="track_known"),
        CheckConstraint(
            "state IN ('draft', 'received', 'returned', 'valid', 'invalid', 'judging', 'recommended', "
            "'not_recommended', 'recognised', 'not_recognised', 'noted', 'withdrawn')",
            name="state_known",
        ),
        UniqueConstraint("activity_id", "code"),
        Index(None, "activity_id", "state"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    code: Mapped[str | None] = mapped_column(String(20))
    by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("initiative_challenge.id"))
    track: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    title: Mapped[str] = mapped_column(String(TITLE))
    problem: Mapped[str] = mapped_column(String(TEXT), default="")
    solution: Mapped[str] = mapped_column(String(TEXT), default="")
    applied_where: Mapped[str] = mapped_column(String(300), default="")
    applied_from: Mapped[date | None]
    effect: Mapped[str] = mapped_column(String(TEXT), default="")
    effects: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    written_at: Mapped[datetime]
    operation_id: Mapped[uuid.UUID]
    registered_at: Mapped[datetime | None]
    public_from: Mapped[datetime | None]
    grams: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)


class Author(Base):
    """One of those whose idea it is, with a share in a hundred. `id` is the invitation: whoever is shown it and says yes
    on the own phone is this author. `subject`: None until then, and for somebody without an account, known by name.

    `agreed_at`: said yes, on the phone or on paper. `withdrawn_at`: stepped out; what was theirs falls to the others by
    their shares (rules.settled). Of the two the later holds.
    """

    __tablename__ = "initiative_author"
    __table_args__ = (
        UniqueConstraint("initiative_id", "subject"),
        CheckConstraint("share BETWEEN 0 AND 100", name="share_plausible"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    number: Mapped[int]
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    share: Mapped[int]
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Stage(Base):
    """A step an initiative took, with its date and the words that go to the authors. Never changed."""

    __tablename__ = "initiative_stage"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    on_day: Mapped[date]
    person_id: Mapped[uuid.UUID | None]
    words: Mapped[str | None] = mapped_column(String(REMARK))


class InitiativeFile(Base):
    """A photo or file by the SHA-256 of its bytes, which may come later."""

    __tablename__ = "initiative_file"

    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(120), default="")


class PrivateNote(Base):
    """What whoever handles the file writes for the others who do; authors and public never see it."""

    __tablename__ = "initiative_note"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    person_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(REMARK))


class Gram(Base):
    """A chosen few of the hashed character grams of an initiative's folded text: what look-alikes are found by."""

    __tablename__ = "initiative_gram"

    gram: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("initiative.id"), primary_key=True, index=True
    )


class Endorsement(Base):
    """A person (random key) or a unit stands behind an idea; `stands`: not taken back. The word of the later `at` holds."""

    __tablename__ = "initiative_endorsement"
    __table_args__ = (
        UniqueConstraint("initiative_id", "subject"),
        UniqueConstraint("initiative_id", "unit_id"),
        CheckConstraint("(subject IS NULL) <> (unit_id IS NULL)", name="person_or_unit"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    stands: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]


class Comment(Base):
    """A word in the discussion. `gone`: its writer took it back; `hidden_at`: taken down with a reason."""

    __tablename__ = "initiative_comment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(String(REMARK))
    at: Mapped[datetime]
    gone: Mapped[bool] = mapped_column(default=False)
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[uuid.UUID | None]
    hidden_why: Mapped[str | None] = mapped_column(String(200))


class Report(Base):
    """Somebody pointed at a comment that should be looked at; each person once. `heard`: somebody looked since."""

    __tablename__ = "initiative_report"

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative_comment.id"), primary_key=True)
    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    heard: Mapped[bool] = mapped_column(default=False)


class Council(Base):
    """A sitting: who judges, by which rubric. `rubric`: [{code, vi, en, max, weight, pass}], with `recommend_from` and
    `judges` (sheets an initiative needs) fixed at the first score (`fixed_at`). `quorum`: members who must be present.

    `opened_at`: the meeting began, every judge sees every sheet. `minutes_*`, `present`: of that meeting.
    """

    __tablename__ = "initiative_council"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(TITLE))
    document_number: Mapped[str] = mapped_column(String(60))
    document_date: Mapped[date]
    rubric: Mapped[list[Any]]
    recommend_from: Mapped[int]
    judges: Mapped[int]
    quorum: Mapped[int]
    is_blind: Mapped[bool] = mapped_column(default=True)
    fixed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    present: Mapped[list[Any]] = mapped_column(default=list)
    minutes_number: Mapped[str | None] = mapped_column(String(60))
    minutes_on: Mapped[date | None]
    minutes: Mapped[str | None] = mapped_column(String(TEXT))
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class CouncilMember(Base):
    """`unit_id`: where the member works, as the decision says; conflicts are looked for there too."""

    __tablename__ = "initiative_council_member"
    __table_args__ = (CheckConstraint("part IN ('chair', 'secretary', 'member')", name="part_known"),)

    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative_council.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))


class Family(Base):
    """Declared by the judge or by the author: they are family. Kept by the random key, for conflicts of interest alone."""

    __tablename__ = "initiative_family"

    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative_council.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)


class Assignment(Base):
    """A judge is to score an initiative. `conflict`: None | author | same_unit | family | namesake | declared (by the
    judge) | other (told by the secretary); then no sheet counts. `namesake_cleared`: somebody looked, the author of that name is another person.
    """

    __tablename__ = "initiative_assignment"
    __table_args__ = (UniqueConstraint("initiative_id", "person_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative_council.id"), index=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(index=True)
    conflict: Mapped[str | None] = mapped_column(String(12))
    conflict_words: Mapped[str | None] = mapped_column(String(300))
    namesake_cleared: Mapped[bool] = mapped_column(default=False)
    handed_in_at: Mapped[datetime | None]
    remark: Mapped[str | None] = mapped_column(String(REMARK))


class Score(Base):
    """Hundredths of points of one judge for one criterion; changed until the sheet is handed in, never afterwards."""

    __tablename__ = "initiative_score"

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative_assignment.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(40), primary_key=True)
    points: Mapped[int]


class Result(Base):
    """What the sheets came to when the sitting decided: `told` as rules.result reckons it, again and again the same."""

    __tablename__ = "initiative_result"

    council_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative_council.id"), primary_key=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    told: Mapped[dict[str, Any]]
    recommended: Mapped[bool]
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]


class Recognition(Base):
    """The decision that recognises an initiative in a scope; or takes it back (`revoked_*`)."""

    __tablename__ = "initiative_recognition"
    __table_args__ = (
        Index(None, "initiative_id", "scope"),
        CheckConstraint("scope IN ('grassroots', 'province', 'national')", name="scope_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"))
    scope: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    document_number: Mapped[str] = mapped_column(String(60))
    document_date: Mapped[date]
    signer: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str | None] = mapped_column(String(300))


class Adoption(Base):
    """A unit takes the idea up. `stage`: pilot -> evaluated -> replicated; `words`: what came of it."""

    __tablename__ = "initiative_adoption"
    __table_args__ = (CheckConstraint("stage IN ('pilot', 'evaluated', 'replicated')", name="stage_known"),)

    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(12))
    since: Mapped[date]
    words: Mapped[str | None] = mapped_column(String(REMARK))
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]
