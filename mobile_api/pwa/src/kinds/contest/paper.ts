// The paper as the phone keeps it, and the few decisions about it that need neither screen nor database.
import type { Attempt, ContestMine, Question } from "../../api/types";
import type { OutboxRow } from "../../store/outbox";
import { isComplete } from "./forms";

type Answers = Record<string, string>;

export interface Paper {
  activity: string;
  attempt: Attempt;
  answers: Answers;
  unsent: Answers; // written down here, in no deed yet
  prediction: number | null;
  ended: null | "hand" | "time";
  submission: string | null; // the outbox row that carries the paper to the node
}

export const ANSWER = "contest.answer";
export const TAKEN_OVER = "taken_over";
export const NO_PREDICTION = "prediction_missing";
export const paperKey = (activity: string) => `paper:${activity}`;
export const questions = (paper: Paper): Question[] => paper.attempt.questions ?? [];
export const isOpen = (paper: Paper): boolean => !paper.ended && paper.attempt.state === "running";
export const isHere = (paper: Paper): boolean => paper.attempt.held_here;
export const hasUnsent = (paper: Paper): boolean => Object.keys(paper.unsent).length > 0;
export const remainingMs = (paper: Paper, serverNowMs: number): number => Date.parse(paper.attempt.due_at) - serverNowMs;
export const graceMs = (paper: Paper, serverNowMs: number): number => remainingMs(paper, serverNowMs) + paper.attempt.grace_s * 1_000;
export const isAnswered = (paper: Paper, question: Question): boolean => isComplete(question, paper.answers[question.id]);
export const unanswered = (paper: Paper): number => questions(paper).filter((question) => !isAnswered(paper, question)).length;
export const lacksPrediction = (paper: Paper): boolean => paper.attempt.prediction_asked && paper.prediction === null;

export function begin(activity: string, attempt: Attempt): Paper {
  return { activity, attempt, answers: { ...attempt.answers }, unsent: {}, prediction: null, ended: null, submission: null };
}

// The node has what any phone of the person said, so its answers are newer than those it already acknowledged to this phone;
// only `due` ones (in the outbox, unanswered) and unsent ones are newer still. Its state and result are newer too, but a paper
// that ran out there unseen must still be handed in by the phone that holds it.
export function merge(activity: string, held: Paper | undefined, mine: Pick<ContestMine, "attempt">, due: Answers = {}): Paper | undefined {
  const fresh = mine.attempt;
  if (!fresh) return held;
  if (!held || held.attempt.id !== fresh.id) return held && held.attempt.number > fresh.number ? held : begin(activity, fresh);
  const state = fresh.state === "expired" && isOpen(held) ? held.attempt.state : fresh.state;
  const attempt = { ...fresh, state, questions: fresh.questions?.length ? fresh.questions : held.attempt.questions };
  return { ...held, attempt, answers: { ...held.answers, ...fresh.answers, ...due, ...held.unsent } };
}

// A paper taken over, here or back again. What only this phone knows (answers the node refused while another phone held the
// paper, and nobody gave there) is sent once more.
export function takenOver(activity: string, held: Paper | undefined, attempt: Attempt, due: Answers = {}): Paper {
  const merged = merge(activity, held, { attempt }, due)!;
  if (!attempt.held_here || !isOpen(merged)) return merged;
  const onlyHere = Object.entries(merged.answers).filter(([id]) => attempt.answers[id] === undefined && due[id] === undefined);
  return { ...merged, unsent: { ...Object.fromEntries(onlyHere), ...merged.unsent } };
}

// How many answers this phone has that the node did not take. They stay on the phone whatever happens.
export const onlyHere = (paper: Paper): number => Object.keys(paper.answers).filter((id) => paper.attempt.answers[id] !== paper.answers[id]).length;

// What this phone said and the node had not acknowledged when it was asked; the last word on each question.
export function dueAnswers(rows: OutboxRow[], attempt: string | undefined, acknowledged: Set<string>): Answers {
  const said = rows.filter((row) => row.action === ANSWER && !acknowledged.has(row.id)).sort((a, b) => a.seq - b.seq);
  const bodies = said.map((row) => (JSON.parse(row.frozen) as { body: { attempt: string; answers?: Answers } }).body);
  return Object.assign({}, ...bodies.filter((body) => body.attempt === attempt).map((body) => body.answers ?? {})) as Answers;
}

const isAbout = (paper: Paper | undefined, attempt: string): paper is Paper => paper?.attempt.id === attempt && isOpen(paper);

export function answered(paper: Paper | undefined, attempt: string, given: Answers): Paper | undefined {
  if (!isAbout(paper, attempt)) return undefined;
  const fresh = Object.fromEntries(Object.entries(given).filter(([id, choice]) => choice && paper.answers[id] !== choice));
  if (!Object.keys(fresh).length) return undefined;
  return { ...paper, answers: { ...paper.answers, ...fresh }, unsent: { ...paper.unsent, ...fresh } };
}

export const predicted = (paper: Paper | undefined, attempt: string, prediction: number | null): Paper | undefined =>
  isAbout(paper, attempt) && paper.prediction !== prediction ? { ...paper, prediction } : undefined;

// The unsent answers go into one deed. Undefined: there are none, or another tab was quicker.
export const collected = (paper: Paper | undefined, attempt: string): Paper | undefined =>
  isAbout(paper, attempt) && isHere(paper) && hasUnsent(paper) ? { ...paper, unsent: {} } : undefined;

export function closed(paper: Paper | undefined, attempt: string, how: "hand" | "time", submission: string, unsaved: Answers = {}): Paper | undefined {
  if (!isAbout(paper, attempt)) return undefined;
  return { ...paper, answers: { ...paper.answers, ...unsaved }, unsent: {}, ended: how, submission };
}

// The node would not take the paper for a reason the person can mend: it is open again, with everything that was on it.
export function reopened(paper: Paper | undefined, submission: string, reason: string): Paper | undefined {
  if (!paper || paper.submission !== submission || ![TAKEN_OVER, NO_PREDICTION].includes(reason)) return undefined;
  const held_here = paper.attempt.held_here && reason !== TAKEN_OVER;
  return { ...paper, ended: null, submission: null, attempt: { ...paper.attempt, held_here } };
}
