// Everything the phone remembers lives in one IndexedDB database, readable by the page and by the service worker.
import type { DBSchema, IDBPDatabase } from "idb";
import type { KeptAnchor } from "../clock";
import type { FieldRows } from "./field";
import { openDatabase } from "./idb";
import type { KnownRow } from "./known";
import type { OutboxRow } from "./outbox";
import type { PersonRow } from "./persons";
import type { HeldKey, Kept } from "./vault";
import type { Trust } from "../verify/keep";

export interface PhoneRows {
  epoch: string;
  current: string;
  anchor: KeptAnchor;
  key: HeldKey; // of whoever is in; gone when they lock
  used: number; // when the app was last touched
  trust: Trust; // the node's public keys and lists of revocations
}

interface Schema extends DBSchema, FieldRows {
  phone: { key: string; value: PhoneRows[keyof PhoneRows] };
  persons: { key: string; value: PersonRow };
  outbox: { key: string; value: Kept<OutboxRow>; indexes: { person: [string, number] } };
  known: { key: string; value: Kept<KnownRow> };
}

export type Database = IDBPDatabase<Schema>;
let opening: Promise<Database> | null = null;

// iOS closes a database behind the app's back. A connection that failed or closed is forgotten, and the next call opens anew.
export async function database(): Promise<Database> {
  const held = await (opening ??= open());
  try {
    held.transaction("phone"); // a closed connection says so only when it is used
    return held;
  } catch {
    opening = null;
    return (opening = open());
  }
}

const VERSION = 2;
// Stores whose keys begin with "<person>:": forgetting a person is one range in each.
export const FIELD_STORES = ["households", "staging", "photos", "bytes", "relays"] as const;

// Stores are only ever added, so an older page may use a newer database as it is.
function open(): Promise<Database> {
  const opened = openAt(VERSION).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "VersionError") return openAt(undefined);
    throw error;
  });
  opened.catch(() => void (opening === opened && (opening = null)));
  return opened;
}

const openAt = (version: number | undefined): Promise<Database> => openDatabase<Schema>("lantoa", version, upgrade, () => void (opening = null));

function upgrade(db: Database, from: number): void {
  if (from < 1) {
    db.createObjectStore("phone");
    db.createObjectStore("persons", { keyPath: "id" });
    db.createObjectStore("outbox", { keyPath: "id" }).createIndex("person", ["person", "seq"]);
    db.createObjectStore("known", { keyPath: "key" });
  }
  if (from < 2) for (const store of FIELD_STORES) db.createObjectStore(store, { keyPath: "key" });
}

// Everything in a store that belongs to one person.
export const ofPerson = (person: string): IDBKeyRange => IDBKeyRange.bound(`${person}:`, `${person}:\uffff`);

export const deedsOf = (person: string): IDBKeyRange => IDBKeyRange.bound([person, 0], [person, Infinity]);

// All of it is written or nothing: an exception halfway would otherwise leave what was written before it.
export async function wholly<T>(tx: { abort(): void; done: Promise<void> }, work: () => Promise<T>): Promise<T> {
  const { done } = tx;
  done.catch(() => undefined); // when the work itself fails, that is the error to tell of
  try {
    const made = await work();
    await done;
    return made;
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // it is over already
    }
    throw error;
  }
}

export async function phoneGet<K extends keyof PhoneRows>(key: K): Promise<PhoneRows[K] | undefined> {
  return (await (await database()).get("phone", key)) as PhoneRows[K] | undefined;
}

export async function phoneSet<K extends keyof PhoneRows>(key: K, value: PhoneRows[K]): Promise<void> {
  await (await database()).put("phone", value, key);
}
