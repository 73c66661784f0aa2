// Who uses this phone. Each person has an own device id and device sequence, so that two people sharing a phone
// neither block each other's outbox nor become linkable on the node.
import type { RelayGrant, Session } from "../api/types";
import { digestPin, newSalt } from "../lib/pin";
import { live } from "../lib/live";
import { FIELD_STORES, database, ofPerson, phoneForget, phoneGet, phoneSet } from "./db";

export interface PersonRow {
  id: string;
  name: string;
  device: string;
  seq: number; // the last device sequence given away
  token: string | null; // null: signed out or revoked; what was typed stays
  revoked: boolean;
  tries: number;
  pin: { salt: string; digest: string } | null;
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
  if (current.get()?.id === id) current.set((await getPerson(id)) ?? null);
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

export async function keepSession(session: Session, device: string, pin: string): Promise<void> {
  const salt = newSalt();
  const digest = await digestPin(pin, salt);
  const tx = (await database()).transaction("persons", "readwrite");
  const old = await tx.store.get(session.person.id);
  await tx.store.put({
    id: session.person.id, name: session.person.name, token: session.token, revoked: false, tries: 0, cursor: old?.cursor ?? 0,
    device: old?.device ?? device, seq: Math.max(old?.seq ?? 0, session.person.highest_seq ?? 0),
    pin: digest ? { salt, digest } : null, relay: relayOf(session.person) ?? null,
  });
  await tx.done;
  wasLost.set(false);
  await enter(session.person.id);
}

const relayOf = ({ session_id, relay_key }: RelayGrant): PersonRow["relay"] =>
  session_id && relay_key ? { session: session_id, key: relay_key } : undefined;

export async function keepRelay(id: string, grant: RelayGrant): Promise<void> {
  const relay = relayOf(grant);
  if (relay) await changeIf(id, (row) => row.relay?.key !== relay.key, { relay });
}

export async function enter(id: string): Promise<void> {
  await phoneSet("current", id);
  current.set((await getPerson(id)) ?? null);
}

export async function lock(): Promise<void> {
  await phoneForget("current");
  current.set(null);
}

export async function restoreCurrent(): Promise<void> {
  const id = await phoneGet("current");
  current.set((id && (await getPerson(id))) || null);
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
  let cursor = await tx.objectStore("outbox").index("person").openCursor(IDBKeyRange.bound([id, 0], [id, Infinity]));
  while (cursor) {
    await cursor.delete();
    cursor = await cursor.continue();
  }
  if ((await tx.objectStore("phone").get("current")) === id) await tx.objectStore("phone").delete("current");
  await tx.done;
  if (current.get()?.id === id) current.set(null);
  channel?.postMessage(id);
}
