import { describe, expect, it } from "vitest";
import type { IdeaMine, IdeaOne } from "../src/api/types";
import { effectsOf, effectsTyped } from "../src/kinds/initiative/effects-part";
import { bodyFrom, codeOf, emptyBody, equalShares, invitationIn, lacks, mayHandIn, mayWithdraw, mayWrite, shownOf, viewOf, type Idea, type Kept, type WriteBody } from "../src/kinds/initiative/state";
import { amountOf } from "../src/ui/amount";
import type { OutboxRow } from "../src/store/outbox";

const YEAR = "a1";
const AN = "0199a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";
const body = (initiative: string, more: Partial<WriteBody> = {}): WriteBody => ({ ...emptyBody("small"), initiative, title: `Ý ${initiative}`, problem: "vướng", solution: "làm", ...more });
const formal = (more: Partial<WriteBody> = {}): WriteBody => body("1", { track: "formal", applied_where: "xóm Kê", applied_from: "2026-02-01", effect: "nhanh hơn", ...more });

let seq = 0;
function row(action: string, told: object, more: Partial<OutboxRow> = {}): OutboxRow {
  seq += 1;
  return {
    id: `r${seq}`, person: "p", seq, activity: YEAR, action: `initiative.${action}`, frozen: JSON.stringify({ body: told }), wall_ms: seq, state: "frozen", outcome: null, reason: null, message: null,
    receipt: null, received_at: null, acknowledged_ms: null, result: null, ...more,
  };
}
const answered = (at: number): Partial<OutboxRow> => ({ state: "receipt", outcome: "noted", receipt: "R", acknowledged_ms: at });
const refused = (reason: string): Partial<OutboxRow> => ({ ...answered(1), outcome: "refused", reason });

const author = (id: string, more: object = {}) => ({ id, name: id, me: false, share: 50, written: 50, agreed: false, withdrawn: false, ...more });
const held = (id: string, more: object = {}) => ({
  ...body(id), id, mine: true, code: "SK-0001", state: "received", revision: 3, unit_name: null, authors: [author("tôi", { me: true, agreed: true, share: 100, written: 100 })], stages: [], files: {}, recognitions: [], adoptions: [], public_from: null, ...more,
});
const kept = (at: number, ...initiatives: object[]): Kept<IdeaMine> => ({ at, told: { small_track: true, most_authors: 5, discussion: true, places: [], challenges: [], judges: [], initiatives } as unknown as IdeaMine });
const only = (view: { ideas: Idea[] }): Idea => view.ideas[0]!;

describe("the own ideas with what waits on the phone", () => {
  it("show words the node has never heard of, the newest first", () => {
    const view = viewOf(kept(100, held("0")), [row("write", body("1")), row("write", body("2"))], YEAR, [], "Bình");
    expect(view.ideas.map((one) => one.id)).toEqual(["2", "1", "0"]);
    expect(only(view)).toMatchObject({ state: "draft", mine: true, waits: true, authors: [{ name: "Bình", me: true, share: 100 }] });
  });
  it("say that handing in waits, and where it stands once the node has it", () => {
    const wrote = row("write", body("1"));
    expect(only(viewOf(undefined, [wrote, row("register", { initiative: "1" })], YEAR))).toMatchObject({ state: "received", sending: true });
    const sent = [row("write", body("1"), answered(200)), row("register", { initiative: "1" }, answered(200))];
    expect(only(viewOf(kept(100), sent, YEAR))).toMatchObject({ state: "received", sending: false, waits: false });
    expect(viewOf(kept(300), sent, YEAR).ideas).toEqual([]);
  });
  it("lay newer words over the node's and keep what the node alone knows", () => {
    const view = viewOf(kept(100, held("1", { stages: [{ state: "returned", on: "2026-05-01", words: "Ghi rõ" }], state: "returned" })), [row("write", body("1", { title: "Lời mới" }))], YEAR);
    expect(only(view)).toMatchObject({ title: "Lời mới", code: "SK-0001", state: "returned", stages: [{ words: "Ghi rõ" }] });
  });
  it("keep a co-author's yes, and who stepped out, while words change", () => {
    const authors = [author("tôi", { me: true, agreed: true }), author("an", { agreed: true }), author("cũ", { withdrawn: true, share: 0, written: 0 })];
    const view = viewOf(kept(100, held("1", { authors })), [row("write", body("1", { share: 60, others: [{ id: "an", name: "An", share: 40 }] }))], YEAR);
    expect(only(view).authors.map((one) => [one.id, one.share, one.agreed, one.withdrawn])).toEqual([["tôi", 60, true, false], ["an", 40, true, false], ["cũ", 0, false, true]]);
  });
  it("show a withdrawal and a step out at once", () => {
    expect(only(viewOf(kept(100, held("1")), [row("withdraw", { initiative: "1", words: "" })], YEAR)).state).toBe("withdrawn");
    const shared = held("1", { mine: false, authors: [author("bình", { agreed: true }), author(AN, { me: true, agreed: true })] });
    const view = viewOf(kept(100, shared), [row("author", { author: AN, agrees: false })], YEAR);
    expect(only(view).authors[1]).toMatchObject({ withdrawn: true, share: 0 });
    expect(view.spoken).toEqual({ [AN]: false });
  });
  it("keep refused words in sight until the same was written again or they were put away", () => {
    const no = row("write", body("1"), refused("unit_not_yours"));
    expect(viewOf(undefined, [no], YEAR)).toMatchObject({ ideas: [], refused: [{ id: no.id }] });
    expect(viewOf(undefined, [no], YEAR, [no.id]).refused).toEqual([]);
    expect(viewOf(undefined, [no, row("write", body("1"))], YEAR).refused).toEqual([]);
    expect(viewOf(undefined, [no, row("write", body("2"))], YEAR).refused).toHaveLength(1);
  });
  it("do not take a refused yes for a yes, nor another activity's deeds for theirs", () => {
    expect(viewOf(undefined, [row("author", { author: AN, agrees: true }, refused("author_taken"))], YEAR).spoken).toEqual({});
    expect(viewOf(undefined, [row("write", body("1"), { activity: "a2" })], YEAR).ideas).toEqual([]);
  });
});

describe("what may be done", () => {
  const idea = (more: object) => only(viewOf(kept(1, held("1", more)), [], YEAR));
  it("follows the state, and writing is the writer's alone", () => {
    expect([mayWrite(idea({})), mayHandIn(idea({}))]).toEqual([true, false]);
    expect([mayWrite(idea({ state: "returned" })), mayHandIn(idea({ state: "returned" }))]).toEqual([true, true]);
    expect([mayWrite(idea({ state: "judging" })), mayWithdraw(idea({ state: "judging" }))]).toEqual([false, true]);
    expect(mayWithdraw(idea({ state: "recognised" }))).toBe(false);
    expect(mayWrite(idea({ mine: false }))).toBe(false);
  });
  it("writes everything that is there back, whatever the form shows", () => {
    const whole = held("1", { ...formal(), effects: [{ what: "Giờ", amount: 4, unit: "giờ", verified: true }], challenge: "c", unit: "u", files: { abc: "complete" }, authors: [author("tôi", { me: true, written: 60 }), author("an", { written: 40 }), author("cũ", { withdrawn: true })] });
    expect(bodyFrom(only(viewOf(kept(1, whole), [], YEAR)))).toMatchObject({ track: "formal", effects: [{ amount: 4 }], challenge: "c", unit: "u", share: 60, others: [{ id: "an", share: 40 }], files: [{ digest: "abc" }] });
  });
});

describe("before handing in", () => {
  const why = (told: WriteBody, mine: Partial<IdeaMine> = {}) => lacks(told, mine);
  it("asks what the node asks", () => {
    expect(why(body("1"))).toEqual([]);
    expect(why(body("1", { title: " ", problem: "", solution: "" }))).toEqual(["no_title", "no_problem", "no_solution"]);
    expect(why(body("1"), { small_track: false })).toEqual(["no_small_track"]);
    expect(why(formal())).toEqual([]);
    expect(why(formal({ applied_from: null, effect: "" }))).toEqual(["not_applied", "no_effect"]);
    expect(why(formal({ effect: "", effects: [{ what: "Giờ", amount: 4, unit: "", verified: false }] }))).toEqual([]);
    expect(why(formal({ share: 60 }))).toEqual(["shares_not_100"]);
    expect(why(formal({ share: 50, others: [{ id: "an", name: "An", share: 50 }] }), { most_authors: 1 })).toEqual(["too_many_authors"]);
  });
  it("shares evenly to a hundred", () => {
    for (const many of [1, 2, 3, 7]) expect(equalShares(many).reduce((sum, one) => sum + one, 0)).toBe(100);
    expect(equalShares(3)).toEqual([34, 33, 33]);
  });
});

describe("figures as people type them", () => {
  it("are read with comma or dot", () => {
    expect(["13", "2,5", "2.5", "1.250", "1.250,5", " 3 000 ", "-4"].map(amountOf)).toEqual([13, 2.5, 2.5, 1250, 1250.5, 3000, -4]);
    expect(["", "mười", "1.25.0", "2,5,1", "1e9", "99999999999999999"].map(amountOf)).toEqual([null, null, null, null, null, null]);
  });
  it("come back as they were, and lines nobody filled in are none", () => {
    const told = [{ what: "Giờ", amount: 2.5, unit: "giờ", verified: true }];
    expect(effectsOf(effectsTyped(told))).toEqual(told);
    expect(effectsOf([{ what: " ", amount: "", unit: "", verified: false }])).toEqual([]);
    expect(effectsOf([{ what: "Giờ", amount: "nhiều", unit: "", verified: false }])).toBeNull();
    expect(effectsOf([{ what: "", amount: "3", unit: "", verified: false }])).toBeNull();
  });
});

describe("an invitation", () => {
  it("is read from the code, however it was spaced, and from the whole address", () => {
    for (const typed of [AN, codeOf(AN), codeOf(AN).toUpperCase(), ` ${AN.replace(/-/g, "")} `, `https://xa.example/app/#/activity/a1/invited/${AN}`]) expect(invitationIn(typed)).toBe(AN);
    for (const typed of ["", "abc", "100%", "%zz", `${AN}0`, "https://xa.example/app/"]) expect(invitationIn(typed)).toBeNull();
  });
});

describe("one in the gallery with what was said here", () => {
  const told = { card: { id: "i", endorsements: 4 }, endorsed: false, here: true, comments: [{ id: "w", words: "Hay", at: "2026-05-01T00:00:00Z", mine: false, hidden: false, why: null }] } as unknown as IdeaOne;
  const one = (...rows: OutboxRow[]) => shownOf({ at: 100, told }, rows, YEAR);
  it("counts the own word once, forth and back", () => {
    expect(one(row("endorse", { initiative: "i", yes: true }))).toMatchObject({ endorsed: true, waits: true, card: { endorsements: 5 } });
    expect(one(row("endorse", { initiative: "i", yes: true }), row("endorse", { initiative: "i", yes: false }))).toMatchObject({ endorsed: false, card: { endorsements: 4 } });
    expect(one(row("endorse", { initiative: "i", yes: true }, answered(50))).endorsed).toBe(false);
    expect(one(row("endorse", { initiative: "other", yes: true })).endorsed).toBe(false);
    const stood = { at: 100, told: { ...told, endorsed: true } };
    expect([shownOf(stood, [], YEAR), shownOf(stood, [row("endorse", { initiative: "i", yes: false })], YEAR)].map((shown) => shown.card.endorsements)).toEqual([4, 3]);
  });
  it("shows an own word at once, takes it back, and remembers a report", () => {
    const said = row("comment", { comment: "x", initiative: "i", words: "Ở xóm tôi cũng vậy" });
    expect(one(said).comments[1]).toMatchObject({ words: "Ở xóm tôi cũng vậy", mine: true, waits: true });
    expect(one(said, row("comment", { comment: "x", initiative: "i", words: "-", gone: true })).comments).toHaveLength(1);
    expect(one(row("report", { comment: "w" }, answered(1))).comments[0]!.reported).toBe(true);
    expect(one(row("report", { comment: "w" }, refused("comment_unknown"))).comments[0]!.reported).toBe(false);
  });
});
