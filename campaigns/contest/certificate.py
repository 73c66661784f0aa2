"""What a contest's certificate may say: that the person took part and passed, never a place or a score."""

from campaigns.contest import rules
from campaigns.contest.queries import papers_of
from campaigns.earned import Earned
from campaigns.kind import Desk

DEED = {
    "vi": "đã tham gia và hoàn thành cuộc thi trực tuyến",
    "en": "took part in and completed the online contest",
}
PASSED = {"vi": "Đạt yêu cầu", "en": "Passed"}


def earned(desk: Desk) -> Earned | None:
    """For whoever's recognised paper passed, once the results are settled."""
    placed = desk.placed(rules.PAPERS)
    if placed is None or desk.activity.state != "settled":
        return None
    counts = next((row for row in papers_of(desk) if row.submitted_by == placed.operation), None)
    if counts is None or counts.state != "submitted" or (counts.right or 0) < desk.settings.pass_right:
        return None
    title = {
        language: f"{desk.campaign.title.get(language) or desk.campaign.title['vi']}. {words}"
        for language, words in desk.activity.title.items()
    }
    return Earned(deed=DEED, title=title, result=PASSED)
