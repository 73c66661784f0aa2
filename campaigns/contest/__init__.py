"""Contests "Tìm hiểu ...": a paper drawn from a pool, answered under a timer, marked on the server.

Starting needs a connection: the server draws the paper and its clock starts the timer. From then on the signal may
go: answers wait on the phone, and a paper that arrives within the grace after its time is counted. What comes later
is kept and shown as late, because nothing typed is ever thrown away, but it does not count. Keys never leave the
server before the results are settled. A person counts once as an entrant however many papers the rules allow.
"""

from backend.errors import N_
from campaigns.contest import actions, schemas
from campaigns.contest.pack import unpack
from campaigns.contest.queries import erase, forget, held, mine, state
from campaigns.contest.rules import MEASURES
from campaigns.contest.seed import seed
from campaigns.contest.turn import check_opening, may_settle, turn
from campaigns.kind import Action, EntryRule, Kind

KIND = Kind(
    name="contest",
    title=N_("Cuộc thi trực tuyến"),
    settings=schemas.ContestSettings,
    actions=(
        Action(
            name="start",
            body=schemas.StartIn,
            do=actions.start,
            result=schemas.PaperOut,
            offline=False,
            begins=True,
            recall=actions.recall_start,
        ),
        Action(name="answer", body=schemas.AnswerIn, do=actions.answer, do_all=actions.answer_all),
        Action(
            name="submit",
            body=schemas.SubmitIn,
            do=actions.submit,
            result=schemas.PaperOut,
            recall=actions.recall_submit,
        ),
    ),
    measures=MEASURES,
    entry=EntryRule(consent="contest_entry"),
    state=state,
    mine=mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    check_opening=check_opening,
    turn=turn,
    may_settle=may_settle,
    erase=erase,
    forget=forget,
    held=held,
    seed=seed,
    reasons={
        "attempt_unknown": N_("Không tìm thấy bài thi này."),
        "no_attempts_left": N_("Đã hết lượt thi theo thể lệ."),
        "question_not_drawn": N_("Câu hỏi này không có trong đề của bài thi."),
        "choice_unknown": N_("Phương án này không có trong câu hỏi."),
        "already_submitted": N_("Bài thi này đã nộp. Lần nộp đầu được giữ nguyên."),
        "late": N_("Bài đến sau thời hạn nên được lưu lại nhưng không tính."),
        "too_late": N_("Câu trả lời đến sau thời hạn nên không tính."),
    },
)
