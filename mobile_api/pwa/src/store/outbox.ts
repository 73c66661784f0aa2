// What I did. A deed becomes a row with frozen bytes in the same transaction that gives it its device sequence,
// so a sequence number is never lost and never given twice, and a resend is always byte for byte the same.
import type { OperationResult, Outcome, ReceiptView } from "../api/types";
import { operationAnchor, stamp } from "../clock";
import { uuid7 } from "../lib/ids";
import { live } from "../lib/live";
import { database, deedsOf, wholly } from "./db";
import { TEAM } from "./field";
import { valueOf } from "./known";
import { during, heldKey, mayKeep, reveal, revealAll, shut, type Kept } from "./vault";

// held: needs the person to press again (a start whose answer got lost); frozen: ready; sent: on its way or answer lost;
// receipt: the node has it; aside: the node keeps it apart and will not count it as it is.
export type OutboxState = "held" | "frozen" | "sent" | "receipt" | "aside";

export interface OutboxRow {
  id: string;
  person: string;
  seq: number;
  activity: string;
  action: string;
  frozen: string;
  wall_ms: number;
  state: OutboxState;
  outcome: Outcome | null;
  reason: string | null;
  message: string | null;
  receipt: string | null;
  received_at: string | null; // exactly as the node wrote it: its seal is over these characters
  seal?: string | null; // the node's signature over id, hash and received_at; rows of older versions have none
  acknowledged_ms: number | null;
  result: Record<string, unknown> | null; // what the node answered, kept so that it is still there without signal
}

type Body = Record<string, unknown>;

export interface Deed {
  activity: string;
  action: string;
  body: Body | ((known: unknown) => Body); // a function sees what is known in the very transaction that freezes the deed
}

export interface Counts {
  counted: number;
  waiting: number;
  refused: number;
}

export const KEEP_MS = 90 * 86_400_000;
export const MAX_ROWS = 50;
export const MAX_BYTES = 240 * 1024; // the node takes 256 KB; the envelope and 50 vouchers need a little

export const outboxMoved = live(0);
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("lantoa-outbox");
if (channel) channel.onmessage = () => outboxMoved.set(outboxMoved.get() + 1);

function moved(): void {
  outboxMoved.set(outboxMoved.get() + 1);
  channel?.postMessage("moved"); // the service worker and other tabs draw the same numbers
}

// What the phone learns by the deed (an answer on the paper) is written in the same transaction: it is in both places or in
// neither. `next` sees what is known now and may say undefined: then the deed is already done and nothing happens.
export interface Learn {
  what: string;
  next: (known: unknown, row: OutboxRow) => unknown;
}

export async function record(person: string, deed: Deed, options: { held?: boolean; learn?: Learn } = {}): Promise<OutboxRow | null> {
  const held = await heldKey();
  const tx = (await database()).transaction(["persons", "outbox", "known"], "readwrite");
  const row = await wholly(tx, async () => {
    const [knowns, owner] = [tx.objectStore("known"), await tx.objectStore("persons").get(person)];
    if (!owner || !mayKeep(owner, held)) throw new Error("nobody like that is in");
    const key = options.learn && `${person}:${options.learn.what}`;
    const known = key && valueOf(await during(knowns, reveal(held, "known", await knowns.get(key))));
    const made = freeze(person, owner.seq + 1, deed, known, options.held ? "held" : "frozen");
    if (options.learn && key) {
      const value = options.learn.next(known, made);
      if (value === undefined) return null;
      await knowns.put(await during(knowns, shut(held, "known", { key, value, at: made.wall_ms })));
    }
    await tx.objectStore("persons").put({ ...owner, seq: made.seq });
    await tx.objectStore("outbox").add(await during(knowns, shut(held, "outbox", made)));
    return made;
  });
  if (row) moved();
  return row;
}

function freeze(person: string, seq: number, deed: Deed, known: unknown, state: OutboxState): OutboxRow {
  const now = stamp();
  const id = uuid7(now.wall_ms);
  const body = typeof deed.body === "function" ? deed.body(known) : deed.body;
  const operation = { id, seq, activity: deed.activity, action: deed.action, schema: 1, ...now, anchor: operationAnchor(), body };
  return {
    id, person, seq, activity: deed.activity, action: deed.action, frozen: wellFormed(JSON.stringify(operation)), wall_ms: now.wall_ms, state,
    outcome: null, reason: null, message: null, receipt: null, received_at: null, seal: null, acknowledged_ms: null, result: null,
  };
}

// Half an emoji is no Unicode text, and the node cannot read a deed that holds one. JSON.stringify escapes just these halves;
// every escape is looked at as a whole, so that a typed backslash before "ud83d" stays what it is.
export const wellFormed = (json: string): string => json.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (escape) => (escape.length > 2 ? "\ufffd" : escape));

const shutRowsOf = async (person: string): Promise<Kept<OutboxRow>[]> =>
  (await database()).getAllFromIndex("outbox", "person", deedsOf(person));

// Of somebody who is not in there are none to see; they wait all the same.
export async function rowsOf(person: string): Promise<OutboxRow[]> {
  return revealAll(await heldKey(), "outbox", await shutRowsOf(person));
}

export const countDue = async (person: string): Promise<number> => (await shutRowsOf(person)).filter(isDue).length;

export async function getRow(id: string): Promise<OutboxRow | undefined> {
  return reveal(await heldKey(), "outbox", await (await database()).get("outbox", id));
}

export const isDue = (row: Pick<OutboxRow, "state">): boolean => row.state === "frozen" || row.state === "sent";

// Oldest sequence first, and no more than the node takes at once. One oversized row still travels alone: the node decides.
export function nextBatch(rows: OutboxRow[], limit: number = MAX_ROWS): OutboxRow[] {
  const due = rows.filter(isDue).sort((a, b) => a.seq - b.seq).slice(0, limit);
  let bytes = 0;
  const cut = due.findIndex((row, at) => (bytes += byteLength(row.frozen) + 1) > MAX_BYTES && at > 0);
  return cut < 0 ? due : due.slice(0, cut);
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

export function counts(rows: OutboxRow[]): Counts {
  const refused = rows.filter((row) => row.state === "aside" || row.outcome === "refused").length;
  const counted = rows.filter((row) => row.state === "receipt" && row.outcome === "counted").length;
  const waiting = rows.filter((row) => row.state !== "aside" && (isDue(row) || row.outcome === "waiting")).length;
  return { counted, waiting, refused };
}

export function settled(row: OutboxRow, result: OperationResult, nowMs: number): OutboxRow {
  return {
    ...row, state: result.verdict === "quarantined" ? "aside" : "receipt", outcome: result.outcome, reason: result.reason, message: result.message,
    receipt: result.receipt, received_at: result.received_at, seal: result.seal ?? null, acknowledged_ms: nowMs, result: result.result,
  };
}

export async function change(ids: string[], next: (row: OutboxRow) => OutboxRow): Promise<void> {
  const held = await heldKey();
  const tx = (await database()).transaction("outbox", "readwrite");
  for (const id of ids) {
    const row = await during(tx.store, reveal(held, "outbox", await tx.store.get(id)));
    if (row) await tx.store.put(await during(tx.store, shut(held, "outbox", next(row))));
  }
  await tx.done;
  if (ids.length) moved();
}

export async function settle(results: OperationResult[]): Promise<void> {
  const byId = new Map(results.flatMap((result) => (result.id ? [[result.id, result] as const] : [])));
  await change([...byId.keys()], (row) => settled(row, byId.get(row.id)!, Date.now()));
}

// The node may change its mind later (a late check, a correction): its new word replaces the old one. What was kept apart and
// then put right by somebody responsible stands in the ledger like any other deed.
export async function corrected(id: string, found: ReceiptView): Promise<void> {
  const next = (row: OutboxRow): OutboxState => (row.state === "aside" && found.outcome !== "refused" ? "receipt" : row.state);
  await change([id], (row) => ({ ...row, state: next(row), outcome: found.outcome as Outcome, reason: found.reason, message: found.message }));
}

// A node restored from a backup has a new epoch and may have forgotten: everything kept is offered once more, and everything
// is pulled from the start. One transaction: an app killed in between must not know the epoch and yet never offer again.
export async function newEpoch(epoch: string): Promise<boolean> {
  const tx = (await database()).transaction(["phone", "persons", "outbox", "photos", "known"], "readwrite");
  const changed = await wholly(tx, async () => {
    const before = await tx.objectStore("phone").get("epoch");
    if (before === epoch) return false;
    await tx.objectStore("phone").put(epoch, "epoch");
    if (!before) return false; // the first node this phone meets
    for (const person of await tx.objectStore("persons").getAll()) {
      await tx.objectStore("persons").put({ ...person, cursor: 0 });
      const team = await tx.objectStore("known").get(`${person.id}:${TEAM}`);
      if (team) await tx.objectStore("known").put({ ...team, forgotten: true }); // nobody may be in to read the rest
    }
    for (const row of await tx.objectStore("outbox").getAll()) {
      if (row.state === "receipt" || row.state === "aside") await tx.objectStore("outbox").put({ ...row, state: "sent" });
    }
    for (const photo of await tx.objectStore("photos").getAll()) {
      if (photo.state === "sent" && photo.held) await tx.objectStore("photos").put({ ...photo, state: "waiting", arrived: 0 });
    }
    return true;
  });
  if (changed) moved();
  return changed;
}

export interface Voucher {
  id: string;
  received_at: string;
  seal: string;
}

// A row that waits and yet has a seal was answered once and is offered again: the node's own word goes with it.
export function vouchers(rows: OutboxRow[]): Voucher[] {
  return rows.flatMap(({ id, receipt, received_at, seal }) => (receipt && received_at && seal ? [{ id, received_at, seal }] : []));
}

export async function dropOld(nowMs: number = Date.now()): Promise<void> {
  const tx = (await database()).transaction("outbox", "readwrite");
  for (const row of await tx.store.getAll()) {
    if (row.state === "receipt" && row.acknowledged_ms !== null && nowMs - row.acknowledged_ms > KEEP_MS) await tx.store.delete(row.id);
  }
  await tx.done;
}
