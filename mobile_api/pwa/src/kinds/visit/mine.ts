// The own visits as the node has them: for a phone that is new or was emptied, and for promises made on another one.
import { ask } from "../../api/http";
import { remember } from "../../store/known";
import { current } from "../../store/persons";
import type { Met } from "./records";

export interface OwnVisit {
  id: string;
  household: string;
  code: string;
  nickname: string;
  day: string;
  met: Met;
  services: Record<string, string>;
  follow_up_on: string | null;
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
let readAt = 0;

// So that it lies on the phone before the signal goes.
export function fetchMine(activity: string): void {
  if (Date.now() - readAt < AGAIN_MS) return;
  readVisitMine(activity).then(() => (readAt = Date.now()), () => undefined);
}

// The own visit that promised one on this day, as the node knows it.
export const promiseIn = (mine: VisitMine | undefined, household: string, day: string | null): string | null =>
  mine?.days.find((one) => one.household === household && one.stands && day !== null && one.follow_up_on === day)?.id ?? null;
