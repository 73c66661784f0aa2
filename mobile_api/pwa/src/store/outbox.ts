// What I did. A deed becomes a row with frozen bytes in the same transaction that gives it its device sequence,
// so a sequence number is never lost and never given twice, and a resend is always byte for byte the same.
import type { OperationResult, Outcome, ReceiptView } from "../api/types";
import { operationAnchor, stamp } from "../clock";
import { uuid7 } from "../lib/ids";
import { live } from "../lib/live";
import { database } from "./db";

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
  received_at: string | null;
  acknowledged_ms: number | null;
  result: Record<string, unknown> | null; // what the node answered, kept so that it is still there without signal
}

export interface Deed {
  activity: string;
  action: string;
  body: Record<string, unknown>;
}

export interface Counts {
  counted: number;
  waiting: number;
  refused: number;
}

export const KEEP_MS = 90 * 86_400_000;
export const MAX_ROWS = 50;
export const MAX_BYTES = 240 * 1024; // the node takes 256 KB; the envelope needs a little

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
  const tx = (await database()).transaction(["persons", "outbox", "known"], "readwrite");
  const owner = await tx.objectStore("persons").get(person);
  if (!owner) throw new Error("no such person on this phone");
  const row = freeze(person, owner.seq + 1, deed, options.held ? "held" : "frozen");
  if (options.learn) {
    const key = `${person}:${options.learn.what}`;
    const value = options.learn.next((await tx.objectStore("known").get(key))?.value, row);
    if (value === undefined) return null;
    await tx.objectStore("known").put({ key, value, at: row.wall_ms });
  }
  await tx.objectStore("persons").put({ ...owner, seq: row.seq });
  await tx.objectStore("outbox").add(row);
  await tx.done;
  moved();
  return row;
}

function freeze(person: string, seq: number, deed: Deed, state: OutboxState): OutboxRow {
  const now = stamp();
  const id = uuid7(now.wall_ms);
  const operation = { id, seq, activity: deed.activity, action: deed.action, schema: 1, ...now, anchor: operationAnchor(), body: deed.body };
  return {
    id, person, seq, activity: deed.activity, action: deed.action, frozen: JSON.stringify(operation), wall_ms: now.wall_ms, state,
    outcome: null, reason: null, message: null, receipt: null, received_at: null, acknowledged_ms: null, result: null,
  };
}

export async function rowsOf(person: string): Promise<OutboxRow[]> {
  return (await database()).getAllFromIndex("outbox", "person", IDBKeyRange.bound([person, 0], [person, Infinity]));
}

export async function getRow(id: string): Promise<OutboxRow | undefined> {
  return (await database()).get("outbox", id);
}

export const isDue = (row: OutboxRow): boolean => row.state === "frozen" || row.state === "sent";

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
    receipt: result.receipt, received_at: result.received_at, acknowledged_ms: nowMs, result: result.result,
  };
}

export async function change(ids: string[], next: (row: OutboxRow) => OutboxRow): Promise<void> {
  const tx = (await database()).transaction("outbox", "readwrite");
  for (const id of ids) {
    const row = await tx.store.get(id);
    if (row) await tx.store.put(next(row));
  }
  await tx.done;
  if (ids.length) moved();
}

export async function settle(results: OperationResult[]): Promise<void> {
  const byId = new Map(results.flatMap((result) => (result.id ? [[result.id, result] as const] : [])));
  await change([...byId.keys()], (row) => settled(row, byId.get(row.id)!, Date.now()));
}

// The node may change its mind later (a late check, a correction): its new word replaces the old one.
export async function corrected(id: string, found: ReceiptView): Promise<void> {
  await change([id], (row) => ({ ...row, outcome: found.outcome as Outcome, reason: found.reason, message: found.message }));
}

// A node restored from a backup has a new epoch and may have forgotten: everything kept is offered once more.
export async function offerAgain(): Promise<void> {
  const rows = await (await database()).getAll("outbox");
  const known = rows.filter((row) => row.state === "receipt" || row.state === "aside");
  await change(known.map((row) => row.id), (row) => ({ ...row, state: "sent" }));
}

export async function dropOld(nowMs: number = Date.now()): Promise<void> {
  const tx = (await database()).transaction("outbox", "readwrite");
  for (const row of await tx.store.getAll()) {
    if (row.state === "receipt" && row.acknowledged_ms !== null && nowMs - row.acknowledged_ms > KEEP_MS) await tx.store.delete(row.id);
  }
  await tx.done;
}
