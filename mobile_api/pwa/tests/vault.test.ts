import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../src/api/types";
import { database, phoneGet, phoneSet } from "../src/store/db";
import { FREE_TRIES, keepSession, openFormer, pauseMs, unlock } from "../src/store/entering";
import { recall, remember, revise } from "../src/store/known";
import { change, countDue, newEpoch, record, rowsOf } from "../src/store/outbox";
import { IDLE_MS, allPersons, changePerson, current, getPerson, keepRelay, lock, lockIfIdle, restoreCurrent } from "../src/store/persons";
import { keepPhoto, photoUrl } from "../src/sync/photos";
import { pushAll } from "../src/sync";
import { freshPhone, person, standUp } from "./node";

vi.mock("../src/lib/pin", async (real) => ({ ...(await real<object>()), ROUNDS: 1_000 })); // the tests open it often

const deed = { activity: "a", action: "visit.log", body: { note: "Hẹn buổi tối" } };
const session = (id: string): Session => ({ token: `token-of-${id}`, person: { id, name: "Mai", highest_seq: 0, session_id: "s", relay_key: "relay-key" } }) as unknown as Session;
const SECRETS = ["Hẹn", "visit.log", "Nhà ông Bảy", "token-of-an", "relay-key", "1357"];

// Every store of the phone as text, the bytes too.
async function dump(): Promise<string> {
  const db = await database();
  const shown = (_: string, value: unknown) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder("utf-8").decode(value as ArrayBuffer) : value);
  return JSON.stringify(await Promise.all([...db.objectStoreNames].map((name) => db.getAll(name))), shown);
}

async function expectNothingReadable(): Promise<void> {
  const text = await dump();
  expect(text).toContain("Mai"); // the name stays, for the screen that asks who is there
  for (const secret of SECRETS) expect(text).not.toContain(secret);
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  await freshPhone();
  await (await database()).clear("persons");
});
afterEach(() => void [vi.unstubAllGlobals(), vi.useRealTimers()]);

async function comeIn(pin = "1357"): Promise<void> {
  await keepSession(session("an"), "device-an", pin);
  await remember("an", "me", { house: "Nhà ông Bảy" });
  await record("an", deed);
}

describe("what lies on the phone", () => {
  it("is written shut, and after the lock nothing of it can be read, by anybody, until the PIN", async () => {
    await comeIn();
    expect(await dump()).not.toContain("Hẹn");
    expect((await rowsOf("an"))[0]!.frozen).toContain("Hẹn buổi tối");
    await lock();
    await expectNothingReadable();
    expect([await rowsOf("an"), await recall("an", "me"), await countDue("an")]).toEqual([[], undefined, 1]);
    expect(await unlock("an", "1358")).toBe(false);
    await expectNothingReadable();
    expect(await unlock("an", "1357")).toBe(true);
    expect(await recall("an", "me")).toEqual({ house: "Nhà ông Bảy" });
    expect(current.get()).toMatchObject({ token: "token-of-an", relay: { key: "relay-key" } });
    expect((await rowsOf("an"))[0]!.frozen).toContain("Hẹn buổi tối");
  });

  it("opens nowhere but where it was put", async () => {
    await comeIn();
    await record("an", { ...deed, body: { note: "khác" } });
    const db = await database();
    const [one, other] = await db.getAll("outbox");
    await db.put("outbox", { ...one!, iv: other!.iv, box: other!.box });
    expect((await rowsOf("an")).map(({ id }) => id)).toEqual([other!.id]);
  });

  it("is never written in the open by an answer that comes after the lock", async () => {
    await comeIn();
    await lock();
    await remember("an", "late", "Nhà ông Bảy");
    await revise("an", "late", () => "Nhà ông Bảy");
    await keepRelay("an", { session_id: "s2", relay_key: "relay-key" });
    await expect(record("an", deed)).rejects.toThrow();
    await expectNothingReadable();
  });

  it("photos: their bytes are shut too, and come back", async () => {
    await comeIn();
    await keepPhoto("an", "digest", new TextEncoder().encode("Nhà ông Bảy trong ảnh") as Uint8Array<ArrayBuffer>);
    vi.stubGlobal("FileReader", class { result = "data:"; onloadend = () => undefined; readAsDataURL() { this.onloadend(); } });
    expect(await photoUrl("digest")).toBe("data:");
    await lock();
    await expectNothingReadable();
    expect(await photoUrl("digest")).toBeNull();
  });
});

describe("the lock", () => {
  it("comes by itself after a long stretch without a touch, and not before", async () => {
    await comeIn();
    await phoneSet("used", Date.now() - IDLE_MS + 60_000);
    await lockIfIdle();
    expect(current.get()?.id).toBe("an");
    await phoneSet("used", Date.now() - IDLE_MS - 60_000);
    await restoreCurrent();
    expect([current.get(), await phoneGet("key")]).toEqual([null, undefined]);
    await expectNothingReadable();
  });

  it("closes on whoever was in when somebody else comes in", async () => {
    await comeIn();
    await keepSession(session("binh"), "device-binh", "2468");
    expect(await getPerson("an")).toMatchObject({ token: null });
    expect(await rowsOf("an")).toEqual([]);
    expect(await unlock("an", "1357")).toBe(true);
    expect(await rowsOf("an")).toHaveLength(1);
    expect((await getPerson("binh"))?.token).toBeNull();
  });

  it("holds what waits back, and lets it go after the PIN; a new epoch met meanwhile is not forgotten", async () => {
    await comeIn();
    await remember("an", "team", { at: 1, cursor: 9, hash: "h", count: 2, etag: "e", stale: false, teams: [] });
    await newEpoch("first");
    await lock();
    const node = standUp();
    await pushAll();
    expect(node.bodies).toEqual([]);
    await newEpoch("second");
    await unlock("an", "1357");
    expect(await recall("an", "team")).toMatchObject({ count: 2, cursor: 0, hash: "", stale: true });
    await pushAll();
    expect(node.bodies[0]).toContain("Hẹn buổi tối");
    expect((await rowsOf("an"))[0]).toMatchObject({ state: "receipt", receipt: "LT-1" });
  });

  it("does not hinder a change of many rows in one transaction", async () => {
    await comeIn();
    for (let n = 0; n < 30; n++) await record("an", deed);
    const ids = (await rowsOf("an")).map(({ id }) => id);
    await change(ids, (row) => ({ ...row, reason: "x" }));
    expect((await rowsOf("an")).every(({ reason, frozen }) => reason === "x" && frozen.includes("Hẹn"))).toBe(true);
  });
});

describe("wrong PINs", () => {
  it("cost nothing four times, then a pause that doubles, and never what lies there", async () => {
    expect([1, FREE_TRIES, FREE_TRIES + 1, FREE_TRIES + 2, FREE_TRIES + 40].map((tries) => pauseMs(tries) / 60_000)).toEqual([0, 0, 1, 2, 60]);
    await comeIn();
    await lock();
    for (let n = 0; n < 12; n++) await unlock("an", "0000");
    const row = (await getPerson("an"))!;
    expect([row.tries, row.wait_until! > Date.now() + 59 * 60_000]).toEqual([12, true]);
    expect(await unlock("an", "1357")).toBe(true);
    expect((await getPerson("an"))!.tries).toBe(0);
  });
});

describe("signing in again", () => {
  it("with the same PIN finds everything", async () => {
    await comeIn();
    await changePerson("an", { token: null, revoked: true });
    await lock();
    await keepSession(session("an"), "another", "1357");
    expect((await rowsOf("an"))[0]!.frozen).toContain("Hẹn");
    expect(await getPerson("an")).toMatchObject({ device: "device-an", seq: 1, former: [] });
  });

  it("with another PIN while still in, shuts everything anew", async () => {
    await comeIn();
    await keepSession(session("an"), "another", "8642");
    await lock();
    expect(await unlock("an", "1357")).toBe(false);
    expect(await unlock("an", "8642")).toBe(true);
    expect((await rowsOf("an"))[0]!.frozen).toContain("Hẹn");
    expect((await getPerson("an"))!.former ?? []).toEqual([]);
  });

  it("with another PIN from behind the lock keeps what waits until somebody knows the old one", async () => {
    await comeIn();
    await lock();
    await keepSession(session("an"), "another", "8642");
    expect([await rowsOf("an"), await countDue("an")]).toEqual([[], 1]);
    expect((await record("an", deed))!.seq).toBe(2);
    expect(await openFormer("an", "0000")).toBe(false);
    expect(await openFormer("an", "1357")).toBe(true);
    expect((await rowsOf("an")).map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await getPerson("an"))!.former).toEqual([]);
    await lock();
    await expectNothingReadable();
  });
});

describe("a phone of an older version", () => {
  async function older(): Promise<void> {
    const db = await database();
    const text = new TextEncoder();
    const key = await crypto.subtle.importKey("raw", text.encode("1357"), "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode("salt"), iterations: 150_000 }, key, 256);
    const digest = Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
    await db.put("persons", { ...person("an"), name: "Mai", seq: 1, token: "token-of-an", pin: { salt: "salt", digest }, relay: { session: "s", key: "relay-key" } });
    await db.put("known", { key: "an:me", value: "Nhà ông Bảy", at: 1 });
    await db.put("households", { key: "an:h", row: { nickname: "Nhà ông Bảy" } as never, evicted: null });
    await db.put("bytes", { key: "an:d", bytes: text.encode("Hẹn") as Uint8Array<ArrayBuffer> });
    await db.put("outbox", { id: "r", person: "an", seq: 1, frozen: '{"note":"Hẹn","action":"visit.log"}', state: "frozen", outcome: null, acknowledged_ms: null } as never);
    await phoneSet("current", "an");
  }

  it("asks for the PIN at once, and after it nothing lies in the open any more", async () => {
    await older();
    await restoreCurrent();
    expect(current.get()).toBeNull();
    expect(await unlock("an", "1358")).toBe(false);
    expect(await unlock("an", "1357")).toBe(true);
    expect((await rowsOf("an"))[0]!.frozen).toContain("Hẹn");
    expect(await recall("an", "me")).toBe("Nhà ông Bảy");
    expect(await getPerson("an")).toMatchObject({ pin: null, sealed: true, token: "token-of-an" });
    await lock();
    await expectNothingReadable();
  });

  it("goes on where the app died while it shut everything", async () => {
    await older();
    const put = IDBObjectStore.prototype.put;
    const broken = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (this.name === "households") throw new DOMException("killed", "AbortError");
      return key === undefined ? put.call(this, value) : put.call(this, value, key);
    });
    await expect(unlock("an", "1357")).rejects.toThrow("killed");
    broken.mockRestore();
    expect(await dump()).toContain("Nhà ông Bảy");
    await lock();
    expect(await unlock("an", "1357")).toBe(true);
    await lock();
    await expectNothingReadable();
  });
});

it("where the browser has no crypto everything lies in the open as before, and the phone asks to sign in again", async () => {
  const { subtle } = crypto;
  Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
  await comeIn();
  Object.defineProperty(crypto, "subtle", { value: subtle, configurable: true });
  expect((await rowsOf("an"))[0]!.frozen).toContain("Hẹn");
  expect((await allPersons())[0]).toMatchObject({ vault: null });
  expect(await dump()).toContain("Hẹn");
});
