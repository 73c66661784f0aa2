// The own visits as the node has them, each whole: for a phone that is new or was emptied, and to put right here what was
// written down on another one.
import { ask } from "../../api/http";
import { remember } from "../../store/known";
import { current } from "../../store/persons";
import { isRefused, type Device, type Done, type Met, type Outcome, type Place, type VisitBody } from "./records";

export interface OwnVisit {
  id: string;
  household: string;
  code: string;
  nickname: string;
  day: string;
  place: Place;
  met: Met;
  services: Record<string, Outcome>;
  reasons: Record<string, string>;
  device: Device | null;
  follow_up_on: string | null;
  follow_up_of: string | null;
  no_further_visit: boolean;
  photos: string[];
  note: string | null;
  stands: boolean;
  corrects: string | null;
}

export interface VisitMine {
  team: string | null;
  today: { visits: number; households: number };
  waiting: number;
  days: OwnVisit[];
}

export async function readVisitMine(activity: string): Promise<VisitMine> {
  const person = current.get();
  const found = await ask<VisitMine>(`/activities/${activity}/mine`, { token: person?.token ?? null });
  if (person) await remember(person.id, `visit-mine:${activity}`, found);
  return found;
}

const AGAIN_MS = 5 * 60_000;
const readAt = new Map<string, number>();

// So that it lies on the phone before the signal goes.
export async function fetchMine(activity: string): Promise<void> {
  const whose = `${current.get()?.id}:${activity}`;
  if (Date.now() - (readAt.get(whose) ?? 0) < AGAIN_MS) return;
  await readVisitMine(activity).then(() => readAt.set(whose, Date.now()), () => undefined);
}

// Own visits that stand and of which this phone has no record.
export const elsewhere = (mine: VisitMine | undefined, here: Done<VisitBody>[]): OwnVisit[] =>
  (mine?.days ?? []).filter((one) => standsYet(one, here) && !here.some(({ row }) => row.id === one.id));

// What was written down elsewhere, as this phone would have frozen it. An answer kept since before the node told all of it
// cannot be put right: what it leaves out would be lost.
export function bodyOf(one: OwnVisit): VisitBody | null {
  if (!one.photos) return null;
  const services = Object.entries(one.services).map(([service, outcome]) => ({ service, outcome, reason: one.reasons[service] ?? null }));
  const { household, met, place, device, follow_up_on, follow_up_of, no_further_visit, photos, note, corrects } = one;
  return { household, met, consent: null, place, services, device, follow_up_on, follow_up_of, no_further_visit, photos, note, corrects };
}

// The node does not know yet what this phone has put right without signal.
export const standsYet = (one: OwnVisit, here: Done<VisitBody>[]): boolean =>
  one.stands && !here.some(({ row, body }) => body.corrects === one.id && !isRefused(row));
