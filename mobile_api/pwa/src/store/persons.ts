// Who uses this phone. Each person has an own device id and device sequence, so that two people sharing a phone
// neither block each other's outbox nor become linkable on the node.
import type { RelayGrant } from "../api/types";
import { live } from "../lib/live";
import { FIELD_STORES, database, deedsOf, ofPerson, phoneGet, phoneSet } from "./db";
import { during, fromBytes, heldKey, openBytes, shutBytes, toBytes, type Boxed, type HeldKey } from "./vault";

// A person's own key, wrapped by what is made from the PIN.
export interface Vault extends Boxed {
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
}

export interface PersonRow {
  id: string;
  name: string;
  device: string;
  seq: number; // the last device sequence given away
  token: string | null; // null: signed out, revoked or locked; what was typed stays
  revoked: boolean;
  tries: number;
  wait_until?: number; // after wrong PINs
  pin?: { salt: string; digest: string } | null; // of versions that kept everything in the open; gone after the next entry
  vault?: Vault | null; // null where the browser has no crypto: everything then lies in the open
  sealed?: boolean; // nothing of an older version lies in the open any more
  former?: Vault[]; // of PINs that were changed elsewhere: what they open still waits for them
  locked?: Boxed | null; // token and relay of somebody who is not in
  cursor: number;
  erasing?: boolean; // the node was asked to erase this person and the answer may have got lost
  relay?: { session: string; key: string } | null; // seals deeds for a file; of the sign-in that is in use
}

export const current = live<PersonRow | null>(null);
export const wasLost = live(false); // the screen should say why nothing is here any more

// The service worker and other tabs change these rows too, a lost session above all: the screen must follow.
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("lantoa-persons");
if (channel) channel.onmessage = ({ data }) => void follow(String(data));

async function follow(id: string): Promise<void> {
  if (current.get()?.id === id) current.set(((await phoneGet("current")) === id && (await getPerson(id))) || null);
}

export async function allPersons(): Promise<PersonRow[]> {
  return (await database()).getAll("persons");
}

export async function getPerson(id: string): Promise<PersonRow | undefined> {
  return (await database()).get("persons", id);
}

export async function changePerson(id: string, change: Partial<PersonRow>): Promise<void> {
  await changeIf(id, () => true, change);
}

// Read and write in one transaction: the outbox changes `seq` of the same row.
async function changeIf(id: string, still: (row: PersonRow) => boolean, change: Partial<PersonRow>): Promise<boolean> {
  const tx = (await database()).transaction("persons", "readwrite");
  const row = await tx.store.get(id);
  const may = row !== undefined && still(row);
  if (may) await tx.store.put({ ...row, ...change });
  await tx.done;
  if (!may) return false;
  if (current.get()?.id === id) current.set({ ...row, ...change });
  channel?.postMessage(id);
  return true;
}

// An old 401 must not throw away a newer token: only the token that was used is lost.
export async function loseSession(id: string, used: string | null): Promise<void> {
  await changeIf(id, (row) => row.token === used, { token: null, revoked: true });
}

// False when the cursor moved meanwhile: another page pulled, or a new epoch sent everybody back to the start.
export async function moveCursor(id: string, from: number, to: number): Promise<boolean> {
  return changeIf(id, (row) => row.cursor === from, { cursor: to });
}

export const relayOf = ({ session_id, relay_key }: RelayGrant): PersonRow["relay"] =>
  session_id && relay_key ? { session: session_id, key: relay_key } : undefined;

export async function keepRelay(id: string, grant: RelayGrant): Promise<void> {
  const relay = relayOf(grant);
  if (relay) await changeIf(id, (row) => row.token !== null && row.relay?.key !== relay.key, { relay });
}

// With the key where the service worker finds it too. One at a time: whoever was in before is locked out.
export async function enter(id: string, key: CryptoKey | null): Promise<void> {
  if ((await phoneGet("current")) !== id) await lock();
  const tx = (await database()).transaction(["persons", "phone"], "readwrite");
  const [persons, phone] = [tx.objectStore("persons"), tx.objectStore("phone")];
  const row = (await persons.get(id))!;
  const kept = key && row.locked ? await during(persons, openBytes(key, placeOf(id), row.locked)) : undefined;
  const open: PersonRow = { ...row, ...(kept && (fromBytes(kept) as Partial<PersonRow>)), locked: null, tries: 0 };
  void persons.put(open);
  void phone.put(id, "current");
  void phone.put(Date.now(), "used");
  if (key) void phone.put({ person: id, key }, "key");
  await tx.done;
  current.set(open);
}

const placeOf = (person: string): string => `persons:${person}`;

// From here on nobody reads what is this person's: the key goes, and the token with it into a box of its own.
export async function lock(): Promise<void> {
  const held = await heldKey();
  const tx = (await database()).transaction(["persons", "phone"], "readwrite");
  const [persons, phone] = [tx.objectStore("persons"), tx.objectStore("phone")];
  const id = await phone.get("current");
  const row = held && (await persons.get(held.person));
  if (held && row?.vault) void persons.put(await during(persons, shutIn(held, row)));
  for (const what of ["current", "key", "used"]) void phone.delete(what);
  await tx.done;
  current.set(null);
  channel?.postMessage(id);
}

async function shutIn({ key }: HeldKey, row: PersonRow): Promise<PersonRow> {
  const locked = row.token ? await shutBytes(key, placeOf(row.id), toBytes({ token: row.token, relay: row.relay ?? null })) : null;
  return { ...row, token: null, relay: null, locked };
}

export const IDLE_MS = 12 * 3_600_000; // a member's day with its breaks needs the PIN once

// Untouched for so long, the phone may be anybody's. A clock that was put back is no use of it.
export async function lockIfIdle(): Promise<void> {
  const used = await phoneGet("used");
  if (used !== undefined && Math.abs(Date.now() - used) > IDLE_MS && (await heldKey())) await lock();
}

export async function touched(): Promise<void> {
  await lockIfIdle();
  if (current.get()) await phoneSet("used", Date.now());
}

// Of an older version, and still in: what lies in the open is shut away at the next entry, so that comes now.
export async function restoreCurrent(): Promise<void> {
  await lockIfIdle();
  const id = await phoneGet("current");
  const row = id ? await getPerson(id) : undefined;
  const out = row && (row.vault ? (await heldKey())?.person !== id : row.pin && "subtle" in crypto);
  if (out) await lock();
  current.set((!out && row) || null);
}

// Whose token the node calls lost: what is theirs goes at once, unsent deeds too. Others who share the phone keep theirs.
export async function wipeLost(token: string): Promise<void> {
  const person = (await allPersons()).find((one) => one.token === token);
  if (person) await wipeReported(person.id);
}

export async function wipeReported(id: string): Promise<void> {
  await wipePerson(id);
  wasLost.set(true);
}

export async function wipePerson(id: string): Promise<void> {
  const tx = (await database()).transaction(["persons", "outbox", "known", "phone", ...FIELD_STORES], "readwrite");
  await tx.objectStore("persons").delete(id);
  for (const store of ["known", ...FIELD_STORES] as const) await tx.objectStore(store).delete(ofPerson(id));
  for (const deed of await tx.objectStore("outbox").index("person").getAllKeys(deedsOf(id))) await tx.objectStore("outbox").delete(deed);
  if ((await tx.objectStore("phone").get("current")) === id) for (const what of ["current", "key", "used"]) void tx.objectStore("phone").delete(what);
  await tx.done;
  if (current.get()?.id === id) current.set(null);
  channel?.postMessage(id);
}
