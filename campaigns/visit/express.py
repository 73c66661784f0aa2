"""Many plain visits at once on PostgreSQL, as a phone sends them after days without a signal (campaigns.together).

Plain: a first record, of a household that stands for itself and that the writer's own team has had since, still has, and
in the same hamlet. The rules are those of `log`; whatever is not plain (a correction, a promise kept, another team's
household, a unit that went into another, a household counted later or taken back) is left to it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from backend import clock
from backend.participation.deeds import Deed, FactLine
from campaigns.kind import Decided, Look, Together, Told
from campaigns.visit import rules
from campaigns.visit.actions import consent_is_missing
from campaigns.visit.keeping import KEPT, kept_of, photos_of
from campaigns.visit.measures import HOUSEHOLDS

Services = Mapping[str, tuple[str, str | None]]
"""Service -> (how far it went, why it was not possible)."""

READ = f"""SELECT h.id, h.subject, h.made_at, p.unit_id, p.valid_from, a.team_id, a.valid_from, m.valid_from,
 f.happened_at, f.is_reversal
 FROM household h
 JOIN household_place p ON p.household_id = h.id AND p.valid_to IS NULL
 JOIN household_assignment a ON a.household_id = h.id AND a.valid_to IS NULL
 JOIN membership m ON m.unit_id = a.team_id AND m.kind = 'team' AND m.valid_to IS NULL
  AND m.person_id = (SELECT person_id FROM sign_in_session WHERE token_hash = %(token)s)
 LEFT JOIN fact f ON f.measure = '{HOUSEHOLDS}' AND f.subject = h.subject AND f.scope = %(scope)s
 WHERE h.id = ANY(%(things)b::uuid[]) AND h.merged_into IS NULL
 AND NOT EXISTS (SELECT 1 FROM unit_crosswalk x WHERE x.from_id IN (p.unit_id, a.team_id) AND x.to_id <> x.from_id)
 AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.root = ANY(%(ids)b::uuid[]))"""  # noqa: S608
COLUMNS = "v.id, v.team_id, v.unit_id, v.day, v.in_custody, v.stands"
RECALL = 'LEFT JOIN visit v ON v.id = o.id AND v."by" = o.subject'
WRITE = """visits AS (INSERT INTO visit (id, activity_id, household_id, team_id, unit_id, "by", happened_at, time_trust, day,
 place, met, consent_version, device, follow_up_on, follow_up_of, no_further_visit, note, in_custody, root, stands)
 SELECT id, %(activity)s, household, team, unit, %(subject)s, at, trust, day, place, met, consent, device, follow_up_on,
 follow_up_of, no_further_visit, note, false, id, true
 FROM d JOIN unnest(%(household)b::uuid[], %(team)b::uuid[], %(day)b::date[], %(kept_place)b::text[],
 %(kept_met)b::text[], %(kept_consent_version)b::int[], %(kept_device)b::text[], %(kept_follow_up_on)b::date[],
 %(kept_follow_up_of)b::uuid[], %(kept_no_further_visit)b::bool[], %(kept_note)b::text[]) WITH ORDINALITY v(household, team, day, place, met, consent, device,
 follow_up_on, follow_up_of, no_further_visit, note, n) USING (n)),
services AS (INSERT INTO visit_service (visit_id, service, outcome, reason)
 SELECT * FROM unnest(%(service_of)b::uuid[], %(service)b::text[], %(how_far)b::text[], %(why_not)b::text[])),
photos AS (INSERT INTO visit_photo (visit_id, digest) SELECT * FROM unnest(%(photo_of)b::uuid[], %(photo)b::text[])),
touched AS (UPDATE household SET version = version + 1 WHERE id = ANY(%(things)b::uuid[])),
changes AS (INSERT INTO change (id, subject, noun, noun_id, change, made_at)
 SELECT gen_random_uuid(), who.subject, 'household', home.id, 'changed', %(now)s
 FROM (SELECT DISTINCT l.subject, m.unit_id FROM membership m JOIN subject_link l ON l.person_id = m.person_id
  WHERE m.unit_id = ANY(%(team)b::uuid[]) AND m.kind = 'team' AND m.valid_from <= %(today)s
  AND (m.valid_to IS NULL OR m.valid_to > %(today)s) AND l.subject <> %(subject)s) who
 JOIN (SELECT DISTINCT * FROM unnest(%(household)b::uuid[], %(team)b::uuid[])) home(id, team) ON home.team = who.unit_id)"""


@dataclass(frozen=True)
class Home:
    """A household as it was read: its key in the ledger, and since when what holds there has held.

    `counted`: when it was first met in this activity.
    """

    subject: uuid.UUID
    hamlet: uuid.UUID
    team: uuid.UUID
    since: datetime
    since_day: date
    counted: datetime | None

    def had_it_on(self, deed: Deed) -> bool:
        return self.since <= deed.happened_at and self.since_day <= clock.local_day(deed.happened_at)


Homes = Mapping[uuid.UUID, Home]


def thing(body: Any) -> uuid.UUID:
    return body.household  # type: ignore[no-any-return]


def decide(
    look: Look, deeds: Sequence[Deed], rows: Sequence[tuple[Any, ...]]
) -> tuple[list[Decided], dict[str, Any]] | None:
    homes = _homes(rows)
    if homes is None or not all(_is_plain(deed, homes) for deed in deeds):
        return None
    first = _first_met(deeds)
    if any(_counted_later(homes[household], deed) for household, deed in first.items()):
        return None
    counting = {deed.id for household, deed in first.items() if homes[household].counted is None}
    services = {deed.id: rules.furthest(deed.body.services) for deed in deeds}
    decided = [
        _decided(look, deed, homes[deed.body.household], services[deed.id], deed.id in counting)
        for deed in deeds
    ]
    return decided, _values(look, deeds, homes, services)


def _homes(rows: Sequence[tuple[Any, ...]]) -> Homes | None:
    """None where one has a history in the ledger that is not plain."""
    found = {}
    for id_, subject, made_at, hamlet, since_day, team, since, member_since, counted, taken_back in rows:
        if id_ in found or taken_back:
            return None
        days = max(since_day, member_since)
        found[id_] = Home(subject, hamlet, team, max(made_at, since), days, counted)
    return found


def _is_plain(deed: Deed, homes: Homes) -> bool:
    home, body = homes.get(deed.body.household), deed.body
    if home is None or body.corrects or body.follow_up_of or consent_is_missing(body):
        return False
    return home.had_it_on(deed)


def _first_met(deeds: Sequence[Deed]) -> dict[uuid.UUID, Deed]:
    """Household -> the first of these visits in which somebody was met."""
    found: dict[uuid.UUID, Deed] = {}
    for deed in sorted(deeds, key=lambda deed: (deed.happened_at, deed.id)):
        if deed.body.met == "adult":
            found.setdefault(deed.body.household, deed)
    return found


def _counted_later(home: Home, deed: Deed) -> bool:
    return home.counted is not None and home.counted > deed.happened_at


def _decided(look: Look, deed: Deed, home: Home, services: Services, counts_it: bool) -> Decided:
    stages = {service: stage for service, (stage, _) in services.items()}
    lines = rules.visit_lines(deed.body, stages, home.subject, deed.id, 1)
    if counts_it:
        lines = (*lines, FactLine(HOUSEHOLDS, f"{look.activity}", subject=home.subject))
    day = clock.local_day(deed.happened_at)
    told = {"visit": deed.id, "day": day.isoformat(), "in_custody": False, "stands": True}
    outcome: Literal["counted", "noted"] = "counted" if lines else "noted"
    return Decided(outcome, lines, home.hamlet, Told(told, {"team": home.team, "hamlet": home.hamlet}, day))


def _values(
    look: Look, deeds: Sequence[Deed], homes: Homes, services: Mapping[uuid.UUID, Services]
) -> dict[str, Any]:
    own = [homes[deed.body.household] for deed in deeds]
    kept = [kept_of(deed.body, look.settings, over=False) for deed in deeds]
    done = [(deed.id, service, *how) for deed in deeds for service, how in services[deed.id].items()]
    photos = [
        (deed.id, digest) for deed in deeds for digest in photos_of(deed.body, look.settings, over=False)
    ]
    return {
        "household": [deed.body.household for deed in deeds], "team": [home.team for home in own],
        "day": [clock.local_day(deed.happened_at) for deed in deeds], "today": clock.local_day(look.now),
        "service_of": [row[0] for row in done], "service": [row[1] for row in done],
        "how_far": [row[2] for row in done], "why_not": [row[3] for row in done],
        "photo_of": [deed for deed, _ in photos], "photo": [digest for _, digest in photos],
        **{f"kept_{name}": [row[name] for row in kept] for name in KEPT},
    }  # fmt: skip


def tell(row: tuple[Any, ...]) -> Told | None:
    visit, team, hamlet, day, in_custody, stands = row
    if visit is None:
        return None
    told = {"visit": visit, "day": day.isoformat(), "in_custody": in_custody, "stands": stands}
    return Told(told, {"team": team, "hamlet": hamlet}, day)


LOG = Together("household", thing, READ, decide, WRITE, frozenset({"open", "closed"}), COLUMNS, RECALL, tell)
