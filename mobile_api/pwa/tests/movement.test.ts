import { describe, expect, it } from "vitest";
import type { MovementMine } from "../src/api/types";
import { amount, counted, isNoNumber, leftBefore, viewOf, type Criterion, type Kept, type MarkBody } from "../src/kinds/movement/state";
import type { OutboxRow } from "../src/store/outbox";

const HERE = "a1";
const mark = (criterion: string, met: boolean | null, more: Partial<MarkBody> = {}): MarkBody => ({ criterion, met, value: null, words: "", photos: [], ...more });
const enrol = (enrolment: string, name = `Tiệm ${enrolment}`) => ({ enrolment, name, sort: "household_business", hamlet: "h1", promises: [] });

let seq = 0;
function row(action: string, body: object, more: Partial<OutboxRow> = {}): OutboxRow {
  seq += 1;
  return {
    id: `r${seq}`, person: "p", seq, activity: HERE, action: `movement.${action}`, frozen: JSON.stringify({ body }), wall_ms: seq, state: "frozen", outcome: null, reason: null, message: null,
    receipt: null, received_at: null, acknowledged_ms: null, result: null, ...more,
  };
}
const answered = (at: number): Partial<OutboxRow> => ({ state: "receipt", outcome: "counted", receipt: "R", acknowledged_ms: at });
const refused = (reason: string): Partial<OutboxRow> => ({ ...answered(1), outcome: "refused", reason });
const held = (id: string, more: object = {}) => ({ id, name: `Tiệm ${id}`, sort: "firm", hamlet: "Xóm Kê", state: "confirmed", words: null, frozen: false, promise_version: 1, promises: {}, marks: [], ...more });
const kept = (at: number, ...firms: object[]): Kept => ({ at, mine: { hamlets: [{ id: "h1", name: "Xóm Một" }], criteria: [], units: [], firms } as unknown as MovementMine });

describe("the own firms with what waits on the phone", () => {
  it("shows one the node has never heard of, with its hamlet by name", () => {
    const view = viewOf(kept(100), [row("enrol", enrol("1"))], HERE);
    expect(view.firms).toMatchObject([{ id: "1", name: "Tiệm 1", hamlet: "Xóm Một", waits: true, marks: {} }]);
  });
  it("lays newer answers over the node's, criterion by criterion", () => {
    const told = held("1", { marks: [{ ...mark("a", true), source: "self", why_missing: null, photos: {} }, { ...mark("b", true), source: "self", why_missing: null, photos: {} }] });
    const [firm] = viewOf(kept(100, told), [row("assess", { enrolment: "1", marks: [mark("b", false)] })], HERE).firms;
    expect(firm).toMatchObject({ waits: true, marks: { a: { met: true }, b: { met: false } } });
  });
  it("keeps an answered deed in sight until the node's word is newer, and not a moment longer", () => {
    const sent = row("enrol", enrol("1"), answered(200));
    expect(viewOf(kept(100), [sent], HERE).firms).toMatchObject([{ waits: false }]);
    expect(viewOf(kept(300), [sent], HERE).firms).toHaveLength(0);
  });
  it("leaves other movements' deeds alone", () => {
    expect(viewOf(kept(100), [row("enrol", enrol("1"), { activity: "other" })], HERE).firms).toHaveLength(0);
  });
  it("says that it was withdrawn before the node knows", () => {
    expect(viewOf(kept(100, held("1")), [row("withdraw", { enrolment: "1" })], HERE).firms).toMatchObject([{ state: "withdrawn", waits: true }]);
  });
});

describe("a firm that comes back", () => {
  const gone = held("1", { state: "withdrawn", name: "Tạp hóa Cô Lành", hamlet: "Xóm Một" });
  it("is known again by its name and hamlet, however it is typed", () => {
    const { firms } = viewOf(kept(100, gone), [], HERE);
    expect(leftBefore(firms, " tap hoa  CÔ LÀNH", "Xóm Một")?.id).toBe("1");
    expect(leftBefore(firms, "Tạp hóa Cô Lành", "Xóm Hai")).toBeUndefined();
    expect(leftBefore(viewOf(kept(100, held("1", { hamlet: "Xóm Một", name: "Tạp hóa Cô Lành" })), [], HERE).firms, "Tạp hóa Cô Lành", "Xóm Một")).toBeUndefined();
  });
  it("is found under the id this phone gave it, though the node kept the old one", () => {
    const entered = row("enrol", enrol("new", "Tạp hóa Cô Lành"), { ...answered(200), result: { enrolment: "1" } });
    const view = viewOf(kept(300, held("1")), [entered, row("assess", { enrolment: "new", marks: [mark("a", true)] })], HERE);
    expect(view.called.get("new")).toBe("1");
    expect(view.firms).toMatchObject([{ id: "1", marks: { a: { met: true } }, waits: true }]);
  });
});

describe("goals", () => {
  it("are shown before the node has them, and only those that were changed", () => {
    const told = held("1", { promises: { a: { target: null, words: "cũ" }, b: { target: 5, words: "" } } });
    const [firm] = viewOf(kept(100, told), [row("promise", { enrolment: "1", promises: [{ criterion: "a", target: null, words: "mới" }] })], HERE).firms;
    expect(firm).toMatchObject({ waits: true, goals: { a: { words: "mới" }, b: { target: 5 } } });
  });
});

describe("what the node refused", () => {
  it("is shown until it is put away or done again", () => {
    const bad = row("enrol", enrol("1"), refused("firm_taken"));
    expect(viewOf(kept(100), [bad], HERE)).toMatchObject({ firms: [], refused: [{ id: bad.id }] });
    expect(viewOf(kept(100), [bad], HERE, [bad.id]).refused).toHaveLength(0);
    expect(viewOf(kept(100), [bad, row("enrol", enrol("2", "Tiệm 1"))], HERE).refused).toHaveLength(0);
  });
});

describe("counting answers", () => {
  const criteria = ["a", "b", "c"].map((code) => ({ code, whom: "firm" })) as unknown as Criterion[];
  it("does not take what was left open for a no", () => {
    expect(counted(criteria, { a: mark("a", true), b: mark("b", null) })).toEqual({ met: 1, said: 1, of: 3 });
  });
  it("reads numbers as people write them", () => {
    expect(["12,5", "12.5", "1.306", "1.306,5", "1.000.000", "", "x", "-1"].map(amount)).toEqual([12.5, 12.5, 1306, 1306.5, 1_000_000, null, null, null]);
    expect(["", " ", "12", "x", "-1"].map(isNoNumber)).toEqual([false, false, false, true, true]);
  });
});
