// What the own deeds say: which visit stands, what the day holds. Plain values in, plain values out.
import { serverNow } from "../../clock";
import { isDue, type OutboxRow } from "../../store/outbox";

export const STAGES = ["explained", "installed", "activated", "used_alone"] as const;
export type Stage = (typeof STAGES)[number];
export type Outcome = Stage | "not_possible";
export const PLACES = ["home", "workplace", "centre_desk", "hamlet_hall", "mobile_point"] as const;
export type Place = (typeof PLACES)[number];
export const MET = ["adult", "nobody", "declined"] as const;
export type Met = (typeof MET)[number];
export const DEVICES = ["own", "shared", "none"] as const;
export type Device = (typeof DEVICES)[number];
export const KINDS = ["household", "household_business", "firm", "cooperative"] as const;
export type HouseKind = (typeof KINDS)[number];

export interface Helped {
  service: string;
  outcome: Outcome;
  reason: string | null;
}

export interface VisitBody {
  household: string;
  met: Met;
  consent: number | null;
  place: Place;
  services: Helped[];
  device: Device | null;
  follow_up_on: string | null;
  follow_up_of: string | null;
  no_further_visit: boolean;
  photos: string[];
  note: string | null;
  corrects: string | null;
}

export interface SessionBody {
  hamlet: string;
  place: Place;
  services: { service: string; outcome: Outcome; people: number }[];
  assisted: number;
  declared: number;
  note: string | null;
  corrects: string | null;
}

export interface Done<B> {
  id: string;
  row: OutboxRow;
  at: number; // as the node will reckon it, as far as this phone can know
  day: string;
  body: B;
  stands: boolean; // nothing newer of this phone replaces it
}

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" });
export const dayOf = (ms: number): string => DAY.format(new Date(ms));
export const today = (): string => dayOf(serverNow());
export const plusDays = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

interface Frozen {
  wall_ms: number;
  mono_ms: number;
  boot_id: string;
  anchor: { server_ms: number; mono_ms: number; boot_id: string } | null;
  body: unknown;
}

// The phone's clock may be wrong; what passed since the server last told the time is not.
export function happened({ wall_ms, mono_ms, boot_id, anchor }: Omit<Frozen, "body">): number {
  return anchor && anchor.boot_id === boot_id ? anchor.server_ms + (mono_ms - anchor.mono_ms) : wall_ms;
}

export function done<B extends { corrects?: string | null }>(rows: OutboxRow[], activity: string, action: string): Done<B>[] {
  const found = rows.filter((row) => row.activity === activity && row.action === action).map((row) => {
    const frozen = JSON.parse(row.frozen) as Frozen;
    const at = happened(frozen);
    return { id: row.id, row, at, day: dayOf(at), body: frozen.body as B, stands: true };
  });
  return standing(found);
}

// A correction names what it corrects. Of all that belong together the newest stands; what was refused replaces nothing.
export function standing<B extends { corrects?: string | null }>(all: Done<B>[]): Done<B>[] {
  const byId = new Map(all.map((one) => [one.id, one]));
  const root = (one: Done<B>): string => {
    const seen = new Set([one.id]);
    let at = one;
    for (let next = at.body.corrects; next && !seen.has(next); next = at.body.corrects) {
      const before = byId.get(next);
      if (!before) return next; // written down on another phone
      seen.add(next);
      at = before;
    }
    return at.id;
  };
  const newest = new Map<string, Done<B>>();
  for (const one of all) {
    const key = root(one);
    const held = newest.get(key);
    if (!isRefused(one.row) && (!held || one.at > held.at || (one.at === held.at && one.id > held.id))) newest.set(key, one);
  }
  return all.map((one) => ({ ...one, stands: newest.get(root(one)) === one }));
}

export const isRefused = (row: OutboxRow): boolean => row.state === "aside" || row.outcome === "refused";
export type Word = "counted" | "noted" | "waiting" | "checking" | "refused" | "aside";

export function wordOf(row: OutboxRow): Word {
  if (row.state === "aside") return "aside";
  if (isDue(row) || row.state === "held") return "waiting";
  return row.outcome === "waiting" ? "checking" : row.outcome ?? "noted";
}

export interface Day {
  visits: number;
  houses: number;
  sessions: number;
}

// `elsewhere`: own visits this phone has no record of, written on another one or before its storage was emptied.
export function dayFigures(visits: Done<VisitBody>[], sessions: Done<SessionBody>[], day: string, elsewhere: { day: string; household: string }[] = []): Day {
  const mine = visits.filter((one) => one.stands && one.day === day).map((one) => one.body.household);
  const others = elsewhere.filter((one) => one.day === day).map((one) => one.household);
  return {
    visits: mine.length + others.length,
    houses: new Set([...mine, ...others]).size,
    sessions: sessions.filter((one) => one.stands && one.day === day).length,
  };
}

export interface Marks {
  last_visit: string | null;
  follow_up_on: string | null;
  promised: string | null; // the visit that promised the next one, whoever of the team wrote it down
}

interface Listed {
  id: string;
  last_visit: string | null;
  follow_up_on: string | null;
  promised_by?: string | null; // lists of older versions do not say
}

// The node's marks are of the last pull; what was written here since then is newer.
export function marks(line: Listed, visits: Done<VisitBody>[]): Marks {
  const own = visits.filter((one) => one.stands && one.body.household === line.id).sort((a, b) => b.at - a.at);
  const met = own.find((one) => one.body.met === "adult" || one.body.follow_up_on);
  const fresh = met && (!line.last_visit || met.day >= line.last_visit) ? met : undefined;
  const follow_up_on = fresh ? fresh.body.follow_up_on : line.follow_up_on;
  const last = own[0]?.day;
  return {
    last_visit: last && (!line.last_visit || last > line.last_visit) ? last : line.last_visit,
    follow_up_on,
    promised: !follow_up_on ? null : fresh ? fresh.id : (line.promised_by ?? own.find((one) => one.body.follow_up_on === follow_up_on)?.id ?? null),
  };
}

// Taps go through the stages in order, then "not possible", then nothing chosen again.
export function nextOutcome(now: Outcome | undefined, stages: readonly Stage[]): Outcome | undefined {
  const order: (Outcome | undefined)[] = [...stages, "not_possible", undefined];
  return order[(order.indexOf(now) + 1) % order.length];
}

// A long row of digits in a nickname is a number of a paper or a phone, and must not be kept.
export const hidesNumber = (text: string): boolean => /\d(?:[\s.-]?\d){7,}/.test(text);
