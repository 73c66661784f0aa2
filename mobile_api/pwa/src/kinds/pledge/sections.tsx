// Parts of the overview: refused deeds, dates, classes, and who has read the pledge.
import type { PledgeMine } from "../../api/types";
import { useState } from "preact/hooks";
import type { OutboxRow } from "../../store/outbox";
import { day, maybe, moment, t, type Key } from "../../text";
import { Button } from "../../ui/parts";
import { named, ratingName, today } from "./pieces";
import { bodyOf, type EvidenceBody, type ItemBody, type ReviewBody } from "./state";
import type { OwnPledge } from "./use-pledge";

// What the node did not take: why, and the words themselves, until the member puts them away.
export function Refused({ own: { view, putAway } }: { own: OwnPledge }) {
  if (!view.refused.length) return null;
  return (
    <section class="banner bad" aria-labelledby="refused" data-testid="pledge-refused">
      <strong id="refused">{t("pledge.refused")}</strong>
      {view.refused.map((row) => (
        <div key={row.id} class="refused">
          <p><b>{named(`action.${row.action}`)}</b>: {row.message ?? maybe(`reason.${row.reason}`) ?? t("reason.unknown")}</p>
          {wordsOf(row) && <p class="said">{wordsOf(row)}</p>}
          <Button look="plain" data-testid="put-away" onClick={() => putAway(row.id)}>{t("pledge.refused.away")}</Button>
        </div>
      ))}
    </section>
  );
}

function wordsOf(row: OutboxRow): string {
  if (row.action === "pledge.items") return bodyOf<{ items: ItemBody[] }>(row).items.map((one) => [one.what, one.measure].filter(Boolean).join(" – ")).join("\n");
  if (row.action === "pledge.evidence") return bodyOf<EvidenceBody>(row).words ?? "";
  if (row.action === "pledge.review") {
    const body = bodyOf<ReviewBody>(row);
    return [body.words, ...body.items.map((one) => one.words)].filter(Boolean).join("\n");
  }
  return "";
}

export function Dates({ mine: { dates }, late, registered }: { mine: PledgeMine; late: boolean; registered: boolean }) {
  const lines: [Key, string, boolean][] = [
    ["pledge.date.register", dates.register_until, registered],
    ["pledge.date.midyear", dates.midyear_from, false],
    ["pledge.date.review", dates.review_from, false],
  ];
  return (
    <section class="card" aria-labelledby="dates">
      <h2 id="dates">{t("pledge.dates")}</h2>
      <dl class="dates">
        {lines.map(([key, on, done]) => <div key={key} class={today() >= on ? "past" : ""}><dt>{t(key)}</dt><dd>{day(on)}{done && <small>{t(late ? "pledge.date.late" : "pledge.date.done")}</small>}</dd></div>)}
      </dl>
    </section>
  );
}

export function Classes({ mine }: { mine: PledgeMine }) {
  const classes = mine.pledge?.classes ?? [];
  if (!classes.length) return null;
  return (
    <section class="card" aria-labelledby="classes" data-testid="classes">
      <h2 id="classes">{t("pledge.classes")}</h2>
      {classes.map((one) => (
        <div key={one.by} class="class" data-testid={`class-${one.by}`}>
          <p class="over">{t(one.by === "committee" ? "pledge.class.committee" : "pledge.class.cell")}</p>
          <p class="big">{mine.classes[one.chosen] ?? one.chosen}</p>
          {one.document_number && <p>{t("pledge.class.document", { number: one.document_number, day: one.document_date ? day(one.document_date) : "" })}</p>}
          {one.words && <p class="said">{one.words}</p>}
        </div>
      ))}
      <p class="hint">{t("pledge.class.people", { rating: ratingName(mine) })}</p>
    </section>
  );
}

const SHOWN = 5;

// Always there, empty too: that nobody has looked is worth knowing.
export function Readers({ mine }: { mine: PledgeMine | undefined }) {
  const [all, setAll] = useState(false);
  const readings = mine?.pledge?.readings ?? [];
  return (
    <section class="card readers" aria-labelledby="readers" data-testid="readers">
      <h2 id="readers">{t("pledge.readers")}</h2>
      {!readings.length && <p class="hint">{t("pledge.readers.none")}</p>}
      <ul class="lines">
        {readings.slice(0, all ? undefined : SHOWN).map((one) => (
          <li key={one.at + one.name + one.part} data-testid="reader">
            <p><strong>{one.name || t("pledge.reader.gone")}</strong>, {named(`pledge.role.${one.role}`)} ({one.unit})</p>
            <p class="hint">{named(`pledge.part.${one.part}`)} · {moment(one.at)}</p>
          </li>
        ))}
      </ul>
      {!all && readings.length > SHOWN && <Button look="quiet" onClick={() => setAll(true)}>{t("pledge.readers.all", { n: readings.length })}</Button>}
      <p class="hint">{t("pledge.readers.text")}</p>
    </section>
  );
}

