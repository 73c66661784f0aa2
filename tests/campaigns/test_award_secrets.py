"""What an award tells of a line: to those who have no part in it, nothing. Membership of the Party is nobody's business."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from campaigns.award import suggesting
from campaigns.award.errors import AwardedAlready, AwardedElsewhere
from campaigns.award.proposals import Candidate
from campaigns.models import Activity
from campaigns.registry import sources
from tests.support.awards import Awards, awards_of, close_contest
from tests.support.world import World

PARTYS = "Đảng viên tiêu biểu của chi bộ"


@pytest.fixture
def awards(world: World) -> Awards:
    return awards_of(world)


def _honoured(awards: Awards, last: str) -> tuple[Candidate, str]:
    """Somebody with the best paper, on a list of the Party's line for the same achievement."""
    phone = awards.world.phone("Bình")
    phone.take_part(5)
    close_contest(awards.world)
    who = Candidate("person", "Bình", subject=awards.subject(phone))
    key = str(awards.world.activity)
    awards.until(awards.draft(who, line="party", achievement=PARTYS, achievement_key=key), last, "party")
    return who, key


def test_a_refusal_does_not_name_the_document_of_another_line(awards: Awards) -> None:
    who, key = _honoured(awards, "register")
    with pytest.raises(AwardedElsewhere) as caught:
        awards.until(awards.draft(who, achievement_key=key), "register")
    assert "document" not in caught.value.values
    other = awards.draft(replace(who, name="Trần Thị Bình"), line="party", achievement_key=key)
    with pytest.raises(AwardedAlready) as own:
        awards.until(other, "register", "party")
    assert "QĐ-UBND" in own.value.values["document"], "its own office reads which one it was"


@pytest.mark.parametrize("last", ["propose", "register"])
def test_suggestions_say_only_that_it_is_somewhere_else(awards: Awards, last: str) -> None:
    _honoured(awards, last)

    def taken(line: str) -> str | None:
        def read(session: Session) -> str | None:
            activity = session.get_one(Activity, awards.activity)
            rule = suggesting.rule_of(activity, "giai")
            assert rule is not None
            by = awards.hand(session, line, "register")
            (one,) = suggesting.suggest(session, activity, rule, sources(), by).candidates
            return one.taken

        return awards.reads(read)

    assert taken("state") == suggesting.ELSEWHERE
    assert taken("party") not in (None, suggesting.ELSEWHERE)
