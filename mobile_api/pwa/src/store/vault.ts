// What is kept of a person can be read only while that person is in. Each has a random key; at rest it is there only wrapped by
// what is made from the PIN (entering.ts). While somebody is in, theirs lies in the store `phone`, where the service worker
// finds it too. Where the browser has no crypto (plain http) nobody has such a key, and rows lie there as they are.
import { phoneGet } from "./db";
import type { HouseholdRow, BytesRow } from "./field";
import type { KnownRow } from "./known";
import type { OutboxRow } from "./outbox";

export interface Boxed {
  iv: Uint8Array<ArrayBuffer>;
  box: ArrayBuffer;
}

export interface HeldKey {
  person: string;
  key: CryptoKey; // the browser uses it and shows it to nobody
}

export interface Secrets {
  known: KnownRow;
  outbox: OutboxRow;
  households: HouseholdRow;
  staging: HouseholdRow;
  bytes: BytesRow;
}
export type Secret = keyof Secrets;

// What stays readable of a row: its place, and what must change while nobody is in. All of it is random, or a number.
const OPEN = ["key", "forgotten", "id", "person", "seq", "state", "outcome", "acknowledged_ms"] as const;
export type Kept<R> = Pick<R, Extract<keyof R, (typeof OPEN)[number]>> & Partial<R> & Partial<Boxed>;

export const heldKey = (): Promise<HeldKey | undefined> => phoneGet("key");

const text = new TextEncoder();
const how = (place: string, iv: Uint8Array<ArrayBuffer>) => ({ name: "AES-GCM", iv, additionalData: text.encode(place) });

// A box opens only where it was put: `place` is sealed with it.
export async function shutBytes(key: CryptoKey, place: string, bytes: Uint8Array<ArrayBuffer>): Promise<Boxed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, box: await crypto.subtle.encrypt(how(place, iv), key, bytes) };
}

// Undefined: another key shut it, or it was moved or altered.
export async function openBytes(key: CryptoKey, place: string, { iv, box }: Boxed): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return crypto.subtle.decrypt(how(place, iv), key, box).then((bytes) => new Uint8Array(bytes), () => undefined);
}

export const toBytes = (value: unknown): Uint8Array<ArrayBuffer> => text.encode(JSON.stringify(value));
export const fromBytes = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

type Loose = Partial<Boxed> & { key?: string; id?: string; person?: string; bytes?: Uint8Array<ArrayBuffer> };

const placeOf = (store: Secret, row: Loose): string => `${store === "staging" ? "households" : store}:${row.key ?? `${row.person}:${row.id}`}`; // a staged list moves as it is
const isOf = (held: HeldKey | undefined, row: Loose): held is HeldKey => held !== undefined && (row.person ?? row.key?.split(":")[0]) === held.person;

export async function shut<S extends Secret>(held: HeldKey | undefined, store: S, row: Secrets[S]): Promise<Kept<Secrets[S]>> {
  if (!isOf(held, row)) return row as Kept<Secrets[S]>;
  const [open, secret]: Record<string, unknown>[] = [{}, {}];
  for (const [name, value] of Object.entries(row)) ((OPEN as readonly string[]).includes(name) ? open : secret)![name] = value;
  const boxed = await shutBytes(held.key, placeOf(store, row), (row as Loose).bytes ?? toBytes(secret));
  return { ...open, ...boxed } as Kept<Secrets[S]>;
}

// Undefined: there is no such row, or nobody is in who may read it.
export async function reveal<S extends Secret>(held: HeldKey | undefined, store: S, row: Kept<Secrets[S]> | undefined): Promise<Secrets[S] | undefined> {
  const { iv, box, ...open } = (row ?? {}) as Loose;
  if (!row || !iv || !box) return row as Secrets[S] | undefined;
  const bytes = isOf(held, row as Loose) ? await openBytes(held.key, placeOf(store, row as Loose), { iv, box }) : undefined;
  return bytes && ({ ...open, ...(store === "bytes" ? { bytes } : (fromBytes(bytes) as object)) } as Secrets[S]);
}

export async function revealAll<S extends Secret>(held: HeldKey | undefined, store: S, rows: Kept<Secrets[S]>[]): Promise<Secrets[S][]> {
  const all = await Promise.all(rows.map((row) => reveal(held, store, row)));
  return all.filter((row) => row !== undefined) as Secrets[S][];
}

// The browser's crypto answers later, and a transaction that has nothing to do ends. So it is kept busy with a question that
// costs nothing until the answer is there.
export async function during<T>(store: { getKey(id: string): Promise<unknown> }, work: Promise<T>): Promise<T> {
  let waiting = true;
  const over = () => void (waiting = false);
  work.then(over, over);
  while (waiting) await store.getKey("-");
  return work;
}

// Who has a key and is not in gets nothing written: it would lie there in the open.
export const mayKeep = (owner: { id: string; vault?: unknown } | undefined, held: HeldKey | undefined): boolean =>
  owner !== undefined && (!owner.vault || held?.person === owner.id);
