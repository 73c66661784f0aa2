// What a person can do in a contest: start, answer, guess, hand in.
import { readContestMine } from "../../api/calls";
import { NoSignal, Problem } from "../../api/http";
import type { Activity, Attempt, ContestMine, OperationResult } from "../../api/types";
import { leastNow, serverNow } from "../../clock";
import { live } from "../../lib/live";
import { recallAll, remember, revise } from "../../store/known";
import { isDue, record, rowsOf, type OutboxRow } from "../../store/outbox";
import { getPerson } from "../../store/persons";
import { deliver, kick, perform, probe, pushAll } from "../../sync";
import { collect, collectSoon, paperMoved, tellOfPaper } from "./collect";
import { answered, closed, dueAnswers, graceMs, isHere, isOpen, lacksPrediction, merge, paperKey, predicted, remainingMs, reopened, takenOver, type Paper } from "./paper";

export { paperMoved };

const START = "contest.start";

// Not connected at all, so nothing was even tried; or the answer got lost on the way.
export class Unreached extends Error {
  constructor(readonly tried: boolean) {
    super();
  }
}

const takesOver = (row: OutboxRow): boolean => (JSON.parse(row.frozen) as { body: { take_over?: boolean } }).body.take_over === true;

async function heldStart(person: string, activity: string): Promise<OutboxRow | undefined> {
  return (await rowsOf(person)).find((row) => row.state === "held" && row.activity === activity && row.action === START);
}

// A start is never queued: the time would begin at a moment nobody chose. It is recorded only when the node is there, and if
// its answer is lost the same frozen start is offered again when the person presses again, so it cannot cost a second attempt.
export async function start(person: string, activity: Pick<Activity, "id">, takeOver = false): Promise<OperationResult> {
  if (!(await probe())) throw new Unreached(false);
  if (takeOver) await pushAll().catch(() => undefined); // what was said here before the take-over is said first
  const held = await heldStart(person, activity.id);
  const result = await begun(person, activity.id, held ?? (await freshStart(person, activity.id, takeOver)));
  const refused = takeOver && held && !takesOver(held); // the one kept from before did not ask to take over
  return refused ? begun(person, activity.id, await freshStart(person, activity.id, true)) : result;
}

async function freshStart(person: string, activity: string, takeOver: boolean): Promise<OutboxRow> {
  return (await record(person, { activity, action: START, body: { take_over: takeOver } }, { held: true }))!;
}

async function begun(person: string, activity: string, row: OutboxRow): Promise<OperationResult> {
  const result = await deliver(person, row).catch((error: unknown) => {
    const unanswered = error instanceof NoSignal || (error instanceof Problem && error.status >= 500);
    throw unanswered ? new Unreached(true) : error;
  });
  const attempt = result.result?.attempt as Attempt | undefined;
  if (!attempt || result.outcome === "refused") return result;
  const paper = await revise<Paper>(person, paperKey(activity), (held, rows) => takenOver(activity, held, attempt, dueNow(rows, attempt.id)));
  tellOfPaper();
  if (paper) void collect(person, paper);
  return result;
}

const dueNow = (rows: OutboxRow[], attempt: string | undefined) => dueAnswers(rows, attempt, new Set(rows.filter((row) => !isDue(row)).map((row) => row.id)));

// What the phone could not write down, attempt by attempt. It stays on the screen, is written with the next answer that can be,
// and is in any case part of the paper handed in.
export const unsaved = live<Record<string, Record<string, string>>>({});
export const cannotSave = live(false);

const unsavedOf = (attempt: string): Record<string, string> => unsaved.get()[attempt] ?? {};

function setUnsaved(attempt: string, answers: Record<string, string>): void {
  const { [attempt]: _, ...others } = unsaved.get();
  unsaved.set(Object.keys(answers).length ? { ...others, [attempt]: answers } : others);
}

// On the phone at once; to the node in small batches.
export async function answer(person: string, paper: Paper, question: string, choice: string): Promise<void> {
  const attempt = paper.attempt.id;
  const before = unsavedOf(attempt);
  const given = { ...before, [question]: choice };
  try {
    const written = await revise<Paper>(person, paperKey(paper.activity), (known) => answered(known, attempt, given));
    setUnsaved(attempt, Object.fromEntries(Object.entries(unsavedOf(attempt)).filter(([id, said]) => before[id] !== said)));
    tellOfPaper();
    if (written) collectSoon(person, written);
  } catch {
    setUnsaved(attempt, { ...given, ...unsavedOf(attempt), [question]: choice });
  }
  cannotSave.set(Object.keys(unsavedOf(attempt)).length > 0);
}

export async function predict(person: string, paper: Paper, prediction: number | null): Promise<void> {
  try {
    await revise<Paper>(person, paperKey(paper.activity), (known) => predicted(known, paper.attempt.id, prediction));
    tellOfPaper();
  } catch {
    cannotSave.set(true); // it is still in its field, and handing in asks for it
  }
}

// The answers are read in the transaction that freezes them: one given a moment ago, on another tab too, is on the paper.
// Nothing waits for a batch: the whole paper goes.
export async function submit(person: string, paper: Paper, how: "hand" | "time", guess?: number): Promise<boolean> {
  const attempt = paper.attempt.id;
  const body = (known: unknown) => {
    const held = known as Paper | undefined;
    return { attempt, answers: { ...held?.answers, ...unsavedOf(attempt) }, prediction: guess ?? held?.prediction ?? null };
  };
  try {
    const next = (known: unknown, row: OutboxRow) => {
      const done = closed(known as Paper | undefined, attempt, how, row.id, unsavedOf(attempt));
      return done && { ...done, prediction: guess ?? done.prediction };
    };
    await perform(person, { activity: paper.activity, action: "contest.submit", body }, { what: paperKey(paper.activity), next });
  } catch {
    cannotSave.set(true);
    return false;
  }
  setUnsaved(attempt, {});
  cannotSave.set(false);
  kick();
  return true;
}

export type Standing = Omit<ContestMine, "attempt">;
export const standingKey = (activity: string) => `contest:${activity}`;

export async function refresh(person: string, activity: string): Promise<Paper | undefined> {
  const acknowledged = new Set((await rowsOf(person)).filter((row) => !isDue(row)).map((row) => row.id)); // before the node is asked
  const { attempt, ...standing } = await readContestMine(activity, (await getPerson(person))?.token ?? null);
  const paper = await revise<Paper>(person, paperKey(activity), (held, rows) => merge(activity, held, { attempt }, dueAnswers(rows, attempt?.id, acknowledged)));
  await remember(person, standingKey(activity), standing);
  return paper;
}

// Verdicts that the person can do something about. Each is looked at once; what then holds is the node's to say.
const heeded = new Set<string>();

export async function heedVerdicts(person: string, activity: string): Promise<void> {
  const refused = (await rowsOf(person)).filter((row) => row.activity === activity && row.outcome === "refused" && !heeded.has(row.id));
  if (!refused.length) return;
  for (const row of refused) {
    heeded.add(row.id);
    await revise<Paper>(person, paperKey(activity), (held) => reopened(held, row.id, row.reason ?? ""));
  }
  tellOfPaper();
  await refresh(person, activity);
}

// open: there is time; closed: handed in; ask: by the phone's clock the time is over, but only the person can decide;
// guess: the time is over and only the prediction is missing, which may still come within the grace.
export type Ending = "open" | "closed" | "ask" | "guess";
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
  if (!isHere(paper) || remainingMs(paper, serverNow()) > 0) return "open"; // the phone that holds it hands it in
  let latest = paper;
  if (await probe()) {
    if (remainingMs(paper, serverNow()) > 0) return "open";
    latest = (await refresh(person, paper.activity).catch(() => undefined)) ?? paper;
    if (!isHere(latest)) return "open";
  } else {
    const sure = leastNow();
    if (sure === null || remainingMs(paper, sure) > 0) return "ask";
  }
  if (lacksPrediction(latest) && graceMs(latest, serverNow()) > 0) return "guess";
  return (await submit(person, paper, "time", lateGuesses.get(paper.attempt.id) ?? undefined)) ? "closed" : "open";
}

export const lateGuesses = new Map<string, number | null>(); // typed after the time, attempt by attempt, and not yet handed in

async function openPapers(person: string): Promise<Paper[]> {
  return (await recallAll<Paper>(person, paperKey(""))).filter(isOpen);
}

// A paper whose time ran out while the app was closed is closed the moment the app opens again; answers that had not yet left
// when it was closed leave now.
export async function wake(person: string): Promise<void> {
  for (const paper of await openPapers(person)) {
    await collect(person, paper);
    await closeIfOver(person, paper);
  }
}

// The app goes to the back, and may never be let forward again.
export async function rest(person: string): Promise<void> {
  for (const paper of await openPapers(person)) await collect(person, paper);
}
