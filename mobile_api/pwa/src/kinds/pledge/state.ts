// The own pledge as it stands with what this phone still has to send: plain values in, plain values out.
import type { PledgeMine } from "../../api/types";
import { isDue, type OutboxRow } from "../../store/outbox";

export const THEMES = ["digital_transformation", "science", "technology", "innovation", "other"] as const;
export type Theme = (typeof THEMES)[number];
export const DIGITAL: Theme = "digital_transformation";
export const OUTCOMES = ["done", "partly", "not_done", "dropped"] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Progress = "doing" | "done";
export type Moment = "midyear" | "year_end";
export type State = "none" | "draft" | "submitted" | "returned" | "in_force" | "midyear_checked" | "self_assessed" | "cell_assessed" | "closed";

export interface ItemBody {
  id: string;
  theme: Theme;
  what: string;
  measure: string;
  due: string | null;
  menu: string | null;
  gone: boolean;
}

export interface EvidenceBody {
  evidence: string;
  item: string;
  progress: Progress;
  words: string | null;
  photos: string[];
  receipt: string | null;
  gone: boolean;
}

export interface ReviewBody {
  moment: Moment;
  items: { item: string; outcome: Outcome; words: string | null }[];
  words: string | null;
  own_class: string | null;
}

export interface Item extends Omit<ItemBody, "gone"> {
  in_force: boolean;
  waits: boolean; // written here and not yet with the node
}

export interface Evidence {
  id: string;
  item: string;
  progress: Progress;
  words: string | null;
  receipt: string | null;
  at: string | number;
  photos: Record<string, string>; // digest -> waiting | complete | refused
  papers: string[]; // those of them that the node knows as PDFs
  waits: boolean;
}

export interface Review {
  moment: Moment;
  outcomes: Record<string, { outcome: Outcome; words: string | null }>;
  words: string | null;
  own_class: string | null;
  cell_words: string | null;
  checked_on: string | null;
  waits: boolean;
}

// The node's last word, and when it was asked for by the phone's clock: what was answered later is not in it yet.
export interface Kept {
  at: number;
  mine: PledgeMine;
}

export interface View {
  state: State;
  sending: boolean; // handed in here, not yet with the node
  unsent: boolean; // the deeds differ from what was handed in last
  number: number;
  in_force: number | null;
  late: boolean;
  items: Item[];
  evidence: Evidence[];
  reviews: Review[];
  refused: OutboxRow[];
}

export const isRefused = (row: OutboxRow): boolean => row.state === "aside" || row.outcome === "refused";
export const bodyOf = <B>(row: OutboxRow): B => (JSON.parse(row.frozen) as { body: B }).body;

export function viewOf(kept: Kept | undefined, rows: OutboxRow[], activity: string, putAway: string[] = []): View {
  const own = rows.filter((row) => row.activity === activity && row.action.startsWith("pledge."));
  const fresh = own.filter((row) => !isRefused(row) && (isDue(row) || !kept || (row.acknowledged_ms ?? Infinity) >= kept.at));
  const pledge = kept?.mine.pledge ?? null;
  const wrote = fresh.filter((row) => row.action === "pledge.items");
  const handed = fresh.filter((row) => row.action === "pledge.submit").at(-1);
  const looked = fresh.find((row) => row.action === "pledge.review" && bodyOf<ReviewBody>(row).moment === "year_end");
  const known = (pledge?.state ?? (wrote.length ? "draft" : "none")) as State;
  return {
    state: looked && UNDER_WAY.includes(known) ? "self_assessed" : known,
    sending: handed !== undefined && isDue(handed),
    unsent: handed ? wrote.some((row) => row.seq > handed.seq) : Boolean(pledge?.unsent) || wrote.length > 0,
    number: pledge?.number ?? 0,
    in_force: pledge?.in_force ?? null,
    late: pledge?.late ?? false,
    items: items(pledge?.items ?? [], wrote),
    evidence: evidence((pledge?.evidence ?? []) as unknown as Evidence[], fresh),
    reviews: reviews((pledge?.reviews ?? []) as unknown as Review[], fresh),
    refused: stillRefused(own).filter((row) => !putAway.includes(row.id)),
  };
}

const UNDER_WAY: readonly State[] = ["in_force", "midyear_checked"];
export const mayWrite = (state: State): boolean => ["none", "draft", "submitted", "returned", ...UNDER_WAY].includes(state);
export const isInForce = (state: State): boolean => [...UNDER_WAY, "self_assessed", "cell_assessed", "closed"].includes(state);
export const mayReview = (state: State): boolean => [...UNDER_WAY, "self_assessed"].includes(state);
export const maySupport = (state: State): boolean => state !== "none" && state !== "cell_assessed" && state !== "closed";

function items(held: readonly object[], wrote: OutboxRow[]): Item[] {
  const byId = new Map((held as Item[]).map((one) => [one.id, { ...one, waits: false }]));
  for (const row of wrote) {
    for (const { gone, ...body } of bodyOf<{ items: ItemBody[] }>(row).items) {
      if (gone) byId.delete(body.id);
      else byId.set(body.id, { ...body, in_force: false, waits: isDue(row) });
    }
  }
  return [...byId.values()].sort((a, b) => (a.due ?? "9999").localeCompare(b.due ?? "9999") || a.id.localeCompare(b.id));
}

function evidence(held: readonly Evidence[], fresh: OutboxRow[]): Evidence[] {
  const byId = new Map(held.map((one) => [one.id, { ...one, waits: false }]));
  for (const row of fresh.filter(({ action }) => action === "pledge.evidence")) {
    const { evidence: id, gone, photos, ...body } = bodyOf<EvidenceBody>(row);
    const before = byId.get(id);
    if (gone) byId.delete(id);
    else byId.set(id, { ...body, id, at: row.wall_ms, photos: Object.fromEntries(photos.map((one) => [one, before?.photos[one] ?? "waiting"])), papers: before?.papers ?? [], waits: isDue(row) });
  }
  return [...byId.values()];
}

function reviews(held: readonly Review[], fresh: OutboxRow[]): Review[] {
  const byMoment = new Map(held.map((one) => [one.moment, { ...one, waits: false }]));
  for (const row of fresh.filter(({ action }) => action === "pledge.review")) {
    const { moment, items: told, words, own_class } = bodyOf<ReviewBody>(row);
    const { cell_words = null, checked_on = null } = byMoment.get(moment) ?? {};
    byMoment.set(moment, { moment, outcomes: Object.fromEntries(told.map(({ item, outcome, words: said }) => [item, { outcome, words: said }])), words, own_class, cell_words, checked_on, waits: isDue(row) });
  }
  return [...byMoment.values()];
}

// A refused deed is over when the same thing was done once more since: its words are in the newer one.
function stillRefused(own: OutboxRow[]): OutboxRow[] {
  return own.filter((row) => isRefused(row) && !own.some((later) => later.seq > row.seq && sameThing(row, later)));
}

function sameThing(row: OutboxRow, later: OutboxRow): boolean {
  if (row.action !== later.action) return false;
  const names = (one: OutboxRow): string[] => {
    const body = bodyOf<{ items?: { id?: string }[]; evidence?: string; moment?: string }>(one);
    return one.action === "pledge.items" ? (body.items ?? []).map(({ id }) => String(id)) : [body.evidence ?? body.moment ?? ""];
  };
  const since = names(later);
  return names(row).every((name) => since.includes(name));
}

// --- before handing in ------------------------------------------------------------------------------------------------

export interface Settings {
  digital_required?: boolean;
  most_items?: number;
}

export interface Lack {
  what: "no_item" | "too_many_items" | "item_without_measure" | "item_without_due" | "no_digital_item";
  item?: Item;
}

// The node's own questions, asked beforehand: what is missing is named where it can be mended.
export function lacks(list: Item[], { digital_required = true, most_items = 10 }: Settings): Lack[] {
  if (!list.length) return [{ what: "no_item" }];
  const found: Lack[] = [];
  if (list.length > most_items) found.push({ what: "too_many_items" });
  for (const item of list) {
    if (!item.measure.trim()) found.push({ what: "item_without_measure", item });
    if (!item.due) found.push({ what: "item_without_due", item });
  }
  if (digital_required && !list.some((item) => item.theme === DIGITAL)) found.push({ what: "no_digital_item" });
  return found;
}

// --- suggestions ------------------------------------------------------------------------------------------------------

export const QUARTER_ENDS = { q1: "03-31", q2: "06-30", q3: "09-30", q4: "12-31" } as const;

// 'q3' -> the last day of September, '03' -> of March; what is over already becomes the end of the year.
export function dueDay(due: string, year: number, today: string): string {
  const end = QUARTER_ENDS[due as keyof typeof QUARTER_ENDS] ?? new Date(Date.UTC(year, Number(due), 0)).toISOString().slice(5, 10);
  const day = `${year}-${end}`;
  return day < today ? `${year}-12-31` : day;
}

// The number of a suggestion in its words: '5 hộ' becomes '8 hộ', '15 hộ' stays.
export const withAmount = (text: string, before: number, now: number): string => text.replace(/\d+(?:[.,]\d+)*/g, (found) => (found === String(before) ? String(now) : found));
