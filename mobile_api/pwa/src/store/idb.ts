// IndexedDB that answers with promises. As much of the library `idb` as this app uses, with its types: every phone pays for the
// first load, and the rest of the library would be paid twice, by the page and by the service worker.
import type { DBSchema, IDBPDatabase } from "idb";

type Any = any; // eslint-disable-line

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

// Settled when all of it is written, or nothing; who does not ask about it is told by the request that failed.
function ending(tx: IDBTransaction): IDBTransaction {
  const done = new Promise<void>((yes, no) => {
    tx.oncomplete = () => yes();
    tx.onabort = () => no(tx.error ?? new DOMException("aborted", "AbortError"));
  });
  done.catch(() => undefined);
  return Object.assign(tx, { done });
}

function told(value: Any): Any {
  if (value instanceof IDBRequest) return answered(value);
  if (value instanceof IDBTransaction) return wrapped(ending(value));
  return value instanceof IDBObjectStore || value instanceof IDBIndex ? wrapped(value) : value;
}

const wrapped = (it: Any, more: Any = {}): Any =>
  new Proxy(it, {
    get(_, name) {
      if (name === "store") return told(it.objectStore(it.objectStoreNames[0]));
      const value = more[name] ?? it[name];
      return typeof value === "function" ? (...given: unknown[]) => told(value.apply(it, given)) : value;
    },
  });

// What the database itself is asked goes in a transaction of its own.
async function alone(db: IDBDatabase, name: string, mode: IDBTransactionMode, store: string, given: unknown[]): Promise<unknown> {
  const tx = told(db.transaction(store, mode));
  const answer = await tx.store[name](...given);
  if (mode === "readwrite") await tx.done;
  return answer;
}

function shortcuts(db: IDBDatabase): Any {
  const made: Any = { getAllFromIndex: async (store: string, index: string, range: unknown) => told(db.transaction(store)).store.index(index).getAll(range) };
  for (const name of ["get", "getAll", "getAllKeys", "count"]) made[name] = (store: string, ...given: unknown[]) => alone(db, name, "readonly", store, given);
  for (const name of ["put", "delete", "clear"]) made[name] = (store: string, ...given: unknown[]) => alone(db, name, "readwrite", store, given);
  return made;
}

export async function openDatabase<S extends DBSchema>(
  name: string, version: number | undefined, upgrade: (db: IDBPDatabase<S>, from: number) => void, gone: () => void,
): Promise<IDBPDatabase<S>> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result as Any, oldVersion);
  const db = await answered(request);
  db.onversionchange = () => [db.close(), gone()];
  db.onclose = gone;
  return wrapped(db, shortcuts(db));
}
