// What I know: the last answer of the node to each question, so that every screen opens without signal.
import { database } from "./db";
import type { OutboxRow } from "./outbox";

export const PUBLIC = "public";

// An answer that comes after the person was removed from the phone leaves no trace.
export async function remember(person: string, what: string, value: unknown): Promise<void> {
  const tx = (await database()).transaction(["persons", "known"], "readwrite");
  const here = person === PUBLIC || (await tx.objectStore("persons").getKey(person));
  if (here) await tx.objectStore("known").put({ key: `${person}:${what}`, value, at: Date.now() });
  await tx.done;
}

// `next` sees what is known and what was done in one transaction, so that a deed done meanwhile is never written over.
export async function revise<T>(person: string, what: string, next: (known: T | undefined, rows: OutboxRow[]) => T | undefined): Promise<T | undefined> {
  const tx = (await database()).transaction(["persons", "known", "outbox"], "readwrite");
  const key = `${person}:${what}`;
  const rows = await tx.objectStore("outbox").index("person").getAll(IDBKeyRange.bound([person, 0], [person, Infinity]));
  const value = next((await tx.objectStore("known").get(key))?.value as T | undefined, rows);
  const here = value !== undefined && (await tx.objectStore("persons").getKey(person));
  if (here) await tx.objectStore("known").put({ key, value, at: Date.now() });
  await tx.done;
  return value;
}

export async function recall<T>(person: string, what: string): Promise<T | undefined> {
  return (await (await database()).get("known", `${person}:${what}`))?.value as T | undefined;
}

export async function forget(person: string, what: string): Promise<void> {
  await (await database()).delete("known", `${person}:${what}`);
}
