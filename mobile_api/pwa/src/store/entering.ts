// Coming in: the PIN opens the person's key, and a wrong PIN opens nothing. No digest of the PIN lies beside it, on which guesses
// would be cheaper.
import type { Session } from "../api/types";
import { ROUNDS, keyFromPin } from "../lib/pin";
import { database, deedsOf, ofPerson } from "./db";
import { changePerson, enter, getPerson, relayOf, wasLost, type PersonRow, type Vault } from "./persons";
import { during, heldKey, openBytes, reveal, shut, shutBytes, type HeldKey } from "./vault";

const placeOf = (person: string): string => `vault:${person}`;
const asKey = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

async function makeVault(person: string, pin: string): Promise<{ vault: Vault; key: CryptoKey }> {
  const [raw, salt] = [crypto.getRandomValues(new Uint8Array(32)), crypto.getRandomValues(new Uint8Array(16))];
  const boxed = await shutBytes(await keyFromPin(pin, salt, ROUNDS), placeOf(person), raw);
  return { vault: { ...boxed, salt, rounds: ROUNDS }, key: await asKey(raw) };
}

async function openVault(person: string, vault: Vault, pin: string): Promise<CryptoKey | null> {
  const raw = await openBytes(await keyFromPin(pin, vault.salt, vault.rounds), placeOf(person), vault);
  return raw ? asKey(raw) : null;
}

export const FREE_TRIES = 4;
const LONGEST_PAUSE_MIN = 60;

// The fifth wrong PIN in a row costs a minute, each further one twice as long. Nothing is thrown away: what waits here may be
// a team's day, and whoever copies the storage out of the phone is not held up by this screen anyway.
export const pauseMs = (tries: number): number => (tries <= FREE_TRIES ? 0 : Math.min(LONGEST_PAUSE_MIN, 2 ** (tries - FREE_TRIES - 1)) * 60_000);

export async function unlock(id: string, pin: string): Promise<boolean> {
  const row = (await getPerson(id))!;
  const opened = row.vault ? await openVault(id, row.vault, pin) : await fromBefore(row, pin);
  if (!opened) {
    await changePerson(id, { tries: row.tries + 1, wait_until: Date.now() + pauseMs(row.tries + 1) });
    return false;
  }
  await enter(id, opened);
  if (!row.sealed) await sealAll({ person: id, key: opened });
  return true;
}

async function fromBefore(row: PersonRow, pin: string): Promise<CryptoKey | null> {
  const { fitsDigest } = await import("../lib/pin-before");
  if (!row.pin || !(await fitsDigest(pin, row.pin))) return null;
  const { vault, key } = await makeVault(row.id, pin);
  await changePerson(row.id, { vault, pin: null });
  return key;
}

// The same PIN opens the same key again. With another one everything is shut anew if it can be read now; otherwise the old
// key stays beside the new one until somebody knows the old PIN (openFormer).
export async function keepSession(session: Session, device: string, pin: string): Promise<void> {
  const { id, name, highest_seq } = session.person;
  const old = await getPerson(id);
  const [held, same] = [await heldKey(), old?.vault ? await openVault(id, old.vault, pin) : null];
  const made = same ? { vault: old!.vault!, key: same } : crypto.subtle ? await makeVault(id, pin) : { vault: null, key: null };
  const former = [...(old?.former ?? []), ...(old?.vault && !same ? [old.vault] : [])];
  const tx = (await database()).transaction("persons", "readwrite");
  const now = await tx.store.get(id);
  await tx.store.put({
    id, name, token: session.token, revoked: false, tries: 0, cursor: now?.cursor ?? 0, device: now?.device ?? device, seq: Math.max(now?.seq ?? 0, highest_seq ?? 0),
    vault: made.vault, former, sealed: !now || Boolean(same && now.sealed), relay: relayOf(session.person) ?? null,
  });
  await tx.done;
  wasLost.set(false);
  await enter(id, made.key);
  if (!made.key || !old || (same && old.sealed)) return;
  const readable = !same && held?.person === id ? held : undefined;
  await sealAll({ person: id, key: made.key }, readable);
  if (readable) await changePerson(id, { former: old.former });
}

// What a former PIN shut is shut with the key of today, and is due again.
export async function openFormer(id: string, pin: string): Promise<boolean> {
  const [row, held] = [await getPerson(id), await heldKey()];
  if (!row || held?.person !== id) return false;
  for (const vault of row.former ?? []) {
    const key = await openVault(id, vault, pin);
    if (!key) continue;
    await sealAll(held, { person: id, key });
    await changePerson(id, { former: row.former!.filter((one) => one !== vault) });
    return true;
  }
  return false;
}

// Store by store, each wholly or not: what `from` reads (nobody: what lies in the open) is shut with the key in use. Done
// again from the start when the app died in between; what is shut already is then not touched.
async function sealAll(held: HeldKey, from?: HeldKey): Promise<void> {
  const db = await database();
  for (const name of ["outbox", "known", "households", "staging", "bytes"] as const) { // photos and relays: sums, and what is sealed already
    const tx = db.transaction(name as "outbox", "readwrite");
    const ids = name === "outbox" ? await tx.store.index("person").getAllKeys(deedsOf(held.person)) : await tx.store.getAllKeys(ofPerson(held.person));
    for (const id of ids) { // one by one: a photo is large
      const open = await during(tx.store, reveal(from, name as "outbox", await tx.store.get(id)));
      if (open) await tx.store.put(await during(tx.store, shut(held, name as "outbox", open)));
    }
    await tx.done;
  }
  await changePerson(held.person, { sealed: true });
}
