import "fake-indexeddb/auto";
import { openDB, deleteDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromBase64url, toBase64url } from "../src/lib/bytes";
import { database } from "../src/store/db";
import { record, rowsOf } from "../src/store/outbox";
import { allPersons, changePerson, current, getPerson, wasLost } from "../src/store/persons";
import { observe, pushAll } from "../src/sync";
import { ExportRefused, exportOutbox, readFile, relayFile, relaysOf, sendRelaysOf } from "../src/sync/insurance";
import { keepPhoto } from "../src/sync/photos";
import { freshPhone, person, Refused, standUp } from "./node";

const KEY = crypto.getRandomValues(new Uint8Array(32));
const SESSION = "0195d000-0000-7000-8000-000000000001";
const deed = { activity: "a", action: "visit.log", body: { note: "Đồng Tiến" } };

async function opened({ iv, sealed }: { iv: string; sealed: string }): Promise<string> {
  const key = await crypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["decrypt"]);
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64url(iv) }, key, fromBase64url(sealed)));
}
const turn = globalThis.setTimeout; // the real one

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  await freshPhone();
  await changePerson("an", { relay: { session: SESSION, key: toBase64url(KEY) } });
  current.set((await getPerson("an"))!);
  observe();
});
afterEach(() => void [vi.unstubAllGlobals(), vi.useRealTimers()]);

describe("the outbox in a file", () => {
  it("is exactly what a push would be, sealed, in parts of one push each; and all of it waits on", async () => {
    for (let n = 0; n < 60; n++) await record("an", deed);
    const made = (await exportOutbox())!;
    expect(made.deeds).toBe(60);
    expect(made.file.name).toMatch(/^lan-toa-\d{4}-\d\d-\d\d\.ltx$/);
    const text = await made.file.text();
    expect(text).not.toContain("Tiến");
    const { session, parts } = readFile(text);
    expect(session).toBe(SESSION);
    const pushes = (await Promise.all(parts.map(opened))).map((one) => JSON.parse(one) as { device_id: string; operations: { seq: number }[] });
    expect(pushes.map(({ operations }) => operations.length)).toEqual([50, 10]);
    expect(pushes.flatMap(({ operations }) => operations.map(({ seq }) => seq))).toEqual([...Array(60).keys()].map((n) => n + 1));
    expect(pushes[0]!.device_id).toBe("device-an");
    for (const row of await rowsOf("an")) expect(row.state).toBe("frozen");
  });

  it("holds nothing when nothing waits, and needs a key", async () => {
    standUp();
    await record("an", deed);
    await pushAll();
    expect(await exportOutbox()).toBeNull();
    await record("an", deed);
    await changePerson("an", { relay: null });
    await expect(exportOutbox()).rejects.toBeInstanceOf(ExportRefused);
  });
});

describe("carrying another phone's file", () => {
  const part = { iv: "A".repeat(16), sealed: "c2VhbGVk" };
  const file = (more: object = {}) => new Blob([JSON.stringify({ v: 1, session: SESSION, ...part, ...more })]);

  it("waits for signal, is one row however often it is taken, and keeps nothing of it once the node has it", async () => {
    await relayFile(file());
    await relayFile(file());
    expect(await relaysOf("an")).toMatchObject([{ state: "waiting" }]);
    standUp({ here: false });
    await expect(sendRelaysOf(person("an"))).rejects.toThrow();
    expect(await relaysOf("an")).toMatchObject([{ state: "waiting" }]);
    const bodies: unknown[] = [];
    standUp({ answers: { "/sync/relay": (body) => (bodies.push(JSON.parse(body)), { taken: 3, refused: 1 }) } });
    await sendRelaysOf(person("an"));
    await sendRelaysOf(person("an"));
    expect(bodies).toEqual([{ session: SESSION, ...part }]);
    expect(await relaysOf("an")).toMatchObject([{ state: "sent", taken: 3, refused: 1, sealed: "" }]);
    await relayFile(file());
    expect(await relaysOf("an")).toMatchObject([{ state: "sent" }]);
  });

  it("that the node refuses says so and is not sent again", async () => {
    let asked = 0;
    await relayFile(file());
    standUp({ answers: { "/sync/relay": () => (asked++, new Refused(409, { code: "relay_refused", detail: "Tệp này không nhận được" })) } });
    await sendRelaysOf(person("an"));
    await sendRelaysOf(person("an"));
    expect(asked).toBe(1);
    expect(await relaysOf("an")).toMatchObject([{ state: "refused", reason: "Tệp này không nhận được" }]);
  });

  it.each([
    ["no JSON", "<html>chào</html>"], ["nothing", "null"], ["a list", "[]"], ["another version", JSON.stringify({ v: 2, session: SESSION, ...part })],
    ["no session", JSON.stringify({ v: 1, session: "x", ...part })], ["no iv", JSON.stringify({ v: 1, session: SESSION, sealed: "aa" })],
    ["odd more", JSON.stringify({ v: 1, session: SESSION, ...part, more: [null] })],
  ])("refuses %s", async (_, text) => {
    await expect(relayFile(new Blob([text]))).rejects.toMatchObject({ code: "not_a_file" });
    expect(await relaysOf("an")).toEqual([]);
  });
});

describe("a phone reported lost", () => {
  it("wipes what is that person's, unsent deeds too, and leaves the others' alone", async () => {
    const db = await database();
    await db.put("persons", { ...person("binh"), token: "b" });
    await record("an", deed);
    await record("binh", deed);
    await keepPhoto("an", "d", new Uint8Array([1]));
    await relayFile(new Blob([JSON.stringify({ v: 1, session: SESSION, iv: "A".repeat(16), sealed: "aa" })]));
    standUp({ answers: { "/sync/push": () => new Refused(401, { code: "device_lost" }) } });
    await changePerson("binh", { token: null });
    await pushAll();
    for (let tries = 0; tries < 50 && (await getPerson("an")); tries++) await new Promise((next) => turn(next, 1));
    expect((await allPersons()).map(({ id }) => id)).toEqual(["binh"]);
    expect(await rowsOf("an")).toEqual([]);
    for (const store of ["photos", "bytes", "relays", "known"] as const) expect(await db.count(store)).toBe(0);
    expect(await rowsOf("binh")).toHaveLength(1);
    expect(current.get()).toBeNull();
    expect(wasLost.get()).toBe(true);
  });
});

describe("a phone with the older database", () => {
  it("keeps everything when the app is newer", async () => {
    (await database()).close();
    await deleteDB("lantoa");
    const old = await openDB("lantoa", 1, {
      upgrade(db) {
        db.createObjectStore("phone");
        db.createObjectStore("persons", { keyPath: "id" });
        db.createObjectStore("outbox", { keyPath: "id" }).createIndex("person", ["person", "seq"]);
        db.createObjectStore("known", { keyPath: "key" });
      },
    });
    const { relay: _, ...before } = person("an");
    await old.put("persons", before);
    await old.put("outbox", { id: "r", person: "an", seq: 1, frozen: "{}", state: "frozen" });
    old.close();
    expect((await rowsOf("an")).map(({ id }) => id)).toEqual(["r"]);
    expect(await getPerson("an")).toEqual(before);
    expect(await (await database()).count("households")).toBe(0);
  });
});
