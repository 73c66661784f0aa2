import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import type { OperationResult } from "../src/api/types";
import { database } from "../src/store/db";
import { corrected, counts, dropOld, KEEP_MS, MAX_BYTES, newEpoch, nextBatch, record, rowsOf, settle, settled, wellFormed, type OutboxRow } from "../src/store/outbox";
import { remember } from "../src/store/known";
import { wipePerson, type PersonRow } from "../src/store/persons";
import { envelope } from "../src/sync";

const person = (id: string): PersonRow => ({ id, name: id, device: `device-${id}`, seq: 0, token: "t", revoked: false, tries: 0, pin: null, cursor: 0 });
const deed = (n: number) => ({ activity: "a", action: "contest.answer", body: { n, text: "Đồng Tiến" } });
const result = (id: string, part: Partial<OperationResult> = {}): OperationResult => ({
  id, verdict: "accepted", outcome: "counted", reason: null, message: null, receipt: "LT-1", hash: "", seal: "signed", received_at: "2026-11-22T03:00:00Z", result: null, ...part,
});
const row = (seq: number, part: Partial<OutboxRow> = {}): OutboxRow => ({
  id: `id-${seq}`, person: "an", seq, activity: "a", action: "x", frozen: "{}", wall_ms: 0, state: "frozen", outcome: null, reason: null, message: null,
  receipt: null, received_at: null, acknowledged_ms: null, result: null, ...part,
});

beforeEach(async () => {
  const db = await database();
  for (const store of ["persons", "outbox", "known", "phone"] as const) await db.clear(store);
  await db.put("persons", person("an"));
  await db.put("persons", person("binh"));
});

describe("recording a deed", () => {
  it("gives each person a gapless sequence, also when deeds come at once", async () => {
    await Promise.all([...Array(20).keys()].map((n) => record(n % 4 ? "an" : "binh", deed(n))));
    expect((await rowsOf("an")).map((one) => one.seq)).toEqual([...Array(15).keys()].map((n) => n + 1));
    expect((await rowsOf("binh")).map((one) => one.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("uses up no number when what is known says the deed is already done", async () => {
    expect(await record("an", deed(1), { learn: { what: "paper", next: () => undefined } })).toBeNull();
    await record("an", deed(2), { learn: { what: "paper", next: (_, made) => ({ submission: made.id }) } });
    const [only] = await rowsOf("an");
    expect(only?.seq).toBe(1);
    expect((await (await database()).get("known", "an:paper"))?.value).toEqual({ submission: only?.id });
  });

  it("sends the frozen bytes untouched", async () => {
    const made = await record("an", deed(1));
    expect(envelope("device", [made!])).toContain(`"operations":[${made!.frozen}]}`);
    expect(JSON.parse(made!.frozen)).toMatchObject({ seq: 1, schema: 1, body: { n: 1 } });
  });
});

describe("half an emoji", () => {
  it("never reaches the frozen bytes, and whole ones and typed escapes stay", async () => {
    const text = "a\ud83d b\ude00 😀 \\ud83d \\\\ud83d \"\u0001";
    const made = await record("an", { ...deed(1), body: { text, ["k\udfff"]: 1 } });
    expect(JSON.parse(made!.frozen).body).toEqual({ text: "a\ufffd b\ufffd 😀 \\ud83d \\\\ud83d \"\u0001", ["k\ufffd"]: 1 });
    expect(made!.frozen).not.toMatch(/(^|[^\\])(\\\\)*\\ud[89a-f]/);
  });
  it("is looked for in whole escapes", () => expect(wellFormed(String.raw`"\\ud83d \ud83d"`)).toBe(String.raw`"\\ud83d `+ "\ufffd\""));
});

describe("a deed the node kept apart", () => {
  const word = (outcome: string) => ({ receipt: "LT-1", action: "x", received_at: "", outcome, reason: null, message: null, facts: [] });

  it("stands like any other once somebody responsible put it right, and stays apart where it was not accepted", async () => {
    const [one, two] = [await record("an", deed(1)), await record("an", deed(2))];
    await settle([one!, two!].map((made) => result(made.id, { verdict: "quarantined", outcome: "refused" })));
    expect(counts(await rowsOf("an"))).toEqual({ counted: 0, waiting: 0, refused: 2 });
    await corrected(one!.id, word("counted"));
    await corrected(two!.id, word("refused"));
    expect((await rowsOf("an")).map((row) => row.state)).toEqual(["receipt", "aside"]);
    expect(counts(await rowsOf("an"))).toEqual({ counted: 1, waiting: 0, refused: 1 });
  });
});

describe("what travels next", () => {
  it("is the oldest first, without held, settled and set-aside rows", () => {
    const rows = [row(4), row(2, { state: "sent" }), row(1, { state: "receipt" }), row(3, { state: "held" }), row(5, { state: "aside" })];
    expect(nextBatch(rows).map((one) => one.seq)).toEqual([2, 4]);
  });

  it("keeps to the number and size the node takes, but lets one large row travel alone", () => {
    const big = "x".repeat(MAX_BYTES / 2 + 1);
    expect(nextBatch([...Array(80).keys()].map((n) => row(n + 1)))).toHaveLength(50);
    expect(nextBatch([row(1, { frozen: big }), row(2, { frozen: big })])).toHaveLength(1);
    expect(nextBatch([row(1, { frozen: big + big })])).toHaveLength(1);
  });
});

describe("the node's verdicts", () => {
  it("turn into counted, waiting and refused", () => {
    const rows = [
      settled(row(1), result("1"), 0), settled(row(2), result("2", { outcome: "noted" }), 0), settled(row(3), result("3", { outcome: "refused" }), 0),
      settled(row(4), result("4", { verdict: "quarantined", outcome: "refused" }), 0), settled(row(5), result("5", { outcome: "waiting" }), 0), row(6),
    ];
    expect(counts(rows)).toEqual({ counted: 1, waiting: 2, refused: 2 });
  });

  it("are asked for again after a restore, for as long as rows are kept", async () => {
    const made = (await record("an", deed(1)))!;
    await settle([result(made.id)]);
    expect(nextBatch(await rowsOf("an"))).toEqual([]);
    expect(await newEpoch("first")).toBe(false);
    expect(nextBatch(await rowsOf("an"))).toEqual([]);
    expect(await newEpoch("second")).toBe(true);
    expect(nextBatch(await rowsOf("an")).map((one) => one.frozen)).toEqual([made.frozen]);
    await settle([result(made.id)]);
    await dropOld(Date.now() + KEEP_MS + 1_000);
    expect(await rowsOf("an")).toEqual([]);
  });
});

it("reads what is known in the transaction that freezes the deed", async () => {
  await Promise.all([
    record("an", deed(1), { learn: { what: "paper", next: () => ({ q1: "b" }) } }),
    record("an", { ...deed(2), body: (known) => ({ answers: known }) }, { learn: { what: "paper", next: (known) => known } }),
  ]);
  expect(JSON.parse((await rowsOf("an"))[1]!.frozen).body).toEqual({ answers: { q1: "b" } });
});

it("opens the database anew after the system closed it", async () => {
  (await database()).close();
  expect(await record("an", deed(1))).not.toBeNull();
});

it("writes nothing about somebody who was removed meanwhile", async () => {
  await remember("gone", "me", {});
  await remember("public", "node", {});
  expect(await (await database()).getAllKeys("known")).toEqual(["public:node"]);
});

it("forgets one person and leaves the other", async () => {
  await record("an", deed(1), { learn: { what: "paper:a", next: () => ({}) } });
  await record("binh", deed(1));
  await wipePerson("an");
  expect(await rowsOf("an")).toEqual([]);
  expect(await rowsOf("binh")).toHaveLength(1);
  expect(await (await database()).getAllKeys("known")).toEqual([]);
});
