// The paper as the phone keeps it, and the few decisions about it that need neither screen nor database.
import type { Attempt, ContestMine, Question } from "../../api/types";
import type { OutboxRow } from "../../store/outbox";

export interface Paper {
  activity: string;
  attempt: Attempt;
  answers: Record<string, string>;
  ended: null | "hand" | "time";
  submission: string | null; // the outbox row that carries the paper to the node
}

export const ANSWER = "contest.answer";
export const paperKey = (activity: string) => `paper:${activity}`;
export const questions = (paper: Paper): Question[] => paper.attempt.questions ?? [];
export const isOpen = (paper: Paper): boolean => !paper.ended && paper.attempt.state === "running";
export const remainingMs = (paper: Paper, serverNowMs: number): number => Date.parse(paper.attempt.due_at) - serverNowMs;
export const unanswered = (paper: Paper): number => questions(paper).filter((question) => !paper.answers[question.id]).length;

export function begin(activity: string, attempt: Attempt): Paper {
  return { activity, attempt, answers: { ...attempt.answers }, ended: null, submission: null };
}

// The node has what any phone of the person said, so its answers are newer than those it already acknowledged to this phone;
// only `unsent` ones are newer still. Its state and result are newer too, but a paper that ran out there unseen must still be
// handed in by the phone that holds it.
export function merge(activity: string, held: Paper | undefined, mine: ContestMine, unsent: Record<string, string> = {}): Paper | undefined {
  const fresh = mine.attempt;
  if (!fresh) return held;
  if (!held || held.attempt.id !== fresh.id) return held && held.attempt.number > fresh.number ? held : begin(activity, fresh);
  const state = fresh.state === "expired" && isOpen(held) ? held.attempt.state : fresh.state;
  const attempt = { ...fresh, state, questions: fresh.questions?.length ? fresh.questions : held.attempt.questions };
  return { ...held, attempt, answers: { ...held.answers, ...fresh.answers, ...unsent } };
}

// What this phone said and the node had not acknowledged when it was asked; the last word on each question.
export function unsentAnswers(rows: OutboxRow[], attempt: string | undefined, acknowledged: Set<string>): Record<string, string> {
  const said = rows.filter((row) => row.action === ANSWER && !acknowledged.has(row.id)).sort((a, b) => a.seq - b.seq);
  const bodies = said.map((row) => (JSON.parse(row.frozen) as { body: { attempt: string; question: string; choice: string } }).body);
  return Object.fromEntries(bodies.filter((body) => body.attempt === attempt).map((body) => [body.question, body.choice]));
}

export function answered(paper: Paper | undefined, attempt: string, question: string, choice: string): Paper | undefined {
  if (!paper || paper.attempt.id !== attempt || !isOpen(paper) || paper.answers[question] === choice) return undefined;
  return { ...paper, answers: { ...paper.answers, [question]: choice } };
}

export function closed(paper: Paper | undefined, attempt: string, how: "hand" | "time", submission: string, unsaved: Record<string, string> = {}): Paper | undefined {
  if (!paper || paper.attempt.id !== attempt || !isOpen(paper)) return undefined;
  return { ...paper, answers: { ...paper.answers, ...unsaved }, ended: how, submission };
}
