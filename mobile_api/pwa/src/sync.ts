// The only module that talks to the network for deeds. It pushes what waits, takes the node's verdicts, pulls what changed,
// and knows whether the node is really there. It runs in the page and in the service worker.
import { NoSignal, Problem, ask, onSeen, type Seen } from "./api/http";
import type { OperationResult, Probe, Pulled, Pushed, ReceiptView } from "./api/types";
import { setAnchor, stamp } from "./clock";
import { backoff } from "./lib/backoff";
import { uuid4 } from "./lib/ids";
import { live } from "./lib/live";
import { phoneGet } from "./store/db";
import { MAX_ROWS, change, corrected, getRow, newEpoch, nextBatch, record, rowsOf, settle, vouchers, type Deed, type Learn, type OutboxRow } from "./store/outbox";
import { allPersons, changePerson, getPerson, loseSession, moveCursor, type PersonRow } from "./store/persons";

export type Net = "unknown" | "here" | "away";
export const net = live<Net>("unknown");
export const activitiesMoved = live(0);

export function observe(): void {
  onSeen((seen) => void arrived(seen).catch(() => undefined)); // an epoch that could not be kept is met again with the next answer
}

async function arrived({ epoch, serverMs, rttMs }: Seen): Promise<void> {
  net.set("here");
  if (serverMs) setAnchor(serverMs, rttMs);
  if (epoch && (await newEpoch(epoch))) kick();
}

export async function probe(): Promise<boolean> {
  const nonce = uuid4().slice(0, 8);
  try {
    const body = await ask<Probe>(`/probe?nonce=${nonce}`);
    net.set(body?.lantoa === "here" && body.nonce === nonce ? "here" : "away");
  } catch (error) {
    if (error instanceof NoSignal) net.set("away");
  }
  return net.get() === "here";
}

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

// The one way to do something: first into the outbox, then on its way when it can.
export const performed = live(0);
export async function perform(person: string, deed: Deed, learn?: Learn): Promise<OutboxRow | null> {
  const row = await record(person, deed, learn && { learn });
  if (row) performed.set(performed.get() + 1);
  kick(300); // a few quick answers travel together
  return row;
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

async function signedOut(person: PersonRow, error: unknown): Promise<never> {
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

async function pull(person: PersonRow): Promise<void> {
  let cursor = person.cursor;
  for (let more = true; more; ) {
    const page = await ask<Pulled>(`/sync/pull?cursor=${cursor}`, { token: person.token }).catch(async (error: unknown) => {
      if (!(error instanceof Problem) || error.status !== 410) throw error;
      await changePerson(person.id, { cursor: 0 });
      activitiesMoved.set(activitiesMoved.get() + 1);
      return null;
    });
    if (!page) return;
    for (const item of page.changes) await take(person, item);
    const moved = page.cursor !== cursor && (await moveCursor(person.id, cursor, page.cursor));
    more = page.more && moved;
    cursor = page.cursor;
  }
}

async function take(person: PersonRow, { noun, id }: Pulled["changes"][number]): Promise<void> {
  const receipt = noun === "operation" && (await getRow(id))?.receipt;
  if (receipt) await corrected(id, await ask<ReceiptView>(`/receipts/${receipt}`, { token: person.token }));
  if (noun === "activity") activitiesMoved.set(activitiesMoved.get() + 1);
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

let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;
let again = false;

export function kick(delayMs = 0): void {
  clearTimeout(timer);
  timer = setTimeout(() => void cycle(), delayMs);
}

async function cycle(): Promise<void> {
  if (running) return void (again = true);
  running = true;
  let wait = 60_000;
  try {
    if (!(await probe())) throw new NoSignal();
    await pushAll();
    await pullCurrent();
    failures = 0;
  } catch (error) {
    wait = backoff(++failures, error instanceof Problem ? error.retryAfterMs : 0);
    if (error instanceof NoSignal) net.set("away");
  }
  running = false;
  kick(again ? 200 : wait);
  again = false;
}

async function pullCurrent(): Promise<void> {
  const id = await phoneGet("current");
  const person = id ? await getPerson(id) : undefined;
  if (person?.token) await pull(person).catch((error) => signedOut(person, error));
}
