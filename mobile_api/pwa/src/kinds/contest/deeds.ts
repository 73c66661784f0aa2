// What a person can do in a contest: start, answer, hand in.
import { readContestMine } from "../../api/calls";
import { NoSignal, Problem } from "../../api/http";
import type { Activity, Attempt, OperationResult } from "../../api/types";
import { serverNow } from "../../clock";
import { database } from "../../store/db";
import { recall, remember } from "../../store/known";
import { record, rowsOf, type OutboxRow } from "../../store/outbox";
import { deliver, kick, perform, probe } from "../../sync";
import { answered, begin, closed, isOpen, merge, paperKey, remainingMs, type Paper } from "./paper";

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

export async function answer(person: string, paper: Paper, question: string, choice: string): Promise<void> {
  const attempt = paper.attempt.id;
  const deed = { activity: paper.activity, action: "contest.answer", body: { attempt, question, choice } };
  await perform(person, deed, { what: paperKey(paper.activity), next: (known) => answered(known as Paper | undefined, attempt, question, choice) });
}

export async function submit(person: string, paper: Paper, how: "hand" | "time"): Promise<void> {
  const attempt = paper.attempt.id;
  const latest = (await recall<Paper>(person, paperKey(paper.activity))) ?? paper;
  const deed = { activity: paper.activity, action: "contest.submit", body: { attempt, answers: latest.answers } };
  await perform(person, deed, { what: paperKey(paper.activity), next: (known, row) => closed(known as Paper | undefined, attempt, how, row.id) });
  kick();
}

export async function refresh(person: string, activity: string): Promise<{ paper: Paper | undefined; attemptsLeft: number | null }> {
  const mine = await readContestMine(activity);
  const held = await recall<Paper>(person, paperKey(activity));
  const paper = merge(activity, held, mine);
  if (paper) await remember(person, paperKey(activity), paper);
  await remember(person, `attempts-left:${activity}`, mine.attempts_left);
  return { paper, attemptsLeft: mine.attempts_left };
}

// A paper whose time ran out while the app was closed is closed the moment the app opens again.
export async function closeOverdue(person: string): Promise<void> {
  const prefix = `${person}:${paperKey("")}`;
  const rows = await (await database()).getAll("known", IDBKeyRange.bound(prefix, `${prefix}\uffff`));
  for (const { value } of rows) {
    const paper = value as Paper;
    if (isOpen(paper) && remainingMs(paper, serverNow()) <= 0) await submit(person, paper, "time");
  }
}
