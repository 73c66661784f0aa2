import { describe, expect, it } from "vitest";
import { isComplete, orderOf, paired, shifted, ticked } from "../src/kinds/contest/forms";
import { questionOf } from "./node";

const options = ["c", "a", "b"].map((code) => ({ code, text: code })); // as shuffled by the node

describe("several answers", () => {
  it("are written sorted, however they were ticked", () => expect(ticked(ticked("c", "a"), "b")).toBe("a,b,c"));
  it("lose one that is ticked again, but never the last", () => {
    expect(ticked("a,c", "a")).toBe("c");
    expect(ticked("c", "c")).toBe("c");
  });
});

describe("an order", () => {
  const question = questionOf("1", { form: "ordering", options });
  it("begins as it was shown and is none until it is kept", () => {
    expect(orderOf(question, undefined)).toEqual(["c", "a", "b"]);
    expect(isComplete(question, undefined)).toBe(false);
  });
  it("is always all of it", () => {
    expect(shifted(orderOf(question, "b,a,c"), "c", -1).join()).toBe("b,c,a");
    expect(orderOf(question, "b,a")).toEqual(["c", "a", "b"]);
    expect(orderOf(question, "b,a,x")).toEqual(["c", "a", "b"]);
  });
  it("stays what it is at its ends", () => {
    const codes = ["c", "a", "b"];
    expect(shifted(codes, "c", -1)).toBe(codes);
    expect(shifted(codes, "b", 1)).toBe(codes);
  });
});

describe("pairs", () => {
  const question = questionOf("1", { form: "matching", options });
  it("are written sorted by the left, and are answered when all are there", () => {
    expect(paired(paired(undefined, "c", "1"), "a", "2")).toBe("a:2,c:1");
    expect(isComplete(question, "a:2,c:1")).toBe(false);
    expect(isComplete(question, "a:2,b:3,c:1")).toBe(true);
  });
  it("give a right-hand side to one left-hand side only", () => {
    expect(paired("a:2,c:1", "a", "1")).toBe("a:1");
    expect(paired("a:2,c:1", "a", "3")).toBe("a:3,c:1");
  });
});
