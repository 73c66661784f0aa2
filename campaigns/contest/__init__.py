"""Contests "Tìm hiểu ...": a paper drawn from a bank, answered under a timer, marked on the server.

Starting needs a connection: the server draws the paper and its clock starts the timer. From then on the signal may
go: answers wait on the phone, and a paper that arrives within the grace after its time is counted. What comes later
is kept and shown as late, because nothing typed is ever thrown away, but it does not count. Keys never leave the
server before the results are settled. A person counts once as an entrant however many papers the rules allow.

The number of people with everything right decides every prediction. So it exists nowhere before the organiser settles
the results: no fact says it, no board ranks, no reader of any door can ask.
"""

from backend.errors import N_
from campaigns.contest import actions, common_local, express, reasons, schemas
from campaigns.contest.certificate import earned
from campaigns.contest.outcome import outcome
from campaigns.contest.pack import unpack
from campaigns.contest.queries import erase, forget, held, mine, state
from campaigns.contest.rules import MEASURES
from campaigns.contest.seed import seed
from campaigns.contest.turn import board, check_opening, freeze, may_settle, settle, settles_itself, turn
from campaigns.contest.words import in_short, ranking_in_words, rules_in_words
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
            goes_on=actions.goes_on,
            recall=actions.recall_start,
        ),
        Action(
            name="answer",
            body=schemas.AnswerIn,
            do=actions.answer,
            do_all=actions.answer_all,
            express=express.ANSWER,
        ),
        Action(
            name="submit",
            body=schemas.SubmitIn,
            do=actions.submit,
            result=schemas.PaperOut,
            recall=actions.recall_submit,
            express=express.SUBMIT,
        ),
    ),
    measures=MEASURES,
    entry=EntryRule(consent="contest_entry"),
    state=state,
    mine=mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    rules_in_words=rules_in_words,
    ranking_in_words=ranking_in_words,
    in_short=in_short,
    check_opening=check_opening,
    freeze=freeze,
    board=board,
    turn=turn,
    may_settle=may_settle,
    settles_itself=settles_itself,
    awaits=common_local.awaits,
    target=common_local.target,
    settle=settle,
    erase=erase,
    forget=forget,
    held=held,
    seed=seed,
    outcome=outcome,
    earned=earned,
    reasons=reasons.DEEDS,
)
