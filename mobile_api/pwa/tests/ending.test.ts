// When a paper ends, on phones whose clocks stand still, jump, or are hours off.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Attempt } from "../src/api/types";
import type { Paper } from "../src/kinds/contest/paper";
import { attemptOf, freshPhone, standUp, type FakeNode } from "./node";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse("2026-11-22T03:00:00Z");

// Server time, the phone's wall clock and its monotonic clock each go their own way.
const time = { server: START, wall: START - 2 * HOUR, mono: 5_000 };
const pass = (ms: number) => void ((time.server += ms), (time.wall += ms), (time.mono += ms));
const screen = { hidden: false, turned: () => {} };
function screenOff(ms: number, part: { monoStands?: boolean; clockCorrected?: boolean } = {}): void {
  screen.hidden = true;
  screen.turned();
  time.server += ms;
  time.wall = part.clockCorrected ? time.server : time.wall + ms;
  time.mono += part.monoStands ? 0 : ms;
  screen.hidden = false;
  screen.turned();
}

const attempt: Attempt = {
  ...attemptOf("t1", ["q1", "q2", "q3"]), started_at: "2026-11-22T03:00:00Z", due_at: "2026-11-22T03:20:00Z", server_ms: START,
};
const mineOf = (part: Partial<Attempt> = {}) => ({ attempt: { ...attempt, ...part }, attempts_left: 0, attempts: [], settled: false });

let node: FakeNode;
let phone: Awaited<ReturnType<typeof openApp>>;

// A new page life: everything the app holds outside its database is gone.
async function openApp() {
  vi.resetModules();
  const clock = await import("../src/clock");
  const sync = await import("../src/sync");
  const outbox = await import("../src/store/outbox");
  const { phoneGet, phoneSet } = await import("../src/store/db");
  clock.startClock(await phoneGet("anchor"), (anchor) => void phoneSet("anchor", anchor));
  clock.watchSleep();
  sync.observe();
  return { ...(await import("../src/kinds/contest/deeds")), ...(await import("../src/store/known")), ...outbox, ...sync };
}

const known = async () => (await phone.recall<Paper>("an", "paper:a"))!;
const ends = async () => phone.closeIfOver("an", await known());
const submissions = async () => (await phone.rowsOf("an")).filter((row) => row.action === "contest.submit").map((row) => JSON.parse(row.frozen).body.answers);

beforeEach(async () => {
  Object.assign(time, { server: START, wall: START - 2 * HOUR, mono: 5_000 });
  vi.spyOn(Date, "now").mockImplementation(() => time.wall);
  vi.spyOn(performance, "now").mockImplementation(() => time.mono);
  vi.stubGlobal("document", { get hidden() { return screen.hidden; }, addEventListener: (_: string, turned: () => void) => (screen.turned = turned) });
  node = standUp({ timeMs: () => time.server, answers: { "/mine": () => mineOf() } });
  await freshPhone();
  phone = await openApp();
  await phone.probe();
  await phone.remember("an", "paper:a", { activity: "a", attempt, answers: {}, unsent: {}, prediction: null, ended: null, submission: null });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a phone two hours slow whose clock is corrected while the screen is off", () => {
  beforeEach(() => {
    pass(3 * MINUTE);
    screenOff(10_000, { clockCorrected: true });
  });

  it("keeps the paper open with signal, and knows the time again", async () => {
    expect(await ends()).toBe("open");
    expect(await submissions()).toEqual([]);
    pass(16 * MINUTE);
    expect(await ends()).toBe("open");
    pass(MINUTE);
    expect(await ends()).toBe("closed");
    expect(await submissions()).toHaveLength(1);
  });

  it("keeps the paper open without signal and leaves it to the person, until the time surely passed", async () => {
    node.here = false;
    expect(await ends()).toBe("ask");
    expect(await submissions()).toEqual([]);
    expect((await known()).ended).toBeNull();
    pass(17 * MINUTE);
    expect(await ends()).toBe("closed");
  });

  it("trusts even a slow answer more than an anchor from before the sleep", async () => {
    const answer = node.answers["/probe"]!;
    node.answers["/probe"] = (body, sent) => (pass(9_000), answer(body, sent));
    expect(await ends()).toBe("open");
    node.here = false;
    expect(await ends()).toBe("open");
  });
});

describe("without signal", () => {
  beforeEach(() => void (node.here = false));

  it("time that passed awake ends the paper", async () => {
    pass(19 * MINUTE);
    expect(await ends()).toBe("open");
    pass(2 * MINUTE);
    expect(await ends()).toBe("closed");
    expect((await known()).ended).toBe("time");
  });

  it("a long sleep that only the wall clock tells of asks the person", async () => {
    screenOff(30 * MINUTE, { monoStands: true });
    expect(await ends()).toBe("ask");
    expect(await submissions()).toEqual([]);
  });

  it("after a reload the wall clock alone asks the person, and signal settles it", async () => {
    pass(25 * MINUTE);
    time.mono = 100;
    phone = await openApp();
    expect(await ends()).toBe("ask");
    expect(await submissions()).toEqual([]);
    node.here = true;
    await phone.wake("an");
    expect(await submissions()).toHaveLength(1);
  });
});

describe("a paper that runs out on a second phone", () => {
  it("carries the newer answer to each question: the node's for acknowledged ones, this phone's for unsent ones", async () => {
    await phone.answer("an", await known(), "q1", "mine-old");
    await phone.rest("an");
    await phone.pushAll();
    await phone.answer("an", await known(), "q2", "mine-unsent");
    node.answers["/sync/push"] = () => new Response(); // nothing is acknowledged from here on
    node.answers["/mine"] = () => mineOf({ answers: { q1: "theirs", q2: "theirs", q3: "theirs" } });
    pass(21 * MINUTE);
    expect(await ends()).toBe("closed");
    expect(await submissions()).toEqual([{ q1: "theirs", q2: "mine-unsent", q3: "theirs" }]);
  });

  it("keeps an answer acknowledged while the node was being asked", async () => {
    await phone.answer("an", await known(), "q1", "mine");
    node.answers["/mine"] = async () => {
      const before = mineOf({ answers: { q1: "theirs" } });
      await phone.rest("an");
      await phone.pushAll();
      return before;
    };
    expect((await phone.refresh("an", "a"))?.answers).toEqual({ q1: "mine" });
  });

  it("is not handed in when the other phone did", async () => {
    node.answers["/mine"] = () => mineOf({ state: "submitted", questions: [], answers: {} });
    pass(21 * MINUTE);
    await ends();
    expect(await submissions()).toEqual([]);
    expect((await known()).attempt.state).toBe("submitted");
  });
});

describe("a paper that asks for a prediction", () => {
  const lacking = { ...attempt, prediction_asked: true };
  const asked = (prediction: number | null) => phone.remember("an", "paper:a", { activity: "a", attempt: lacking, answers: { q1: "a" }, unsent: {}, prediction, ended: null, submission: null });
  const bodies = async () => (await phone.rowsOf("an")).filter((row) => row.action === "contest.submit").map((row) => JSON.parse(row.frozen).body);
  beforeEach(() => void (node.answers["/mine"] = () => mineOf({ prediction_asked: true })));

  it("and lacks it when the time is over waits for it within the grace, and no longer", async () => {
    await asked(null);
    pass(20 * MINUTE + 1_000);
    expect(await ends()).toBe("guess");
    expect(await bodies()).toEqual([]);
    pass(89_000);
    expect(await ends()).toBe("closed");
    expect(await bodies()).toEqual([{ attempt: "t1", answers: { q1: "a" }, prediction: null }]);
  });

  it("takes what stood in the field when the grace ended", async () => {
    await asked(null);
    pass(20 * MINUTE + 1_000);
    expect(await ends()).toBe("guess");
    phone.lateGuesses.set("t1", 7);
    expect(await ends()).toBe("guess"); // it may still be being typed
    pass(90_000);
    expect(await ends()).toBe("closed");
    expect(await bodies()).toMatchObject([{ prediction: 7 }]);
  });

  it("and has it is handed in with it", async () => {
    await asked(null);
    await phone.predict("an", await known(), 12);
    pass(20 * MINUTE + 1_000);
    expect(await ends()).toBe("closed");
    expect(await bodies()).toEqual([{ attempt: "t1", answers: { q1: "a" }, prediction: 12 }]);
  });
});

it("leaves a paper that another phone holds to that phone", async () => {
  node.answers["/mine"] = () => mineOf({ held_here: false, held_since: "2026-11-22T03:05:00Z" });
  pass(21 * MINUTE);
  expect(await ends()).toBe("open");
  expect(await submissions()).toEqual([]);
});

const noRoom = () => {
  throw new DOMException("full", "QuotaExceededError");
};

describe("a phone that cannot write", () => {
  it("keeps the choice, says so, and hands it in with the rest", async () => {
    await phone.answer("an", await known(), "q1", "a");
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(noRoom);
    await phone.answer("an", await known(), "q2", "b");
    expect(phone.cannotSave.get()).toBe(true);
    expect(phone.unsaved.get()).toEqual({ t1: { q2: "b" } });
    expect(await phone.submit("an", await known(), "hand")).toBe(false);
    expect((await known()).ended).toBeNull();
    full.mockRestore();
    expect(await phone.submit("an", await known(), "hand")).toBe(true);
    expect(await submissions()).toEqual([{ q1: "a", q2: "b" }]);
    expect(phone.cannotSave.get()).toBe(false);
  });

  it("keeps the newer word when the same question is answered again", async () => {
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(noRoom);
    await phone.answer("an", await known(), "q1", "a");
    full.mockRestore();
    await phone.answer("an", await known(), "q1", "c");
    expect((await known()).answers).toEqual({ q1: "c" });
    expect(phone.unsaved.get()).toEqual({});
    expect(phone.cannotSave.get()).toBe(false);
  });

  it("writes what it could not with the next answer", async () => {
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(noRoom);
    await phone.answer("an", await known(), "q1", "a");
    full.mockRestore();
    await phone.answer("an", await known(), "q2", "b");
    expect((await known()).answers).toEqual({ q1: "a", q2: "b" });
    expect(phone.cannotSave.get()).toBe(false);
    expect((await known()).unsent).toEqual({ q1: "a", q2: "b" });
  });
});
