"""What rooms ask of a pack that came from above: what may be changed here, and whether its questions can be read yet."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from campaigns.from_above_models import GivenPack
from campaigns.models import Activity, Campaign

Addition = Literal["questions", "rules", "dates"]
ADDITIONS: tuple[Addition, ...] = ("questions", "rules", "dates")
LACKS_QUESTIONS = ("too_few_questions", "stratum_too_thin")
"""What a contest says of a bank in which its questions are not."""


class NotAllowedByPack(DomainError):
    code = "not_allowed_by_pack"
    sentence = N_(
        "Gói này do cấp trên phát hành và không cho sửa phần ấy ở đây. Muốn đổi, xin báo cấp trên phát hành bản mới."
    )


class StillSealed(DomainError):
    code = "questions_still_sealed"
    sentence = N_(
        "Bộ câu hỏi còn niêm phong: chìa khóa do cấp trên phát ra lúc mở đề, %(opens)s. Khi đường truyền tới nơi, đợt thi tự mở."
    )


def source_of(session: Session, campaign: Campaign) -> GivenPack | None:
    """The pack from above a campaign was made from, if it was."""
    if campaign.pack_digest is None:
        return None
    same = (GivenPack.pack_digest == campaign.pack_digest) | (GivenPack.opened_digest == campaign.pack_digest)
    return session.scalars(select(GivenPack).where(same).order_by(GivenPack.kept_at.desc())).first()


def check_addition(session: Session, campaign: Campaign, what: Addition) -> None:
    """Raises NotAllowedByPack where the pack came from above and does not leave this to the commune."""
    source = source_of(session, campaign)
    if source is not None and what not in source.additions:
        raise NotAllowedByPack


def sealed_until(session: Session, campaign: Campaign) -> datetime | None:
    """When the questions of a campaign open that nobody here can read yet; None where none lie under seal."""
    source = source_of(session, campaign)
    return source.opens_at if source is not None and source.opened_at is None else None


def say_sealed(session: Session, activity: Activity, error: DomainError) -> None:
    """A bank that is empty because its questions are under seal is called that. Raises StillSealed, or the error itself."""
    opens = sealed_until(session, session.get_one(Campaign, activity.campaign_id))
    if error.code in LACKS_QUESTIONS and opens is not None:
        raise StillSealed(opens=f"{opens.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}") from None
    raise error
