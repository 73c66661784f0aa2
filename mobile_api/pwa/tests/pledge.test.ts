import { describe, expect, it } from "vitest";
import type { PledgeMine, PledgeSuggestion } from "../src/api/types";
import { chosen } from "../src/kinds/pledge/menu";
import { dueDay, lacks, viewOf, withAmount, type Item, type ItemBody, type Kept } from "../src/kinds/pledge/state";
import type { OutboxRow } from "../src/store/outbox";

const YEAR = "a1";
const deed = (id: string, more: Partial<ItemBody> = {}): ItemBody => ({ id, theme: "digital_transformation", what: `Việc ${id}`, measure: "xong", due: "2026-06-30", menu: null, gone: false, ...more });
const asItem = (id: string, more: Partial<Item> = {}): Item => ({ ...deed(id), in_force: false, waits: false, ...more });

let seq = 0;
function row(action: string, body: object, more: Partial<OutboxRow> = {}): OutboxRow {
  seq += 1;
  return {
    id: `r${seq}`, person: "p", seq, activity: YEAR, action: `pledge.${action}`, frozen: JSON.stringify({ body }), wall_ms: seq, state: "frozen", outcome: null, reason: null, message: null,
    receipt: null, received_at: null, acknowledged_ms: null, result: null, ...more,
  };
}
const answered = (at: number): Partial<OutboxRow> => ({ state: "receipt", outcome: "noted", receipt: "R", acknowledged_ms: at });
const refused = (reason: string): Partial<OutboxRow> => ({ ...answered(1), outcome: "refused", reason });

function kept(at: number, pledge: object | null): Kept {
  const whole = pledge && { id: "x", state: "draft", number: 0, in_force: null, late: false, unsent: false, items: [], versions: [], evidence: [], reviews: [], classes: [], readings: [], ...pledge };
  return { at, mine: { cell: null, exempt: null, dates: {}, classes: {}, rating: "", unconfirmed: true, pledge: whole } as unknown as PledgeMine };
}

describe("the own pledge with what waits on the phone", () => {
  it("shows words the node has never heard of", () => {
    const view = viewOf(undefined, [row("items", { items: [deed("1")] })], YEAR);
    expect(view).toMatchObject({ state: "draft", unsent: true, items: [{ id: "1", waits: true }] });
  });
  it("lays newer words over the node's, and takes out what was taken out here", () => {
    const held = kept(100, { items: [asItem("1"), asItem("2")] });
    const view = viewOf(held, [row("items", { items: [deed("1", { what: "Lời mới" })] }), row("items", { items: [deed("2", { gone: true })] })], YEAR);
    expect(view.items.map((one) => one.what)).toEqual(["Lời mới"]);
  });
  it("keeps an answered deed in sight until the node's word is newer, and not a moment longer", () => {
    const sent = row("items", { items: [deed("1")] }, answered(200));
    expect(viewOf(kept(100, null), [sent], YEAR).items).toHaveLength(1);
    expect(viewOf(kept(300, null), [sent], YEAR).items).toHaveLength(0);
  });
  it("says that handing in waits, and that something was changed since", () => {
    const held = kept(100, { items: [asItem("1")], unsent: true });
    const handed = row("submit", {});
    expect(viewOf(held, [handed], YEAR)).toMatchObject({ sending: true, unsent: false });
    expect(viewOf(held, [handed, row("items", { items: [deed("2")] })], YEAR)).toMatchObject({ sending: true, unsent: true });
  });
  it("keeps refused words in sight until the same deed was written again or they were put away", () => {
    const no = row("items", { items: [deed("1")] }, refused("item_taken"));
    expect(viewOf(undefined, [no], YEAR)).toMatchObject({ items: [], refused: [{ id: no.id }] });
    expect(viewOf(undefined, [no], YEAR, [no.id]).refused).toEqual([]);
    expect(viewOf(undefined, [no, row("items", { items: [deed("1")] })], YEAR).refused).toEqual([]);
    expect(viewOf(undefined, [no, row("items", { items: [deed("2")] })], YEAR).refused).toHaveLength(1);
  });
  it("keeps a review written here, with what the cell said beside it", () => {
    const held = kept(100, { state: "in_force", reviews: [{ moment: "year_end", outcomes: {}, words: null, own_class: null, cell_words: "Tốt.", checked_on: null }] });
    const view = viewOf(held, [row("review", { moment: "year_end", items: [{ item: "1", outcome: "done", words: null }], words: "Xong", own_class: "good" })], YEAR);
    expect(view).toMatchObject({ state: "self_assessed", reviews: [{ words: "Xong", cell_words: "Tốt.", waits: true }] });
  });
  it("is not moved by another activity's deeds", () => {
    expect(viewOf(undefined, [row("items", { items: [deed("1")] }, { activity: "a2" })], YEAR).state).toBe("none");
  });
  it("sorts by the day, what has none last", () => {
    const view = viewOf(undefined, [row("items", { items: [deed("1", { due: null }), deed("2", { due: "2026-09-30" }), deed("3", { due: "2026-03-31" })] })], YEAR);
    expect(view.items.map((one) => one.id)).toEqual(["3", "2", "1"]);
  });
});

describe("before handing in", () => {
  const why = (...items: Item[]) => lacks(items, { digital_required: true, most_items: 2 }).map((one) => one.what);
  it("asks what the node asks", () => {
    expect(why()).toEqual(["no_item"]);
    expect(why(asItem("1"))).toEqual([]);
    expect(why(asItem("1", { measure: " ", due: null }))).toEqual(["item_without_measure", "item_without_due"]);
    expect(why(asItem("1", { theme: "science" }))).toEqual(["no_digital_item"]);
    expect(why(asItem("1"), asItem("2"), asItem("3"))).toEqual(["too_many_items"]);
    expect(lacks([asItem("1", { theme: "science" })], { digital_required: false })).toEqual([]);
  });
});

describe("suggestions", () => {
  it("fall due at the end of their quarter or month, or of the year when that is over", () => {
    expect(dueDay("q2", 2026, "2026-01-05")).toBe("2026-06-30");
    expect(dueDay("02", 2028, "2028-01-05")).toBe("2028-02-29");
    expect(dueDay("q1", 2026, "2026-11-22")).toBe("2026-12-31");
  });
  it("carry their number in their words, and touch no other number", () => {
    expect(withAmount("Hướng dẫn 5 hộ, trước ngày 15, mức 2.5.", 5, 8)).toBe("Hướng dẫn 8 hộ, trước ngày 15, mức 2.5.");
  });
  const one = (code: string, more: object): PledgeSuggestion => ({ code, theme: "science", what: "Nộp hồ sơ", measure: "", due: "q1", evidence: "", amount: null, unit: null, fact: null, ages: [], whom: ["everyone"], ...more });
  it("are found without marks, and those written for somebody come first", () => {
    const all = [one("chung", {}), one("che", { whom: ["farmer"], what: "Dán tem chè" }), one("lop", { whom: ["teacher"] })];
    const codes = (wanted: object) => chosen(all, { theme: "", whom: "", age: "", words: "", ...wanted }).map(({ code }) => code);
    expect(codes({ whom: "farmer" })).toEqual(["che", "chung"]);
    expect(codes({ words: "dan tem" })).toEqual(["che"]);
    expect(codes({ theme: "innovation" })).toEqual([]);
  });
});
