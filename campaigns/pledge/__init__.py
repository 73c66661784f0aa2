"""Pledges of a year: what a Party member promises as an example to others, kept for the member and the own cell.

One a year, of deeds that can be checked. The member writes, the cell answers; evidence gathers through the year; at the
end the member looks back, the cell proposes a class and the competent committee decides it. A class is typed in, never
computed. Membership and pledges are sensitive: the present cell's secretary reads them, and every reading by another is
shown to the member. Higher levels get counts. Minutes, votes and personnel files have no place here.
"""

from backend.errors import N_
from campaigns.kind import Action, EntryRule, Kind
from campaigns.pledge import actions, queries, reasons, schemas
from campaigns.pledge.measures import MEASURES
from campaigns.pledge.pack import unpack
from campaigns.pledge.seed import seed
from campaigns.pledge.words import in_short, ranking_in_words, rules_in_words

KIND = Kind(
    name="pledge",
    title=N_("Đăng ký nêu gương"),
    settings=schemas.PledgeSettings,
    actions=(
        Action("items", schemas.ItemsIn, actions.items, schemas.StandOut, begins=True, again=actions.again),
        Action("submit", schemas.SubmitIn, actions.submit, schemas.StandOut, again=actions.again),
        Action("evidence", schemas.EvidenceIn, actions.evidence, schemas.StandOut, again=actions.again),
        Action("review", schemas.ReviewIn, actions.review, schemas.StandOut, again=actions.again),
    ),
    measures=MEASURES,
    entry=EntryRule(consent="pledge_record", minors=False),
    state=queries.state,
    mine=queries.mine,
    mine_shape=schemas.MineOut,
    unpack=unpack,
    rules_in_words=rules_in_words,
    ranking_in_words=ranking_in_words,
    in_short=in_short,
    erase=queries.erase,
    forget=queries.forget,
    held=queries.held,
    seed=seed,
    publishes=False,
    audience="party_cell",
    names_photos=queries.named_files,
    reasons=reasons.DEEDS,
)
