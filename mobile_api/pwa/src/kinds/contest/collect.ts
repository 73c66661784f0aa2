// Answers are on the phone the moment they are given. To the node they travel a few at a time: after a moment, or three together.
import { live } from "../../lib/live";
import { perform } from "../../sync";
import { ANSWER, collected, hasUnsent, paperKey, type Paper } from "./paper";

export const WAIT_MS = 1_500;
export const FEW = 3;
const AGAIN_MS = 5_000;

export const paperMoved = live(0);
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("lantoa-paper");
if (channel) channel.onmessage = () => paperMoved.set(paperMoved.get() + 1);

export function tellOfPaper(): void {
  paperMoved.set(paperMoved.get() + 1);
  channel?.postMessage("moved"); // another tab of this phone may show the same paper
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

export function collectSoon(person: string, paper: Paper): void {
  if (Object.keys(paper.unsent).length >= FEW) return void collect(person, paper);
  if (hasUnsent(paper) && !waiting.has(paper.attempt.id)) wait(person, paper, WAIT_MS);
}

function wait(person: string, paper: Paper, ms: number): void {
  waiting.set(paper.attempt.id, setTimeout(() => void collect(person, paper), ms));
}

// One transaction freezes the deed and empties the list, so an answer is in exactly one deed whichever tab is quicker.
export async function collect(person: string, paper: Paper): Promise<void> {
  const attempt = paper.attempt.id;
  clearTimeout(waiting.get(attempt));
  waiting.delete(attempt);
  if (!hasUnsent(paper)) return;
  const body = (known: unknown) => ({ attempt, answers: (known as Paper | undefined)?.unsent ?? {} });
  const next = (known: unknown) => collected(known as Paper | undefined, attempt);
  try {
    await perform(person, { activity: paper.activity, action: ANSWER, body }, { what: paperKey(paper.activity), next });
  } catch {
    if (!waiting.has(attempt)) wait(person, paper, AGAIN_MS); // the answers are on the paper; only the deed could not be written
  }
}
