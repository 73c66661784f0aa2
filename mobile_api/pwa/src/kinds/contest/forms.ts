// The five forms of a question. An answer is one short text in a fixed writing, the same on every phone and on the node:
// "b" for one option, "a,c" for several (sorted), "b,a,d,c" for an order (always all of it), "a:2,b:1" for pairs (sorted by the left).
import type { Question } from "../../api/types";

type Asked = Pick<Question, "form" | "options">;

export const codesOf = (choice: string | undefined): string[] => (choice ? choice.split(",") : []);

// The last tick stays: the node knows no way to take an answer back, so the phone must not pretend that there is one.
export function ticked(choice: string | undefined, code: string): string {
  const held = codesOf(choice);
  const next = held.includes(code) ? held.filter((one) => one !== code) : [...held, code];
  return (next.length ? next : held).sort().join(",");
}

// What the person has put in order, or the order they were shown in.
export function orderOf(question: Asked, choice: string | undefined): string[] {
  const shown = question.options.map((option) => option.code);
  const held = codesOf(choice);
  return held.length === shown.length && shown.every((code) => held.includes(code)) ? held : shown;
}

export function shifted(codes: string[], code: string, by: -1 | 1): string[] {
  const at = codes.indexOf(code);
  const to = at + by;
  if (at < 0 || to < 0 || to >= codes.length) return codes;
  const next = [...codes];
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}

export const pairsOf = (choice: string | undefined): Record<string, string> =>
  Object.fromEntries(codesOf(choice).map((pair) => pair.split(":") as [string, string]));

// Each right-hand side belongs to one left-hand side: taken for another, it leaves the first.
export function paired(choice: string | undefined, left: string, right: string): string {
  const others = Object.entries(pairsOf(choice)).filter(([one, other]) => one !== left && other !== right);
  return [...others, [left, right]].map((pair) => pair.join(":")).sort().join(",");
}

export function isComplete(question: Asked, choice: string | undefined): boolean {
  if (question.form === "matching") return codesOf(choice).length === question.options.length;
  return Boolean(choice);
}
