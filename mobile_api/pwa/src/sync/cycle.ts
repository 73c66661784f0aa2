// The round the phone makes as long as it is open: probe, push, pull, then what may come after the records (a team's list,
// photos, what is carried for others). After a failure it waits longer each time.
import { NoSignal, Problem } from "../api/http";
import { backoff } from "../lib/backoff";
import { live } from "../lib/live";
import { phoneGet } from "../store/db";
import { record, type Deed, type Learn, type OutboxRow } from "../store/outbox";
import { getPerson, type PersonRow } from "../store/persons";
import { net, probe } from "./net";
import { pull } from "./pull";
import { pushAll, signedOut } from "./push";

const IDLE_MS = 60_000;

// The one way to do something: first into the outbox, then on its way when it can.
export const performed = live(0);
export async function perform(person: string, deed: Deed, learn?: Learn): Promise<OutboxRow | null> {
  const row = await record(person, deed, learn && { learn });
  if (row) performed.set(performed.get() + 1);
  kick(300); // a few quick answers travel together
  return row;
}

const afterwards: ((person: PersonRow) => Promise<void>)[] = [];
export const doAfterwards = (work: (person: PersonRow) => Promise<void>): void => void afterwards.push(work);

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
  let wait = IDLE_MS;
  try {
    await round();
    failures = 0;
  } catch (error) {
    wait = backoff(++failures, error instanceof Problem ? error.retryAfterMs : 0);
    if (error instanceof NoSignal) net.set("away");
  }
  running = false;
  kick(again ? 200 : wait);
  again = false;
}

async function round(): Promise<void> {
  if (!(await probe())) throw new NoSignal();
  await pushAll();
  const id = await phoneGet("current");
  const person = id ? await getPerson(id) : undefined;
  if (!person?.token) return;
  if (await pull(person).catch((error) => signedOut(person, error))) again = true;
  for (const work of afterwards) await work(person);
}
