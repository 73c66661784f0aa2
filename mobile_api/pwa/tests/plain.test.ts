import { describe, expect, it } from "vitest";
import type { Attempt } from "../src/api/types";
import { better, estimate, least, type KeptAnchor, type Stamp } from "../src/clock";
import { answered, begin, closed, isOpen, merge, remainingMs, unanswered } from "../src/kinds/contest/paper";
import { backoff } from "../src/lib/backoff";
import { fold, matches } from "../src/lib/fold";
import { uuid7 } from "../src/lib/ids";
import { plainPhone } from "../src/screens/sign-in/phone";
import { en } from "../src/text/en";
import { vi } from "../src/text/vi";

const DAY = 86_400_000;

describe("folding", () => {
  it("forgives marks, đ and case, composed or not", () => {
    expect(fold("Xóm Đồng Tiến")).toBe("xom dong tien");
    expect(fold("Đồng Tiến".normalize("NFD"))).toBe(fold("ĐỒNG TIẾN"));
  });
  it("finds all words in any order", () => {
    expect(matches("Xóm Đồng Tiến", "tien dong")).toBe(true);
    expect(matches("Xóm Đồng Tiến", "dong bau")).toBe(false);
  });
});

describe("backing off", () => {
  it("grows, has a ceiling and keeps to the upper half", () => {
    expect(backoff(1, 0, () => 0)).toBe(1_000);
    expect(backoff(3, 0, () => 1)).toBe(8_000);
    expect(backoff(50, 0, () => 1)).toBe(120_000);
  });
  it("never comes before the node asked to", () => expect(backoff(1, 30_000, () => 0)).toBe(30_000));
});

describe("time", () => {
  const anchor: KeptAnchor = { server_ms: 1_000_000, mono_ms: 500, boot_id: "b1", wall_ms: 1_000_000 + DAY, rtt_ms: 100, asleep_ms: 0 };
  const now = (part: Partial<Stamp>): Stamp => ({ wall_ms: 0, mono_ms: 0, boot_id: "b1", ...part });
  it("ignores a wall clock changed while the page lives", () => {
    expect(estimate(anchor, now({ wall_ms: 5, mono_ms: 2_500 }))).toBe(1_002_000);
  });
  it("survives a reload on a phone whose clock is a day off", () => {
    expect(estimate(anchor, now({ boot_id: "b2", wall_ms: anchor.wall_ms + 9_000 }))).toBe(1_009_000);
  });
  it("prefers a quick answer of this page life, and any answer over an older life's", () => {
    const slow = { ...anchor, rtt_ms: 9_000 };
    expect(better(anchor, slow)).toBe(anchor);
    expect(better({ ...anchor, boot_id: "b0" }, slow)).toBe(slow);
  });
  it("prefers any answer over one from before a sleep", () => {
    const slow = { ...anchor, rtt_ms: 9_000, asleep_ms: 60_000 };
    expect(better(anchor, slow)).toBe(slow);
  });
  it("is sure only of what passed awake in this page life", () => {
    expect(least(anchor, now({ mono_ms: 2_500 + 60_000 }), 60_000)).toBe(1_002_000);
    expect(least(anchor, now({ boot_id: "b2" }), 0)).toBeNull();
  });
});

describe("a paper", () => {
  const question = (id: string) => ({ id, number: 1, text: "", options: [] });
  const attempt: Attempt = {
    id: "t1", number: 1, state: "running", started_at: "2026-11-22T03:00:00Z", due_at: "2026-11-22T03:10:00Z", grace_s: 90, server_ms: 0,
    questions: [question("q1"), question("q2")], answers: {}, result: null,
  };
  const paper = answered(begin("a", attempt), "t1", "q1", "b")!;
  it("takes an answer once, and none when it is closed", () => {
    expect(unanswered(paper)).toBe(1);
    expect(answered(paper, "t1", "q1", "b")).toBeUndefined();
    expect(answered(closed(paper, "t1", "time", "row"), "t1", "q2", "a")).toBeUndefined();
  });
  it("is closed once, whoever comes second", () => {
    expect(closed(closed(paper, "t1", "time", "row"), "t1", "hand", "other")).toBeUndefined();
  });
  it("keeps the phone's questions and unsent answers when the node's word arrives", () => {
    const mine = { attempt: { ...attempt, state: "submitted" as const, questions: [], answers: { q1: "a" } }, attempts_left: 0 };
    const merged = merge("a", paper, mine, { q1: "b" })!;
    expect(merged.answers).toEqual({ q1: "b" });
    expect(merged.attempt.questions).toHaveLength(2);
    expect(merged.attempt.state).toBe("submitted");
  });
  it("takes the node's word for what the node had acknowledged, and keeps what it does not speak of", () => {
    const held = answered(paper, "t1", "q2", "c")!;
    expect(merge("a", held, { attempt: { ...attempt, answers: { q1: "a" } }, attempts_left: 0 })!.answers).toEqual({ q1: "a", q2: "c" });
  });
  it("that ran out on the node unseen can still be handed in by the phone that holds it", () => {
    const mine = { attempt: { ...attempt, state: "expired" as const, questions: [] }, attempts_left: 0 };
    expect(isOpen(merge("a", paper, mine)!)).toBe(true);
    expect(isOpen(merge("a", closed(paper, "t1", "time", "row"), mine)!)).toBe(false);
  });
  it("takes over an attempt begun on another phone, but never an older one", () => {
    expect(merge("a", undefined, { attempt, attempts_left: 0 })?.attempt.id).toBe("t1");
    const second = begin("a", { ...attempt, id: "t2", number: 2 });
    expect(merge("a", second, { attempt, attempts_left: 0 })).toBe(second);
  });
  it("ends by the server's clock", () => expect(remainingMs(paper, Date.parse("2026-11-22T03:09:30Z"))).toBe(30_000));
});

it("makes ids of version 7 that carry their time", () => {
  expect(uuid7(0x0123456789ab)).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it("reads phone numbers as people write them", () => {
  expect(["0912 345 678", "+84912345678", "84.912.345.678"].map(plainPhone)).toEqual(Array(3).fill("0912345678"));
});

it("says the same things in both languages, with the same places to fill", () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  expect(Object.keys(en)).toEqual(Object.keys(vi));
  for (const key of Object.keys(vi) as (keyof typeof vi)[]) expect(places(en[key]), key).toEqual(places(vi[key]));
});
