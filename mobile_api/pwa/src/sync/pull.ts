// Changes down: what the node did since the cursor. A noun that is not everybody's (a team's households) has its own taker,
// which comes with the chunk that needs it.
import { Problem, ask } from "../api/http";
import type { Pulled, PulledChange, ReceiptView } from "../api/types";
import { live } from "../lib/live";
import { change, corrected, getRow, rowsOf, type OutboxRow } from "../store/outbox";
import { changePerson, moveCursor, type PersonRow } from "../store/persons";

export const activitiesMoved = live(0);

export interface Taker {
  nouns: readonly string[];
  take: (person: PersonRow, change: PulledChange) => Promise<void>;
  restart: (person: PersonRow) => Promise<void>; // the cursor was too old: changes are missing, everything is to be had anew
}

const takers: Taker[] = [];
export const takeAlso = (taker: Taker): void => void takers.push(taker);

// True when the node asked for deeds that this phone still has: there is something to push again.
export async function pull(person: PersonRow): Promise<boolean> {
  let cursor = person.cursor;
  let asked = false;
  for (let more = true; more; ) {
    const page = await ask<Pulled>(`/sync/pull?cursor=${cursor}`, { token: person.token }).catch((error: unknown) => restart(person, error));
    if (!page) return asked;
    for (const item of page.changes) await take(person, item);
    asked = (await offerMissing(person, page.missing ?? [] /* an older node says nothing of them */)) || asked;
    const moved = page.cursor !== cursor && (await moveCursor(person.id, cursor, page.cursor));
    more = page.more && moved;
    cursor = page.cursor;
  }
  return asked;
}

async function restart(person: PersonRow, error: unknown): Promise<null> {
  if (!(error instanceof Problem) || error.status !== 410) throw error;
  await changePerson(person.id, { cursor: 0 });
  activitiesMoved.set(activitiesMoved.get() + 1);
  for (const taker of takers) await taker.restart(person);
  return null;
}

async function take(person: PersonRow, item: PulledChange): Promise<void> {
  const { noun, id } = item;
  const receipt = noun === "operation" && (await getRow(id))?.receipt;
  if (receipt) await corrected(id, await ask<ReceiptView>(`/receipts/${receipt}`, { token: person.token }));
  if (noun === "activity") activitiesMoved.set(activitiesMoved.get() + 1);
  for (const taker of takers) if (taker.nouns.includes(noun)) await taker.take(person, item);
}

// Numbers that never arrived although later ones did. What the phone believes to be there is offered again, each deed once
// in the life of the page: a node that keeps asking must not keep the phone sending.
const offered = new Set<string>();

export const missingRows = (rows: OutboxRow[], ranges: readonly (readonly number[])[]): OutboxRow[] =>
  rows.filter((row) => row.state === "receipt" && ranges.some(([from = 0, to = 0]) => row.seq >= from && row.seq <= to));

async function offerMissing(person: PersonRow, ranges: readonly (readonly number[])[]): Promise<boolean> {
  if (!ranges.length) return false;
  const again = missingRows(await rowsOf(person.id), ranges).filter((row) => !offered.has(row.id));
  for (const row of again) offered.add(row.id);
  await change(again.map((row) => row.id), (row) => (row.state === "receipt" ? { ...row, state: "sent" } : row));
  return again.length > 0;
}
