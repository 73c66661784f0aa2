// Answers: on the phone at once, to the node a few at a time, and each in exactly one deed.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answer, heedVerdicts, rest, start, submit, wake } from "../src/kinds/contest/deeds";
import { begin, type Paper } from "../src/kinds/contest/paper";
import { recall, remember } from "../src/store/known";
import { rowsOf, settle } from "../src/store/outbox";
import { observe, pushAll } from "../src/sync";
import { attemptOf, freshPhone, RECEIVED, standUp, type FakeNode } from "./node";

const soon = globalThis.setTimeout; // the real one
const attempt = { ...attemptOf("t1", ["1", "2", "3", "4"]), due_at: "2199-01-01T00:00:00Z" };
const known = async () => (await recall<Paper>("an", "paper:a"))!;
const deeds = async (action = "contest.answer") => (await rowsOf("an")).filter((row) => row.action === action).map((row) => JSON.parse(row.frozen).body);
const mine = (part = {}) => ({ attempt: { ...attempt, ...part }, attempts_left: 0, attempts: [], settled: false });
let node: FakeNode;

async function settles<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  for (let tries = 0; tries < 100 && JSON.stringify(await read()) !== JSON.stringify(wanted); tries++) await new Promise((next) => soon(next, 2));
  expect(await read()).toEqual(wanted);
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await freshPhone();
  node = standUp({ answers: { "/mine": () => mine() } });
  observe();
  await remember("an", "paper:a", begin("a", attempt));
});
afterEach(() => void [vi.clearAllTimers(), vi.unstubAllGlobals(), vi.useRealTimers()]);

describe("an answer", () => {
  it("is on the phone at once and in a deed a moment later, the last word only", async () => {
    await answer("an", await known(), "1", "a");
    await answer("an", await known(), "1", "b");
    expect(await known()).toMatchObject({ answers: { 1: "b" }, unsent: { 1: "b" } });
    expect(await deeds()).toEqual([]);
    vi.advanceTimersByTime(1_500);
    await settles(deeds, [{ attempt: "t1", answers: { 1: "b" } }]);
    expect((await known()).unsent).toEqual({});
  });

  it("does not wait when three are together", async () => {
    for (const question of ["1", "2", "3"]) await answer("an", await known(), question, "a");
    await settles(deeds, [{ attempt: "t1", answers: { 1: "a", 2: "a", 3: "a" } }]);
    vi.advanceTimersByTime(5_000);
    expect(await deeds()).toHaveLength(1);
  });

  it("leaves when the app goes to the back, and once only", async () => {
    await answer("an", await known(), "1", "a");
    await Promise.all([rest("an"), rest("an")]);
    vi.advanceTimersByTime(5_000);
    await settles(deeds, [{ attempt: "t1", answers: { 1: "a" } }]);
  });

  it("of an app that was killed leaves when it opens again", async () => {
    await remember("an", "paper:a", { ...begin("a", attempt), answers: { 2: "c" }, unsent: { 2: "c" } });
    await wake("an");
    expect(await deeds()).toEqual([{ attempt: "t1", answers: { 2: "c" } }]);
  });

  it("waits for nothing when the paper is handed in", async () => {
    await answer("an", await known(), "1", "a");
    await submit("an", await known(), "hand");
    expect(await deeds("contest.submit")).toEqual([{ attempt: "t1", answers: { 1: "a" }, prediction: null }]);
    vi.advanceTimersByTime(5_000);
    expect(await deeds()).toEqual([]);
  });
});

describe("a paper taken over by another phone", () => {
  const refused = (id: string) => ({ id, verdict: "accepted" as const, outcome: "refused" as const, reason: "taken_over", message: null, receipt: "LT-1", hash: "h", seal: "s", received_at: RECEIVED, result: null });

  it("is known here as soon as an answer comes back refused; the answer stays", async () => {
    await answer("an", await known(), "1", "a");
    await rest("an");
    await settle([refused((await rowsOf("an"))[0]!.id)]);
    node.answers["/mine"] = () => mine({ held_here: false, held_since: RECEIVED });
    await heedVerdicts("an", "a");
    expect((await known()).attempt).toMatchObject({ held_here: false, held_since: RECEIVED });
    expect((await known()).answers).toEqual({ 1: "a" });
  });

  it("opens again here when the hand-in was refused for that", async () => {
    await answer("an", await known(), "1", "a");
    await submit("an", await known(), "hand");
    await settle([refused((await rowsOf("an")).at(-1)!.id)]);
    node.answers["/mine"] = () => mine({ held_here: false, held_since: RECEIVED });
    await heedVerdicts("an", "a");
    expect(await known()).toMatchObject({ ended: null, submission: null, answers: { 1: "a" } });
  });

  it("comes back when asked for, and what was refused is sent once more", async () => {
    await remember("an", "paper:a", { ...begin("a", { ...attempt, held_here: false }), answers: { 1: "a", 2: "b" } });
    node.answers["/sync/push"] = (body) => ({
      highest_seq: 1,
      results: (JSON.parse(body) as { operations: { id: string; action: string }[] }).operations.map(({ id, action }) => ({
        ...refused(id), outcome: "noted", reason: null, result: action === "contest.start" ? { attempt: { ...attempt, answers: { 2: "theirs" } } } : null,
      })),
    });
    await start("an", { id: "a" }, true);
    expect(await deeds("contest.start")).toEqual([{ take_over: true }]);
    expect((await known()).answers).toEqual({ 1: "a", 2: "theirs" });
    await settles(deeds, [{ attempt: "t1", answers: { 1: "a" } }]);
    await pushAll();
    expect(node.bodies).toHaveLength(2);
  });

  it("asks to take over although an earlier start without it got lost", async () => {
    node.here = true;
    node.answers["/sync/push"] = () => { throw new TypeError("lost"); };
    await start("an", { id: "a" }).catch(() => undefined);
    expect(await deeds("contest.start")).toEqual([{ take_over: false }]);
    node.answers["/sync/push"] = (body) => {
      const [{ id, body: asked }] = (JSON.parse(body) as { operations: [{ id: string; body: { take_over: boolean } }] }).operations;
      return { highest_seq: 1, results: [{ ...refused(id), outcome: "noted", reason: null, result: { attempt: { ...attempt, held_here: asked.take_over } } }] };
    };
    await start("an", { id: "a" }, true);
    expect(await deeds("contest.start")).toEqual([{ take_over: false }, { take_over: true }]);
    expect((await known()).attempt.held_here).toBe(true);
  });
});
