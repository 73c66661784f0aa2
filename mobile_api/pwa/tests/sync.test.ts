import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { database, phoneGet } from "../src/store/db";
import { newEpoch, record, rowsOf } from "../src/store/outbox";
import { changePerson, getPerson, moveCursor } from "../src/store/persons";
import { observe, probe, pushAll } from "../src/sync";
import { freshPhone, RECEIVED, Refused, standUp } from "./node";

const deed = { activity: "a", action: "contest.answer", body: {} };
const soon = globalThis.setTimeout; // the real one
const states = async () => (await rowsOf("an")).map((row) => row.state);

async function until(there: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100 && !(await there()); tries++) await new Promise((next) => soon(next, 1));
  expect(await there()).toBe(true);
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] }); // nothing is pushed but by the test
  await freshPhone();
  observe();
});
afterEach(() => void [vi.unstubAllGlobals(), vi.useRealTimers()]);

describe("after the node was restored", () => {
  it("what had a receipt is offered again with its voucher, what had none without, and never a voucher otherwise", async () => {
    const node = standUp();
    await record("an", deed);
    await pushAll();
    expect(JSON.parse(node.bodies[0]!)).not.toHaveProperty("vouchers");
    const [done] = await rowsOf("an");
    expect(done).toMatchObject({ state: "receipt", received_at: RECEIVED, seal: `seal-of-${done!.id}` });

    node.epoch = "second";
    await probe();
    await until(async () => (await states())[0] === "sent");
    expect((await getPerson("an"))?.cursor).toBe(0);
    await record("an", deed);
    await pushAll();
    const { operations, vouchers } = JSON.parse(node.bodies[1]!);
    expect(operations).toHaveLength(2);
    expect(vouchers).toEqual([{ id: done!.id, received_at: RECEIVED, seal: `seal-of-${done!.id}` }]);
    expect(node.bodies[1]).toContain(done!.frozen);

    expect(await states()).toEqual(["receipt", "receipt"]);
    await record("an", deed);
    await pushAll();
    expect(JSON.parse(node.bodies[2]!)).not.toHaveProperty("vouchers");
  });

  it("a receipt of an older version of the app, which kept no seal, travels without a voucher", async () => {
    const node = standUp();
    await record("an", deed);
    await pushAll();
    const { seal: _, ...older } = (await rowsOf("an"))[0]!;
    await (await database()).put("outbox", older);
    await newEpoch("second");
    node.epoch = "second";
    await pushAll();
    expect(JSON.parse(node.bodies[1]!)).not.toHaveProperty("vouchers");
  });

  it("the new epoch is kept only together with the rows to offer again", async () => {
    standUp();
    await record("an", deed);
    await pushAll();
    await until(async () => (await phoneGet("epoch")) === "first");
    const put = IDBObjectStore.prototype.put;
    const broken = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (this.name === "outbox") throw new DOMException("killed", "AbortError");
      return key === undefined ? put.call(this, value) : put.call(this, value, key);
    });
    await expect(newEpoch("second")).rejects.toThrow("killed");
    broken.mockRestore();
    expect(await phoneGet("epoch")).toBe("first");
    expect(await newEpoch("second")).toBe(true);
    expect(await states()).toEqual(["sent"]);
    expect(await newEpoch("second")).toBe(false);
  });

  it("a pull that was on its way does not move the cursor back to where the old node was", async () => {
    await newEpoch("first");
    await newEpoch("second");
    expect(await moveCursor("an", 70, 90)).toBe(false);
    expect((await getPerson("an"))?.cursor).toBe(0);
  });
});

describe("a 401", () => {
  it("for a token that was replaced meanwhile leaves the new one", async () => {
    standUp({ answers: { "/sync/push": async () => (await changePerson("an", { token: "new" }), new Refused(401)) } });
    await record("an", deed);
    await pushAll();
    expect(await getPerson("an")).toMatchObject({ token: "new", revoked: false });
    expect(await states()).toEqual(["sent"]);
  });

  it("for the token in use ends the session and keeps what was done", async () => {
    standUp({ answers: { "/sync/push": () => new Refused(401) } });
    await record("an", deed);
    await pushAll();
    expect(await getPerson("an")).toMatchObject({ token: null, revoked: true });
    expect(await states()).toEqual(["sent"]);
  });
});
