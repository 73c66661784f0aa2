// A node for the tests: what it answers, what it was asked, and whether it can be reached at all.
import { vi } from "vitest";
import type { Attempt, Question } from "../src/api/types";
import { FIELD_STORES, database } from "../src/store/db";
import type { PersonRow } from "../src/store/persons";

export const RECEIVED = "2026-11-22T03:00:00.120000+00:00";

export interface FakeNode {
  epoch: string;
  here: boolean;
  timeMs: () => number;
  bodies: string[]; // of every push
  answers: Record<string, (body: string, sent: Sent) => unknown | Promise<unknown>>; // by the end of the path
}

export const UNCHANGED = Symbol("304");

export interface Sent {
  query: URLSearchParams;
  method: string;
  bytes: Uint8Array;
}

export class Refused {
  constructor(readonly status: number, readonly problem: Record<string, unknown> = { code: "not_signed_in" }) {}
}

export function standUp(part: Partial<FakeNode> = {}): FakeNode {
  const node: FakeNode = { epoch: "first", here: true, timeMs: () => Date.now(), bodies: [], answers: {}, ...part };
  const known: FakeNode["answers"] = { "/probe": () => ({ lantoa: "here" }), "/sync/push": accept, ...node.answers };
  node.answers = known;
  vi.stubGlobal("fetch", async (url: string, request: RequestInit = {}) => {
    if (!node.here) throw new TypeError("no network");
    const [path = "", query = ""] = url.split("?");
    const body = String(request.body ?? "");
    if (path.endsWith("/sync/push")) node.bodies.push(body);
    const answer = Object.entries(node.answers).find(([end]) => path.endsWith(end))?.[1];
    const sent = { query: new URLSearchParams(query), method: request.method ?? "GET", bytes: request.body instanceof Uint8Array ? request.body : new Uint8Array() };
    const found = answer ? await answer(body, sent) : new Refused(404);
    const headers = { "Lantoa-Epoch": node.epoch, "Lantoa-Time-Ms": String(node.timeMs()) };
    if (found === UNCHANGED) return new Response(null, { status: 304, headers });
    if (found instanceof Refused) return new Response(JSON.stringify(found.problem), { status: found.status, headers });
    const nonce = path.endsWith("/probe") ? { nonce: query.replace("nonce=", "") } : {};
    return new Response(JSON.stringify({ ...(found as object), ...nonce }), { headers });
  });
  return node;
}

function accept(body: string): unknown {
  const { operations } = JSON.parse(body) as { operations: { id: string }[] };
  const verdict = { verdict: "accepted", outcome: "counted", reason: null, message: null, receipt: "LT-1", hash: "h", received_at: RECEIVED, result: null };
  return { results: operations.map(({ id }) => ({ id, ...verdict, seal: `seal-of-${id}` })), highest_seq: operations.length };
}

export async function freshPhone(): Promise<void> {
  const db = await database();
  for (const store of ["persons", "outbox", "known", "phone", ...FIELD_STORES] as const) await db.clear(store);
  await db.put("persons", person("an"));
}

export const person = (id: string): PersonRow =>
  ({ id, name: id, device: `device-${id}`, seq: 0, token: "old", revoked: false, tries: 0, pin: null, cursor: 70 });

export const questionOf = (id: string, part: Partial<Question> = {}): Question =>
  ({ id, number: 1, form: "single", text: "", picture: null, picture_alt: null, options: [], matches: [], ...part });

export const attemptOf = (id: string, questions: string[], part: Partial<Attempt> = {}): Attempt => ({
  id, number: 1, state: "running", started_at: "2026-11-22T03:00:00Z", due_at: "2026-11-22T03:10:00Z", grace_s: 90, server_ms: 0, held_here: true, held_since: null,
  prediction_asked: false, questions: questions.map((one, at) => questionOf(one, { number: at + 1 })), answers: {}, result: null, ...part,
});
