// Keys and lists of the node, kept on the phone for the time without signal. Public, so they lie open; nobody stands in them.
import { phoneGet, phoneSet } from "../store/db";
import { readKeys, readList, type Keys, type List } from "./trust";
import type { Told } from "./nquads";

export interface Trust {
  at: number; // when they were fetched, by the phone's own clock
  did: Told;
  lists: Told[];
}

export interface Known {
  keys: Keys[];
  lists: Map<string, List>;
  at: number | null;
}

const MOST_LISTS = 64;
const PATIENCE_MS = 15_000;

// What the phone knows. Keys that cannot be read are none: nothing is believed then.
export async function known(): Promise<Known> {
  const kept = await phoneGet("trust");
  const keys = kept && tried(() => readKeys(kept.did));
  if (!kept || !keys) return { keys: [], lists: new Map(), at: null };
  const read = await Promise.all(kept.lists.map((told) => readList(told, keys).catch(() => null)));
  return { keys: [keys], lists: new Map(read.flatMap((one) => (one ? [[one.address, one] as const] : []))), at: kept.at };
}

// Fetches them anew; false without signal. What is no answer of the node, or not signed by it, changes nothing.
export async function bring(): Promise<boolean> {
  const did = await asked("/.well-known/did.json");
  const keys = did && tried(() => readKeys(did));
  if (!did || !keys) return false;
  const lists = await bringLists(did, keys);
  if (lists) await phoneSet("trust", { at: Date.now(), did, lists });
  return lists !== null;
}

// did.json names them; they are fetched from where the app came from, and are what their own proof says.
async function bringLists(did: Told, keys: Keys): Promise<Told[] | null> {
  const services = (Array.isArray(did.service) ? (did.service as Told[]) : []).slice(0, MOST_LISTS);
  const lists: Told[] = [];
  for (const { type, serviceEndpoint } of services) {
    if (type !== "BitstringStatusList") continue;
    const path = tried(() => new URL(String(serviceEndpoint)).pathname);
    const told = path && (await asked(path));
    if (!told || !(await readList(told, keys).catch(() => null))) return null;
    lists.push(told);
  }
  return lists;
}

// The document, or null where nothing sensible answered.
async function asked(path: string): Promise<Told | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(path, { cache: "no-cache", credentials: "omit", signal: stop.signal });
    return answer.ok ? ((await answer.json()) as Told) : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function tried<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
