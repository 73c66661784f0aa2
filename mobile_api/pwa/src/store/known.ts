// What I know: the last answer of the node to each question, so that every screen opens without signal.
import { database, deedsOf } from "./db";
import { TEAM, forgotten, type TeamView } from "./field";
import type { OutboxRow } from "./outbox";
import { during, heldKey, mayKeep, reveal, revealAll, shut } from "./vault";

export const PUBLIC = "public";

export interface KnownRow {
  key: string; // "<person>:<what>"; the person is first, so that forgetting a person is one range
  value: unknown;
  at: number;
  forgotten?: boolean; // a restored node has numbers of its own; written while nobody may be in to read the rest
}

export const valueOf = (row: KnownRow | undefined): unknown =>
  row?.forgotten && row.key.endsWith(`:${TEAM}`) ? forgotten(row.value as TeamView) : row?.value;

// An answer that comes after the person was removed from the phone, or locked it, leaves no trace.
export async function remember(person: string, what: string, value: unknown): Promise<void> {
  const held = await heldKey();
  const row = await shut(held, "known", { key: `${person}:${what}`, value, at: Date.now() });
  const tx = (await database()).transaction(["persons", "known"], "readwrite");
  const here = person === PUBLIC || mayKeep(await tx.objectStore("persons").get(person), held);
  if (here) await tx.objectStore("known").put(row);
  await tx.done;
}

// `next` sees what is known and what was done in one transaction, so that a deed done meanwhile is never written over.
export async function revise<T>(person: string, what: string, next: (known: T | undefined, rows: OutboxRow[]) => T | undefined): Promise<T | undefined> {
  const held = await heldKey();
  const tx = (await database()).transaction(["persons", "known", "outbox"], "readwrite");
  const [known, key] = [tx.objectStore("known"), `${person}:${what}`];
  const here = mayKeep(await tx.objectStore("persons").get(person), held);
  const rows = await tx.objectStore("outbox").index("person").getAll(deedsOf(person));
  const opened = await during(known, revealAll(held, "outbox", rows));
  const value = next(valueOf(await during(known, reveal(held, "known", await known.get(key)))) as T | undefined, opened);
  if (here && value !== undefined) await known.put(await during(known, shut(held, "known", { key, value, at: Date.now() })));
  await tx.done;
  return value;
}

export async function recall<T>(person: string, what: string): Promise<T | undefined> {
  return valueOf(await reveal(await heldKey(), "known", await (await database()).get("known", `${person}:${what}`))) as T | undefined;
}

// All that is known of a person under names that begin so.
export async function recallAll<T>(person: string, begin: string): Promise<T[]> {
  const from = `${person}:${begin}`;
  const rows = await (await database()).getAll("known", IDBKeyRange.bound(from, `${from}\uffff`));
  return (await revealAll(await heldKey(), "known", rows)).map(({ value }) => value as T);
}

export async function forget(person: string, what: string): Promise<void> {
  await (await database()).delete("known", `${person}:${what}`);
}
