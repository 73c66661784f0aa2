// What the phone keeps of a paper, and what becomes of it when the node or another phone has something to say.
import { describe, expect, it } from "vitest";
import type { Attempt } from "../src/api/types";
import { answered, begin, closed, collected, dueAnswers, isOpen, lacksPrediction, merge, onlyHere, predicted, remainingMs, reopened, takenOver, unanswered, type Paper } from "../src/kinds/contest/paper";
import type { OutboxRow } from "../src/store/outbox";
import { attemptOf } from "./node";

const attempt = attemptOf("t1", ["1", "2"]);
const give = (held: Paper, answers: Record<string, string>) => answered(held, "t1", answers)!;
const paper = give(begin("a", attempt), { 1: "b" });
const mine = (part: Partial<Attempt>) => ({ attempt: { ...attempt, ...part } });

describe("answering", () => {
  it("takes an answer once, and none when the paper is closed", () => {
    expect(unanswered(paper)).toBe(1);
    expect(answered(paper, "t1", { 1: "b" })).toBeUndefined();
    expect(answered(closed(paper, "t1", "time", "row"), "t1", { 2: "a" })).toBeUndefined();
    expect(answered(paper, "t2", { 2: "a" })).toBeUndefined();
  });
  it("keeps the last word on each question for the next deed, which takes it once", () => {
    const more = give(give(paper, { 1: "c" }), { 2: "a" });
    expect(more.unsent).toEqual({ 1: "c", 2: "a" });
    const sent = collected(more, "t1")!;
    expect(sent.unsent).toEqual({});
    expect(sent.answers).toEqual({ 1: "c", 2: "a" });
    expect(collected(sent, "t1")).toBeUndefined();
  });
  it("knows whether a prediction is asked for and there", () => {
    const asked = begin("a", { ...attempt, prediction_asked: true });
    expect([lacksPrediction(paper), lacksPrediction(asked)]).toEqual([false, true]);
    expect(lacksPrediction(predicted(asked, "t1", 0)!)).toBe(false);
  });
});

describe("handing in", () => {
  it("happens once, whoever comes second, and leaves nothing to send", () => {
    const done = closed(paper, "t1", "time", "row", { 2: "d" })!;
    expect(done).toMatchObject({ answers: { 1: "b", 2: "d" }, unsent: {}, submission: "row" });
    expect(closed(done, "t1", "hand", "other")).toBeUndefined();
  });
  it("is undone when the node refused for something the person can mend, with all answers there", () => {
    const done = closed(paper, "t1", "hand", "row")!;
    expect(reopened(done, "row", "prediction_missing")).toMatchObject({ ended: null, submission: null, answers: { 1: "b" } });
    expect(reopened(done, "row", "taken_over")?.attempt.held_here).toBe(false);
    expect(reopened(done, "row", "late")).toBeUndefined();
    expect(reopened(done, "another", "taken_over")).toBeUndefined();
  });
});

describe("the node's word", () => {
  it("leaves the phone its questions and its unsent answers", () => {
    const merged = merge("a", paper, mine({ state: "submitted", questions: [], answers: { 1: "a" } }), {})!;
    expect(merged.answers).toEqual({ 1: "b" });
    expect(merged.attempt).toMatchObject({ state: "submitted", questions: attempt.questions });
  });
  it("is newer than what it had acknowledged, and older than what is on its way", () => {
    const sent = collected(give(paper, { 2: "c" }), "t1")!;
    expect(merge("a", sent, mine({ answers: { 1: "a" } }))!.answers).toEqual({ 1: "a", 2: "c" });
    expect(merge("a", sent, mine({ answers: { 1: "a" } }), { 1: "b" })!.answers).toEqual({ 1: "b", 2: "c" });
  });
  it("that time ran out unseen leaves the paper to be handed in by the phone that holds it", () => {
    const ran = mine({ state: "expired", questions: [] });
    expect(isOpen(merge("a", paper, ran)!)).toBe(true);
    expect(isOpen(merge("a", closed(paper, "t1", "time", "row"), ran)!)).toBe(false);
  });
  it("brings an attempt begun on another phone, but never an older one", () => {
    expect(merge("a", undefined, mine({}))?.attempt.id).toBe("t1");
    const second = begin("a", { ...attempt, id: "t2", number: 2 });
    expect(merge("a", second, mine({}))).toBe(second);
  });
});

describe("another phone", () => {
  const there = merge("a", give(collected(paper, "t1")!, { 2: "c" }), mine({ held_here: false, answers: { 1: "b" } }))!;
  it("that holds the paper keeps this one from sending, and takes nothing away", () => {
    expect(collected(there, "t1")).toBeUndefined();
    expect(there.answers).toEqual({ 1: "b", 2: "c" });
    expect(onlyHere(there)).toBe(1);
  });
  it("gives it back with its own answers, and what only this phone has is sent again", () => {
    const refused = { ...there, unsent: {} }; // its deed came back refused
    expect(takenOver("a", refused, { ...attempt, answers: { 1: "d" } })).toMatchObject({ answers: { 1: "d", 2: "c" }, unsent: { 2: "c" } });
    expect(takenOver("a", refused, { ...attempt, answers: { 1: "d", 2: "e" } })).toMatchObject({ answers: { 1: "d", 2: "e" }, unsent: {} });
  });
  it("still holding it gets nothing sent into its paper", () => {
    expect(takenOver("a", { ...there, unsent: {} }, { ...attempt, held_here: false }).unsent).toEqual({});
  });
  it("had nothing of this paper: it is simply begun", () => expect(takenOver("a", undefined, { ...attempt, answers: { 1: "a" } })).toMatchObject({ answers: { 1: "a" }, unsent: {} }));
});

it("reads what is on its way from the outbox, the last word on each question", () => {
  const row = (seq: number, answers: object, of = "t1", action = "contest.answer") =>
    ({ id: `r${seq}`, seq, action, frozen: JSON.stringify({ body: { attempt: of, answers } }) }) as OutboxRow;
  const rows = [row(3, { 1: "c" }), row(1, { 1: "a", 2: "b" }), row(2, { 1: "x" }, "t2"), row(4, { 1: "z" }, "t1", "contest.submit"), row(5, { 2: "old" })];
  expect(dueAnswers(rows, "t1", new Set(["r5"]))).toEqual({ 1: "c", 2: "b" });
});

it("ends by the server's clock", () => expect(remainingMs(paper, Date.parse("2026-11-22T03:09:30Z"))).toBe(30_000));
