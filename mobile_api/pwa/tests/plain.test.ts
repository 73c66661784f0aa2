import { describe, expect, it } from "vitest";
import { better, estimate, least, type KeptAnchor, type Stamp } from "../src/clock";
import { backoff } from "../src/lib/backoff";
import { fold, matches } from "../src/lib/fold";
import { uuid7 } from "../src/lib/ids";
import { plainPhone } from "../src/screens/sign-in/phone";
import { until } from "../src/text";
import { voiceFor } from "../src/ui/speech";
import { guessOf } from "../src/kinds/contest/prediction";
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

describe("when something ends", () => {
  const noon = Date.parse("2026-11-22T05:00:00Z"); // in Hà Nội
  it("is said with no more of a day than is needed", () => {
    expect(until("2026-11-22T13:00:00Z", noon)).toBe("20:00 hôm nay");
    expect(until("2026-11-23T16:59:00Z", noon)).toBe("23:59 ngày mai");
    expect(until("2026-11-28T13:00:00Z", noon)).toMatch(/^20:00, .*28/);
  });
  it("changes its day at midnight in the commune, wherever the phone thinks it is", () => {
    expect(until("2026-11-22T17:30:00Z", noon)).toBe("00:30 ngày mai");
  });
});

describe("a prediction", () => {
  it("is read as people write numbers", () => expect(["1.250", "1 250", " 0 ", "10000000"].map(guessOf)).toEqual([1250, 1250, 0, 10_000_000]));
  it("is none when it is no such number", () => expect(["", "-1", "1e3", "10000001", "mười"].map(guessOf)).toEqual(Array(5).fill(null)));
});

describe("a voice", () => {
  const remote = { lang: "vi-VN", localService: false };
  it("must speak the language, and is better on the phone", () => {
    expect(voiceFor([{ lang: "en-US", localService: true }, remote], "vi")).toBe(remote);
    expect(voiceFor([remote, { lang: "vi_VN", localService: true }], "vi")?.localService).toBe(true);
    expect(voiceFor([{ lang: "en-US" }], "vi")).toBeUndefined();
  });
});
