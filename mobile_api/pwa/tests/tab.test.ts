// Two tabs of one phone and one paper, with locks that behave as a browser's do.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { holdPaper, type Tab } from "../src/kinds/contest/tab";

type Given = (lock: object | null) => Promise<void> | undefined;

function browser(): LockManager {
  const holders = new Map<string, (stolen: Error) => void>();
  const request = (name: string, options: LockOptions, given: Given): Promise<void> => {
    if (holders.has(name) && !options.steal) return Promise.resolve(given(null));
    holders.get(name)?.(new DOMException("stolen", "AbortError"));
    return new Promise((done, stolen) => {
      holders.set(name, stolen);
      void given({})?.then(() => [holders.get(name) === stolen && holders.delete(name), done()]);
    });
  };
  return { request } as unknown as LockManager;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settled = () => vi.advanceTimersByTimeAsync(1_000);

it("the second tab says so, takes the paper when asked, and the first one then says so", async () => {
  const locks = browser();
  const said: Record<string, Tab> = {};
  const first = holdPaper("t1", (tab) => (said.first = tab), locks);
  const second = holdPaper("t1", (tab) => (said.second = tab), locks);
  holdPaper("t2", (tab) => (said.otherPaper = tab), locks);
  await settled();
  expect(said).toEqual({ first: "mine", second: "other", otherPaper: "mine" });
  second.take();
  await settled();
  expect(said).toMatchObject({ first: "other", second: "mine" });
  first.take();
  await settled();
  expect(said).toMatchObject({ first: "mine", second: "other" });
});

it("a page that is reloaded waits the moment its former life needs to let go", async () => {
  const locks = browser();
  const said: Tab[] = [];
  const before = holdPaper("t1", () => undefined, locks);
  holdPaper("t1", (tab) => said.push(tab), locks);
  await vi.advanceTimersByTimeAsync(100);
  before.release();
  await settled();
  expect(said).toEqual(["mine"]);
});

it("a browser without locks is let work", () => {
  const said: Tab[] = [];
  holdPaper("t1", (tab) => said.push(tab), null);
  expect(said).toEqual(["mine"]);
});
