// The own firms as they stand with what this phone still has to send: plain values in, plain values out.
import type { MovementMine } from "../../api/types";
import { fold } from "../../lib/fold";
import { isDue, type OutboxRow } from "../../store/outbox";
import { amountOf } from "../../ui/amount";

export const SORTS = ["household_business", "firm", "cooperative"] as const;
export type Sort = (typeof SORTS)[number];
export type Criterion = MovementMine["criteria"][number];
export type Held = MovementMine["firms"][number];

export interface PromiseBody {
  criterion: string;
  target: number | null;
  words: string;
}

export interface PromisesBody {
  enrolment: string;
  promises: PromiseBody[];
}

export interface EnrolBody {
  enrolment: string;
  sort: Sort;
  name: string;
  hamlet: string;
  promises: PromiseBody[];
}

export interface MarkBody {
  criterion: string;
  met: boolean | null;
  value: number | null;
  words: string;
  photos: string[];
}

export interface AssessBody {
  enrolment: string;
  marks: MarkBody[];
}

export type Goal = Pick<PromiseBody, "target" | "words">;

export interface Firm {
  id: string;
  name: string;
  sort: string;
  hamlet: string;
  state: string;
  frozen: boolean;
  goals: Record<string, Goal>; // what it set itself, by criterion
  marks: Record<string, MarkBody>; // what it says of itself, by criterion
  waits: boolean; // something written here is not yet with the node
}

// The node's last word, and when it was asked for by the phone's clock: what was answered later is not in it yet.
export interface Kept {
  at: number;
  mine: MovementMine;
}

export interface View {
  firms: Firm[];
  called: Map<string, string>; // what this phone called a firm that came back -> what the node calls it
  refused: OutboxRow[];
}

export const isRefused = (row: OutboxRow): boolean => row.state === "aside" || row.outcome === "refused";
export const bodyOf = <B>(row: OutboxRow): B => (JSON.parse(row.frozen) as { body: B }).body;

export function viewOf(kept: Kept | undefined, rows: OutboxRow[], activity: string, putAway: string[] = []): View {
  const own = rows.filter((row) => row.activity === activity && row.action.startsWith("movement."));
  const fresh = own.filter((row) => !isRefused(row) && (isDue(row) || !kept || (row.acknowledged_ms ?? Infinity) >= kept.at));
  const firms = new Map((kept?.mine.firms ?? []).map((one) => [one.id as string, fromNode(one)]));
  const called = calledElse(own);
  for (const row of fresh) lay(firms, row, called, kept?.mine);
  return { firms: [...firms.values()], called, refused: stillRefused(own).filter((row) => !putAway.includes(row.id)) };
}

function fromNode(held: Held): Firm {
  const marks = held.marks.filter(({ source }) => source !== "measured").map(({ criterion, met, value, words, photos }) => [criterion, { criterion, met, value, words, photos: Object.keys(photos) }]);
  return { id: held.id, name: held.name, sort: held.sort, hamlet: held.hamlet, state: held.state, frozen: held.frozen, goals: held.promises as Record<string, Goal>, marks: Object.fromEntries(marks) as Record<string, MarkBody>, waits: false };
}

// In the order in which it was written.
function lay(firms: Map<string, Firm>, row: OutboxRow, names: Map<string, string>, mine: MovementMine | undefined): void {
  const body = bodyOf<{ enrolment: string }>(row);
  const id = names.get(body.enrolment) ?? body.enrolment;
  const before = firms.get(id);
  if (row.action === "movement.enrol") {
    const { name, sort, hamlet } = body as EnrolBody;
    const called = mine?.hamlets.find((one) => one.id === hamlet)?.name ?? "";
    firms.set(id, { id, name, sort, hamlet: called, state: "confirmed", frozen: before?.frozen ?? false, goals: before?.goals ?? {}, marks: before?.marks ?? {}, waits: isDue(row) });
  } else if (before && row.action === "movement.promise") {
    const told = Object.fromEntries((body as PromisesBody).promises.map(({ criterion, target, words }) => [criterion, { target, words }]));
    firms.set(before.id, { ...before, goals: { ...before.goals, ...told }, waits: before.waits || isDue(row) });
  } else if (before && row.action === "movement.assess") {
    const said = Object.fromEntries((body as AssessBody).marks.map((one) => [one.criterion, one]));
    firms.set(before.id, { ...before, marks: { ...before.marks, ...said }, waits: before.waits || isDue(row) });
  } else if (before && row.action === "movement.withdraw") {
    firms.set(before.id, { ...before, state: "withdrawn", waits: before.waits || isDue(row) });
  }
}

// A firm that came back keeps the id it had; what was entered under a new one is answered with the old.
function calledElse(own: OutboxRow[]): Map<string, string> {
  const told = own.filter((row) => row.action === "movement.enrol" && typeof row.result?.enrolment === "string");
  return new Map(told.map((row) => [bodyOf<EnrolBody>(row).enrolment, row.result!.enrolment as string]));
}

// The own firm of that name there that withdrew, with or without tone marks: entered once more it is the same one.
export const leftBefore = (firms: Firm[], name: string, hamlet: string): Firm | undefined =>
  firms.find((one) => one.state === "withdrawn" && one.hamlet === hamlet && fold(one.name) === fold(name));

// A refused deed is over when the same firm was written about once more since in the same way.
function stillRefused(own: OutboxRow[]): OutboxRow[] {
  const about = (row: OutboxRow) => (row.action === "movement.enrol" ? bodyOf<EnrolBody>(row).name : bodyOf<{ enrolment: string }>(row).enrolment);
  return own.filter((row) => isRefused(row) && !own.some((later) => later.seq > row.seq && later.action === row.action && about(later) === about(row) && !isRefused(later)));
}

// "đạt 3 trong 10": only what was said; what was not said yet is not "no".
export function counted(criteria: Criterion[], marks: Record<string, MarkBody>): { met: number; said: number; of: number } {
  const asked = criteria.filter((one) => one.whom === "firm");
  const said = asked.map((one) => marks[one.code]?.met ?? null).filter((met) => met !== null);
  return { met: said.filter(Boolean).length, said: said.length, of: asked.length };
}

// '12,5' -> 12.5, '1.306' -> 1306; nothing, no number or less than nothing -> null.
export function amount(text: string): number | null {
  const found = amountOf(text);
  return found !== null && found >= 0 ? found : null;
}

// Something was typed that is no number: said at its field, never dropped.
export const isNoNumber = (text: string): boolean => text.trim() !== "" && amount(text) === null;
