"""The yardstick of the country: the same counts in plain SQL, as somebody would write it who knows that this tree is regular.

One set of sentences for both databases: no dates, no lines, no reversals of days; each level from the one below it.
"""

from loadtests.country_land import ACTIVITY, MEASURES, Land, summed_above

SIGN = "CASE WHEN is_reversal THEN -1 ELSE 1 END"
LONGER = (
    ("substr(period, 1, 4) || 'Q' || ((CAST(substr(period, 5, 2) AS int) + 2) / 3)", "substr(period, 5, 1) IN ('0', '1')"),
    ("substr(period, 1, 4) || 'S' || ((CAST(substr(period, 6, 1) AS int) + 1) / 2)", "substr(period, 5, 1) = 'Q'"),
    ("substr(period, 1, 4)", "substr(period, 5, 1) = 'S'"),
    ("'all'", "length(period) = 4"),
)  # fmt: skip


def rebuild(land: Land) -> list[str]:
    """The sentences that count every fact into empty tallies."""
    own = [
        "INSERT INTO tally (measure, activity_id, unit_id, period, quantity, facts, people) "
        f"SELECT measure, activity_id, unit_id, period, sum(quantity), sum({SIGN}), 0 FROM fact GROUP BY 1, 2, 3, 4",
        "INSERT INTO tally_subject (measure, activity_id, unit_id, period, subject, facts) "
        f"SELECT measure, activity_id, unit_id, period, subject, sum({SIGN}) FROM fact WHERE measure = '{MEASURES[0]}' "
        "GROUP BY 1, 2, 3, 4, 5",
    ]
    subjects_above = [
        "INSERT INTO tally_subject (measure, activity_id, unit_id, period, subject, facts) "
        "SELECT t.measure, t.activity_id, l.parent_id, t.period, t.subject, sum(t.facts) FROM tally_subject t "
        f"JOIN unit u ON u.id = t.unit_id AND u.kind = '{kind}' JOIN unit_link l ON l.unit_id = t.unit_id GROUP BY 1, 2, 3, 4, 5"
        for kind in ("hamlet", "commune", "province")
    ]
    people = (
        "UPDATE tally SET people = s.people FROM (SELECT measure, activity_id, unit_id, period, count(*) AS people "
        "FROM tally_subject WHERE facts > 0 GROUP BY 1, 2, 3, 4) AS s WHERE tally.measure = s.measure "
        "AND tally.activity_id = s.activity_id AND tally.unit_id = s.unit_id AND tally.period = s.period"
    )
    return [*own, *summed_above(), *subjects_above, *_longer(), people]


def _longer() -> list[str]:
    found = []
    for longer, shorter in LONGER:
        found.append(
            "INSERT INTO tally (measure, activity_id, unit_id, period, quantity, facts, people) "
            f"SELECT measure, activity_id, unit_id, {longer}, sum(quantity), sum(facts), 0 FROM tally WHERE {shorter} GROUP BY 1, 2, 3, 4"
        )
        found.append(
            "INSERT INTO tally_subject (measure, activity_id, unit_id, period, subject, facts) "
            f"SELECT measure, activity_id, unit_id, {longer}, subject, sum(facts) FROM tally_subject WHERE {shorter} GROUP BY 1, 2, 3, 4, 5"
        )
    return found


def month(land: Land, period: str) -> str:
    """Communes and provinces of one month, added up from the hamlets' own cells."""
    return (
        "WITH of_commune AS (SELECT t.measure, l.parent_id AS unit_id, sum(t.quantity) AS quantity, sum(t.facts) AS facts "
        "FROM tally t JOIN unit u ON u.id = t.unit_id AND u.kind = 'hamlet' JOIN unit_link l ON l.unit_id = t.unit_id "
        f"WHERE t.period = '{period}' AND t.activity_id = {land.word('id', ACTIVITY)} GROUP BY 1, 2) "
        "SELECT measure, unit_id, quantity, facts FROM of_commune UNION ALL "
        "SELECT c.measure, l.parent_id, sum(c.quantity), sum(c.facts) FROM of_commune c "
        "JOIN unit_link l ON l.unit_id = c.unit_id GROUP BY 1, 2"
    )


def digest() -> list[str]:
    """What two ways of counting must agree on: cells, sums and people, each weighed by the number of its unit."""
    return [
        "SELECT t.measure, t.period, u.kind, count(*), sum(t.quantity * CAST(u.code AS bigint)), "
        "sum(t.facts * CAST(u.code AS bigint)), sum(t.people * CAST(u.code AS bigint)) "
        "FROM tally t JOIN unit u ON u.id = t.unit_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        "SELECT t.period, u.kind, count(*), sum(t.facts * CAST(u.code AS bigint)) "
        "FROM tally_subject t JOIN unit u ON u.id = t.unit_id GROUP BY 1, 2 ORDER BY 1, 2",
    ]
