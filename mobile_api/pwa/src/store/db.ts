// Everything the phone remembers lives in one IndexedDB database, readable by the page and by the service worker.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { KeptAnchor } from "../clock";
import type { OutboxRow } from "./outbox";
import type { PersonRow } from "./persons";

export interface KnownRow {
  key: string; // "<person>:<what>"; the person is first, so that forgetting a person is one range
  value: unknown;
  at: number;
}

export interface PhoneRows {
  epoch: string;
  current: string;
  anchor: KeptAnchor;
}

interface Schema extends DBSchema {
  phone: { key: string; value: PhoneRows[keyof PhoneRows] };
  persons: { key: string; value: PersonRow };
  outbox: { key: string; value: OutboxRow; indexes: { person: [string, number] } };
  known: { key: string; value: KnownRow };
}

export type Database = IDBPDatabase<Schema>;
let opening: Promise<Database> | null = null;

export function database(): Promise<Database> {
  opening ??= openDB<Schema>("lantoa", 1, {
    upgrade(db) {
      db.createObjectStore("phone");
      db.createObjectStore("persons", { keyPath: "id" });
      db.createObjectStore("outbox", { keyPath: "id" }).createIndex("person", ["person", "seq"]);
      db.createObjectStore("known", { keyPath: "key" });
    },
    blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opening = null),
  });
  return opening;
}

export async function phoneGet<K extends keyof PhoneRows>(key: K): Promise<PhoneRows[K] | undefined> {
  return (await (await database()).get("phone", key)) as PhoneRows[K] | undefined;
}

export async function phoneSet<K extends keyof PhoneRows>(key: K, value: PhoneRows[K]): Promise<void> {
  await (await database()).put("phone", value, key);
}

export async function phoneForget(key: keyof PhoneRows): Promise<void> {
  await (await database()).delete("phone", key);
}
