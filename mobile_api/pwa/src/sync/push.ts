// Deeds up: what waits in the outbox is offered in order, and the node's verdicts are written beside it. Runs in the page and
// in the service worker, so nothing here may need a screen.
import { NoSignal, Problem, ask } from "../api/http";
import type { OperationResult, Pushed } from "../api/types";
import { stamp } from "../clock";
import { MAX_ROWS, change, nextBatch, rowsOf, settle, vouchers, type OutboxRow } from "../store/outbox";
import { allPersons, getPerson, loseSession, type PersonRow } from "../store/persons";

export function envelope(device: string, rows: OutboxRow[]): string {
  // Written by hand: the frozen bytes must reach the node exactly as they were frozen.
  const known = vouchers(rows);
  const vouched = known.length ? `,"vouchers":${JSON.stringify(known)}` : "";
  return `{"device_id":${JSON.stringify(device)},"sent":${JSON.stringify(stamp())},"operations":[${rows.map((row) => row.frozen).join(",")}]${vouched}}`;
}

async function send(person: PersonRow, rows: OutboxRow[]): Promise<OperationResult[]> {
  await change(rows.map((row) => row.id), (row) => (row.state === "frozen" ? { ...row, state: "sent" } : row));
  const pushed = await ask<Pushed>("/sync/push", { method: "POST", rawBody: envelope(person.device, rows), token: person.token });
  await settle(pushed.results);
  return pushed.results;
}

// A deed that must be answered now (a start): no queue, the caller shows what happened. Pressing again is always safe.
export async function deliver(personId: string, row: OutboxRow): Promise<OperationResult> {
  return alone(async () => {
    const person = await getPerson(personId);
    if (!person?.token) throw new Problem(401, "not_signed_in", "", 0, {});
    const result = (await send(person, [row]).catch((error) => signedOut(person, error)))[0];
    if (!result) throw new NoSignal();
    return result;
  });
}

// 409 other_device: the token belongs to another phone's outbox; signing in again here gives the right one.
const lostSession = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 401 || (error.status === 409 && error.code === "other_device"));

export async function signedOut(person: PersonRow, error: unknown): Promise<never> {
  if (lostSession(error)) await loseSession(person.id, person.token);
  throw error;
}

async function pushPerson(person: PersonRow): Promise<void> {
  let limit = MAX_ROWS;
  for (;;) {
    const batch = nextBatch(await rowsOf(person.id), limit);
    if (!batch.length) return;
    try {
      const answered = new Set((await send(person, batch)).map((result) => result.id));
      if (!batch.some((row) => answered.has(row.id))) throw new NoSignal(); // an empty answer must not become a tight loop
    } catch (error) {
      if (!(error instanceof Problem) || ![400, 413, 422].includes(error.status)) return signedOut(person, error);
      if (batch.length === 1) await setAside(batch[0]!, error);
      limit = Math.max(1, Math.ceil(batch.length / 2)); // too big, or one bad row among good ones: halve until it stands alone
    }
  }
}

async function setAside(row: OutboxRow, error: Problem): Promise<void> {
  await change([row.id], (kept) => ({ ...kept, state: "aside", outcome: "refused", reason: error.code, message: error.message || null }));
}

// One sender at a time on the whole phone: page, other tabs and the service worker share the outbox.
let queue: Promise<unknown> = Promise.resolve();
function alone<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request("lantoa-push", work) as Promise<T>;
  const next = queue.then(work, work);
  queue = next.catch(() => undefined);
  return next;
}

export async function pushAll(): Promise<void> {
  for (const person of await allPersons()) {
    if (!person.token) continue;
    await alone(() => pushPerson(person)).catch((error: unknown) => {
      if (!lostSession(error)) throw error; // one person's lost session does not hold up the others
    });
  }
}
