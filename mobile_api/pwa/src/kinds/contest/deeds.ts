// What a person can do in a contest: start, answer, hand in.
import { readContestMine } from "../../api/calls";
import { NoSignal, Problem } from "../../api/http";
import type { Activity, Attempt, OperationResult } from "../../api/types";
import { leastNow, serverNow } from "../../clock";
import { live } from "../../lib/live";
import { database } from "../../store/db";
import { remember, revise } from "../../store/known";
import { isDue, record, rowsOf, type OutboxRow } from "../../store/outbox";
import { getPerson } from "../../store/persons";
import { deliver, kick, perform, probe } from "../../sync";
import { ANSWER, answered, begin, closed, isOpen, merge, paperKey, remainingMs, unsentAnswers, type Paper } from "./paper";

const START = "contest.start";

// Not connected at all, so nothing was even tried; or the answer got lost on the way.
export class Unreached extends Error {
  constructor(readonly tried: boolean) {
    super();
  }
}

async function heldStart(person: string, activity: string): Promise<OutboxRow | undefined> {
  return (await rowsOf(person)).find((row) => row.state === "held" && row.activity === activity && row.action === START);
}

// A start is never queued: the time would begin at a moment nobody chose. It is recorded only when the node is there, and if
// its answer is lost the same frozen start is offered again when the person presses again, so it cannot cost a second attempt.
export async function start(person: string, activity: Activity): Promise<OperationResult> {
  if (!(await probe())) throw new Unreached(false);
  const row = (await heldStart(person, activity.id)) ?? (await record(person, { activity: activity.id, action: START, body: {} }, { held: true }));
  const result = await deliver(person, row!).catch((error: unknown) => {
    const unanswered = error instanceof NoSignal || (error instanceof Problem && error.status >= 500);
    throw unanswered ? new Unreached(true) : error;
  });
  const attempt = result.result?.attempt as Attempt | undefined;
  if (attempt && result.outcome !== "refused") await remember(person, paperKey(activity.id), begin(activity.id, attempt));
  return result;
}

// What the phone could not write down, attempt by attempt. It stays on the screen, is written with the next answer that can be,
// and is in any case part of the paper handed in.
export const unsaved = live<Record<string, Record<string, string>>>({});
export const cannotSave = live(false);

const unsavedOf = (attempt: string): Record<string, string> => unsaved.get()[attempt] ?? {};

function setUnsaved(attempt: string, answers: Record<string, string>): void {
  const { [attempt]: _, ...others } = unsaved.get();
  unsaved.set(Object.keys(answers).length ? { ...others, [attempt]: answers } : others);
}

export async function answer(person: string, paper: Paper, question: string, choice: string): Promise<void> {
  const attempt = paper.attempt.id;
  const { [question]: _, ...before } = unsavedOf(attempt);
  for (const [of, chosen] of Object.entries({ ...before, [question]: choice })) {
    try {
      await write(person, paper, of, chosen);
      if (unsavedOf(attempt)[of] !== undefined) setUnsaved(attempt, without(unsavedOf(attempt), of));
    } catch {
      setUnsaved(attempt, { ...unsavedOf(attempt), [of]: chosen });
    }
  }
  cannotSave.set(Object.keys(unsavedOf(attempt)).length > 0);
}

const without = (answers: Record<string, string>, question: string): Record<string, string> =>
  Object.fromEntries(Object.entries(answers).filter(([of]) => of !== question));

async function write(person: string, paper: Paper, question: string, choice: string): Promise<void> {
  const attempt = paper.attempt.id;
  const deed = { activity: paper.activity, action: ANSWER, body: { attempt, question, choice } };
  await perform(person, deed, { what: paperKey(paper.activity), next: (known) => answered(known as Paper | undefined, attempt, question, choice) });
}

// The answers are read in the transaction that freezes them: one given a moment ago, on another tab too, is on the paper.
export async function submit(person: string, paper: Paper, how: "hand" | "time"): Promise<boolean> {
  const attempt = paper.attempt.id;
  const answers = (known: unknown) => ({ ...(known as Paper | undefined)?.answers, ...unsavedOf(attempt) });
  const deed = { activity: paper.activity, action: "contest.submit", body: (known: unknown) => ({ attempt, answers: answers(known) }) };
  try {
    await perform(person, deed, { what: paperKey(paper.activity), next: (known, row) => closed(known as Paper | undefined, attempt, how, row.id, unsavedOf(attempt)) });
  } catch {
    cannotSave.set(true);
    return false;
  }
  setUnsaved(attempt, {});
  cannotSave.set(false);
  kick();
  return true;
}

export async function refresh(person: string, activity: string): Promise<{ paper: Paper | undefined; attemptsLeft: number | null }> {
  const acknowledged = new Set((await rowsOf(person)).filter((row) => !isDue(row)).map((row) => row.id)); // before the node is asked
  const mine = await readContestMine(activity, (await getPerson(person))?.token ?? null);
  const paper = await revise<Paper>(person, paperKey(activity), (held, rows) => merge(activity, held, mine, unsentAnswers(rows, mine.attempt?.id, acknowledged)));
  await remember(person, `attempts-left:${activity}`, mine.attempts_left);
  return { paper, attemptsLeft: mine.attempts_left };
}

// open: there is time; closed: handed in; ask: by the phone's clock the time is over, but only the person can decide.
export type Ending = "open" | "closed" | "ask";
const ending = new Map<string, Promise<Ending>>();

// A paper is never handed in by a clock that may have jumped. With signal the node is asked for the time, and for what another
// phone may have answered; without signal only time that surely passed counts.
export function closeIfOver(person: string, paper: Paper): Promise<Ending> {
  const attempt = paper.attempt.id;
  const asked = ending.get(attempt) ?? decide(person, paper).finally(() => ending.delete(attempt));
  ending.set(attempt, asked);
  return asked;
}

async function decide(person: string, paper: Paper): Promise<Ending> {
  if (remainingMs(paper, serverNow()) > 0) return "open";
  if (await probe()) {
    if (remainingMs(paper, serverNow()) > 0) return "open";
    await refresh(person, paper.activity).catch(() => undefined);
  } else {
    const sure = leastNow();
    if (sure === null || remainingMs(paper, sure) > 0) return "ask";
  }
  return (await submit(person, paper, "time")) ? "closed" : "open";
}

// A paper whose time ran out while the app was closed is closed the moment the app opens again.
export async function closeOverdue(person: string): Promise<void> {
  const prefix = `${person}:${paperKey("")}`;
  const rows = await (await database()).getAll("known", IDBKeyRange.bound(prefix, `${prefix}\uffff`));
  for (const { value } of rows) {
    const paper = value as Paper;
    if (isOpen(paper)) await closeIfOver(person, paper);
  }
}
