"""The statements of the express way for many, with the room's part put in (campaigns.together).

Arrays travel in binary (%b): as text they would cost more than the database needs to write the rows.
"""

from functools import cache

from campaigns.kind import Together

HOLDER = "s.token_hash = %(token)s AND s.revoked_at IS NULL AND s.expires_at > %(moment)s AND s.device_id = %(device)s"
HOLD = f"""WITH who AS (SELECT l.subject FROM sign_in_session s JOIN subject_link l ON l.person_id = s.person_id
 WHERE {HOLDER} FOR SHARE OF l), gates AS (SELECT pg_advisory_xact_lock_shared(%(gate)s),
 pg_advisory_xact_lock(('x' || right(replace(subject::text, '-', ''), 16))::bit(64)::bigint) FROM who)
 SELECT 1 FROM gates, {{table}} t WHERE t.id = ANY(%(things)b::uuid[]) ORDER BY t.id FOR NO KEY UPDATE OF t"""  # noqa: S608
"""The person, the activity, the person's other batches and the things, held as the general way holds them."""
HEAD = f"""SELECT s.person_id, l.subject, a.state, a.closes_at,
 (SELECT count(*) FROM operation o WHERE o.device_id = %(device)s),
 (SELECT max(o.device_seq) FROM operation o WHERE o.device_id = %(device)s),
 EXISTS (SELECT 1 FROM quarantined q WHERE q.device_id = %(device)s)
 FROM sign_in_session s JOIN subject_link l ON l.person_id = s.person_id JOIN activity a ON a.id = %(activity)s
 WHERE {HOLDER}"""  # noqa: S608
NAMES = """SELECT DISTINCT ON (n.unit_id) n.unit_id, trim(n.level_word || ' ' || n.name)
 FROM unnest(ARRAY[%(today)s, %(day)s]::date[]) WITH ORDINALITY d(day, number) JOIN unit_name n
 ON n.valid_from <= d.day AND (n.valid_to IS NULL OR n.valid_to > d.day) JOIN unit u ON u.id = n.unit_id
 AND u.valid_from <= d.day AND (u.valid_to IS NULL OR u.valid_to > d.day)
 WHERE n.unit_id = ANY(%(units)b::uuid[]) ORDER BY n.unit_id, d.number"""
"""What units are called today, or were on the day when they are no more."""
WRITE = """WITH d AS MATERIALIZED (SELECT * FROM unnest(%(id)b::uuid[], %(seq)b::bigint[], %(schema)b::int[],
 %(hash)b::text[], %(at)b::timestamptz[], %(trust)b::text[], %(outcome)b::text[], %(receipt)b::text[], %(unit)b::uuid[],
 %(period)b::text[]) WITH ORDINALITY d(id, seq, schema, hash, at, trust, outcome, receipt, unit, period, n)),
op AS (INSERT INTO operation (id, device_id, device_seq, subject, activity_id, action, schema, body_hash, happened_at,
 time_trust, received_at, verdict, outcome, receipt) SELECT id, %(device)s, seq, %(subject)s, %(activity)s, %(action)s,
 schema, hash, at, trust, %(moment)s, 'accepted', outcome, receipt FROM d),
{room},
lines AS MATERIALIZED (SELECT l.*, d.* FROM unnest(%(of)b::int[], %(line)b::int[], %(measure)b::text[], %(scope)b::text[],
 %(whom)b::uuid[], %(quantity)b::bigint[]) l(of, line, measure, scope, whom, quantity) JOIN d ON d.n = l.of),
facts AS (INSERT INTO fact (operation_id, line, measure, subject, scope, generation, quantity, unit_id, campaign_id,
 activity_id, happened_at, received_at, period, is_reversal) SELECT id, line, measure, whom, scope, 1, quantity, unit,
 %(campaign)s, %(activity)s, at, %(moment)s, period, false FROM lines),
pending AS (INSERT INTO pending_fact (operation_id, line) SELECT id, line FROM lines)
SELECT 1"""
HELD = """SELECT o.id, o.body_hash, o.outcome, o.reason, o.receipt, o.received_at, o.happened_at,
 o.time_trust, {columns} FROM operation o {join}
 WHERE o.id = ANY(%(ids)b::uuid[]) AND o.device_id = %(device)s AND o.subject = %(subject)s"""


@cache
def holding(room: Together) -> str:
    return HOLD.format(table=room.table)


@cache
def writing(room: Together) -> str:
    return WRITE.format(room=room.write)


@cache
def recalling(room: Together) -> str:
    return HELD.format(columns=room.recalled, join=room.recall)
