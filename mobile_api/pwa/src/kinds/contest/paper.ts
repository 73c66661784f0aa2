// The paper as the phone keeps it, and the few decisions about it that need neither screen nor database.
import type { Attempt, ContestMine, Question } from "../../api/types";

export interface Paper {
  activity: string;
  attempt: Attempt;
  answers: Record<string, string>;
  ended: null | "hand" | "time";
  submission: string | null; // the outbox row that carries the paper to the node
}

export const paperKey = (activity: string) => `paper:${activity}`;
export const questions = (paper: Paper): Question[] => paper.attempt.questions ?? [];
export const isOpen = (paper: Paper): boolean => !paper.ended && paper.attempt.state === "running";
export const remainingMs = (paper: Paper, serverNowMs: number): number => Date.parse(paper.attempt.due_at) - serverNowMs;
export const unanswered = (paper: Paper): number => questions(paper).filter((question) => !paper.answers[question.id]).length;

export function begin(activity: string, attempt: Attempt): Paper {
  return { activity, attempt, answers: { ...attempt.answers }, ended: null, submission: null };
}

// The phone's answers are never older than the node's, for they pass through here first; the node's state and result are newer.
export function merge(activity: string, held: Paper | undefined, mine: ContestMine): Paper | undefined {
  const fresh = mine.attempt;
  if (!fresh) return held;
  if (!held || held.attempt.id !== fresh.id) return held && held.attempt.number > fresh.number ? held : begin(activity, fresh);
  const attempt = { ...fresh, questions: fresh.questions?.length ? fresh.questions : held.attempt.questions };
  return { ...held, attempt, answers: { ...fresh.answers, ...held.answers } };
}

export function answered(paper: Paper | undefined, attempt: string, question: string, choice: string): Paper | undefined {
  if (!paper || paper.attempt.id !== attempt || !isOpen(paper) || paper.answers[question] === choice) return undefined;
  return { ...paper, answers: { ...paper.answers, [question]: choice } };
}

export function closed(paper: Paper | undefined, attempt: string, how: "hand" | "time", submission: string): Paper | undefined {
  if (!paper || paper.attempt.id !== attempt || !isOpen(paper)) return undefined;
  return { ...paper, ended: how, submission };
}
