import { describe, expect, it } from "vitest";
import { dayFigures, dayOf, done, happened, hidesNumber, marks, nextOutcome, plusDays, wordOf, type VisitBody } from "../src/kinds/visit/records";
import { bodyOf, standsYet, type OwnVisit } from "../src/kinds/visit/mine";
import type { OutboxRow } from "../src/store/outbox";
import { visitEn } from "../src/text/visit-en";
import { visitVi } from "../src/text/visit-vi";

const ACTIVITY = "a1";
const NOON = Date.parse("2026-11-22T05:00:00Z"); // in Viet Nam
const MINUTE = 60_000;

function visit(id: string, at: number, body: Partial<VisitBody>, row: Partial<OutboxRow> = {}): OutboxRow {
  const frozen = JSON.stringify({ wall_ms: at, mono_ms: 0, boot_id: "b", anchor: null, body: { household: "h1", met: "adult", services: [], follow_up_on: null, corrects: null, ...body } });
  return {
    id, person: "p", seq: 1, activity: ACTIVITY, action: "visit.log", frozen, wall_ms: at, state: "frozen", outcome: null, reason: null, message: null,
    receipt: null, received_at: null, acknowledged_ms: null, result: null, ...row,
  };
}

const visits = (...rows: OutboxRow[]) => done<VisitBody>(rows, ACTIVITY, "visit.log");
const stand = (...rows: OutboxRow[]) => visits(...rows).filter((one) => one.stands).map((one) => one.id);

describe("which visit stands", () => {
  it("is the newest of a chain, in whatever order the rows lie", () => {
    const [first, second, third] = [visit("1", NOON, {}), visit("2", NOON + 1, { corrects: "1" }), visit("3", NOON + 2, { corrects: "1" })];
    expect(stand(first, second, third)).toEqual(["3"]);
    expect(stand(third, first, second)).toEqual(["3"]);
  });
  it("lets a refused correction replace nothing", () => {
    expect(stand(visit("1", NOON, {}), visit("2", NOON + 1, { corrects: "1" }, { outcome: "refused", state: "receipt" }))).toEqual(["1"]);
  });
  it("keeps two corrections of a visit from another phone in one chain", () => {
    expect(stand(visit("2", NOON, { corrects: "x" }), visit("3", NOON + 1, { corrects: "x" }))).toEqual(["3"]);
  });
  it("survives rows that correct each other", () => {
    expect(stand(visit("1", NOON, { corrects: "2" }), visit("2", NOON + 1, { corrects: "1" })).length).toBeGreaterThan(0);
  });
});

describe("the day", () => {
  it("counts what stands, and a household once", () => {
    const all = visits(visit("1", NOON, {}), visit("2", NOON + MINUTE, { corrects: "1" }), visit("3", NOON + 2 * MINUTE, {}), visit("4", NOON + 3 * MINUTE, { household: "h2" }));
    expect(dayFigures(all, [], "2026-11-22")).toEqual({ visits: 3, houses: 2, sessions: 0 });
    expect(dayFigures(all, [], "2026-11-23").visits).toBe(0);
    const elsewhere = [{ day: "2026-11-22", household: all[0]!.body.household }, { day: "2026-11-22", household: "another" }, { day: "2026-11-21", household: "h" }];
    expect(dayFigures(all, [], "2026-11-22", elsewhere)).toEqual({ visits: 5, houses: 3, sessions: 0 });
  });
  it("begins and ends by the commune's midnight", () => {
    expect(dayOf(Date.parse("2026-11-22T17:30:00Z"))).toBe("2026-11-23");
    expect(plusDays("2026-12-28", 7)).toBe("2027-01-04");
  });
  it("follows the server's time where it is known, whatever the phone's clock says", () => {
    const wrong = { wall_ms: 0, mono_ms: 5_000, boot_id: "b" };
    expect(happened({ ...wrong, anchor: { server_ms: NOON, mono_ms: 1_000, boot_id: "b" } })).toBe(NOON + 4_000);
    expect(happened({ ...wrong, anchor: { server_ms: NOON, mono_ms: 1_000, boot_id: "earlier" } })).toBe(0);
  });
});

describe("what is known of a household", () => {
  const line = { id: "h1", last_visit: "2026-11-20", follow_up_on: "2026-11-22" };
  it("takes a promise back once it was kept", () => {
    expect(marks(line, visits(visit("1", NOON, {})))).toMatchObject({ last_visit: "2026-11-22", follow_up_on: null });
  });
  it("keeps the promise while nobody was at home", () => {
    expect(marks(line, visits(visit("1", NOON, { met: "nobody" })))).toMatchObject({ last_visit: "2026-11-22", follow_up_on: "2026-11-22" });
  });
  it("knows which visit of the team made the promise, and takes an own one that is newer", () => {
    const promised = { ...line, promised_by: "other" };
    expect(marks(promised, [])).toMatchObject({ follow_up_on: "2026-11-22", promised: "other" });
    expect(marks(promised, visits(visit("1", NOON, { met: "nobody" })))).toMatchObject({ promised: "other" });
    expect(marks(promised, visits(visit("1", NOON, { follow_up_on: "2026-11-29" })))).toMatchObject({ follow_up_on: "2026-11-29", promised: "1" });
    expect(marks(promised, visits(visit("1", NOON, {})))).toMatchObject({ follow_up_on: null, promised: null });
  });
  it("knows the own visit that made the promise", () => {
    expect(marks({ ...line, last_visit: null }, visits(visit("1", NOON, { follow_up_on: "2026-11-29" })))).toMatchObject({ follow_up_on: "2026-11-29", promised: "1" });
  });
});

describe("a visit written down on another phone", () => {
  const own: OwnVisit = {
    id: "v", household: "h1", code: "H1", nickname: "Nhà 1 (hư cấu)", day: "2026-11-20", place: "workplace", met: "adult",
    services: { vneid: "installed", signature: "not_possible" }, reasons: { signature: "no_device" }, device: "own", follow_up_on: null, follow_up_of: "p",
    no_further_visit: true, photos: ["d"], note: "Buổi tối", stands: true, corrects: null,
  };
  it("comes back whole, but for the word of the household, which is asked anew", () => {
    expect(bodyOf(own)).toEqual({
      household: "h1", met: "adult", consent: null, place: "workplace", device: "own", follow_up_on: null, follow_up_of: "p", no_further_visit: true,
      services: [{ service: "vneid", outcome: "installed", reason: null }, { service: "signature", outcome: "not_possible", reason: "no_device" }],
      photos: ["d"], note: "Buổi tối", corrects: null,
    });
  });
  it("is not put right from an answer that leaves half of it out", () => {
    const { photos: _, ...half } = own;
    expect(bodyOf(half as OwnVisit)).toBeNull();
  });
  it("no longer stands once this phone has put it right, signal or not", () => {
    expect(standsYet(own, [])).toBe(true);
    expect(standsYet(own, visits(visit("1", NOON, { corrects: "v" })))).toBe(false);
    expect(standsYet(own, visits(visit("1", NOON, { corrects: "v" }, { outcome: "refused", state: "receipt" })))).toBe(true);
  });
});

it("goes through the stages, to 'not possible', and back to nothing", () => {
  const taps: (string | undefined)[] = [];
  for (let now = nextOutcome(undefined, ["explained", "used_alone"]); taps.length < 4; now = nextOutcome(now, ["explained", "used_alone"])) taps.push(now);
  expect(taps).toEqual(["explained", "used_alone", "not_possible", undefined]);
});

it("sees a long number in a nickname, and leaves house numbers alone", () => {
  expect(hidesNumber("Nhà ông Tư 001234567890")).toBe(true);
  expect(hidesNumber("0912 345 678")).toBe(true);
  expect(hidesNumber("Nhà số 12, ngõ 345")).toBe(false);
});

it("says green only of what has its receipt", () => {
  expect(wordOf(visit("1", NOON, {}))).toBe("waiting");
  expect(wordOf(visit("1", NOON, {}, { state: "receipt", outcome: "waiting" }))).toBe("checking");
  expect(wordOf(visit("1", NOON, {}, { state: "receipt", outcome: "counted" }))).toBe("counted");
  expect(wordOf(visit("1", NOON, {}, { state: "aside", outcome: "refused" }))).toBe("aside");
});

it("has every word in both languages, with the same places to fill", () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  expect(Object.keys(visitEn)).toEqual(Object.keys(visitVi));
  for (const key of Object.keys(visitVi) as (keyof typeof visitVi)[]) expect(places(visitEn[key]), key).toEqual(places(visitVi[key]));
});
