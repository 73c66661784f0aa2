import { useState } from "preact/hooks";
import { readReceipt, recallMine } from "../api/calls";
import type { Activity, ReceiptView } from "../api/types";
import type { OutboxRow } from "../store/outbox";
import { clockTime, day, maybe, moment, month, t, type Key } from "../text";
import { Button, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead } from "../ui/read";
import { useOutbox } from "../ui/status";

const ANSWER = "contest.answer";

export function Receipts() {
  const rows = useOutbox();
  const deeds = rows.filter((row) => row.action !== ANSWER || isTrouble(row)).reverse();
  const activities = [...new Set(rows.map((row) => row.activity))];
  return (
    <>
      <Title>{t("receipts.title")}</Title>
      <p class="hint">{t("receipts.text")}</p>
      <p class="links"><a href="#/insurance" data-testid="open-insurance">{t("field.open")}</a></p>
      {!rows.length && <p class="empty">{t("receipts.none")}</p>}
      {deeds.length > 0 && <ul class="deeds">{deeds.map((row) => <Deed key={row.id} row={row} />)}</ul>}
      {activities.map((activity) => <Answers key={activity} rows={rows.filter((row) => row.activity === activity && row.action === ANSWER && !isTrouble(row))} />)}
    </>
  );
}

const isTrouble = (row: OutboxRow): boolean => row.state === "aside" || row.outcome === "refused";

function state(row: OutboxRow): "counted" | "noted" | "waiting" | "checking" | "refused" | "aside" | "held" {
  if (row.state === "held" || row.state === "aside") return row.state;
  if (row.state !== "receipt") return "waiting";
  return row.outcome === "waiting" ? "checking" : row.outcome ?? "noted";
}

function Deed({ row }: { row: OutboxRow }) {
  const word = state(row);
  const title = useRead(async () => (await recallMine<Activity>(`activity:${row.activity}`))?.title ?? "", async () => undefined, row.activity).value;
  const reason = row.message ?? (row.reason && (maybe(`reason.${row.reason}`) ?? row.reason));
  return (
    <li class="card deed">
      <p class="foot"><strong>{t((maybe(`action.${row.action}`) ? `action.${row.action}` : "action.other") as Key)}</strong><span class={`tag ${word}`}>{t(`receipts.state.${word}`)}</span></p>
      {title && <p>{title}</p>}
      <p class="hint">{t("receipts.at", { time: moment(row.wall_ms) })}{row.received_at && ` · ${t("receipts.received", { time: `${clockTime(row.received_at)}, ${day(row.received_at)}` })}`}</p>
      {isTrouble(row) && <p class="why">{t("contest.sent.reason", { reason: reason || t("reason.unknown") })}</p>}
      {row.outcome === "waiting" && reason && <p>{reason}</p>}
      {row.receipt && <p class="code" data-testid="receipt">{row.receipt}</p>}
      {row.receipt && !isTrouble(row) && row.action !== "contest.start" && <Facts receipt={row.receipt} />}
    </li>
  );
}

function Facts({ receipt }: { receipt: string }) {
  const [view, setView] = useState<ReceiptView | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const load = () => readReceipt(receipt).then(setView, (failure) => setNote(problemText(failure)));
  if (!view) return <><Button look="quiet" onClick={() => void load()}>{t("receipts.details")}</Button>{note && <p class="error" role="alert">{note}</p>}</>;
  if (!view.facts.length) return <p class="hint">{t("receipts.facts.none")}</p>;
  return (
    <ul class="facts">
      {view.facts.map((fact) => (
        <li key={fact.measure}>{t("receipts.fact", { measure: fact.measure_title, quantity: fact.quantity, unit: fact.unit_name, period: month(fact.period) })}{!fact.counted && ` – ${t("receipts.fact.not")}`}</li>
      ))}
    </ul>
  );
}

// A deed carries a few answers; one question answered twice is one answer.
const answersIn = (rows: OutboxRow[]): number =>
  new Set(rows.flatMap(({ frozen }) => {
    const { attempt, answers = {} } = (JSON.parse(frozen) as { body: { attempt: string; answers?: Record<string, string> } }).body;
    return Object.keys(answers).map((question) => `${attempt}:${question}`);
  })).size;

// Single answers are many and count nothing by themselves: one line tells whether they are safe.
function Answers({ rows }: { rows: OutboxRow[] }) {
  if (!rows.length) return null;
  const n = answersIn(rows);
  const waiting = answersIn(rows.filter((row) => row.state !== "receipt"));
  return <p class="card hint">{waiting ? t("receipts.answers.waiting", { n, waiting }) : t("receipts.answers", { n })}</p>;
}
