import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "../src/lib/bytes";
import { database } from "../src/store/db";
import { record } from "../src/store/outbox";
import { pushAll } from "../src/sync";
import { sendCarried } from "../src/sync/carried";
import { relaysOf } from "../src/sync/insurance";
import { keepPhoto, photosOf, sendPhotosOf } from "../src/sync/photos";
import { freshPhone, person, Refused, standUp, type FakeNode } from "./node";

const DAYS_MS = 86_400_000;
const relay = (whose: string) =>
  ({ key: `${whose}:s:iv`, session: "s", iv: "iv", sealed: "x", added_ms: Date.now(), state: "waiting" as const, taken: 0, refused: 0, reason: null });

// Keeps whole photos and says who sent them.
function album(whims: Record<string, () => unknown> = {}) {
  const sent: string[] = [];
  const answers: FakeNode["answers"] = {};
  const takes = (digest: string, size: number, whose: string) => {
    answers[`/photos/${digest}`] = () => whims[whose]?.() ?? (sent.push(whose), { arrived: size, size, complete: true, refused: null });
  };
  return { sent, answers, takes };
}

async function photoOf(whose: string): Promise<[digest: string, size: number]> {
  const bytes = new TextEncoder().encode(`a picture of ${whose}`) as Uint8Array<ArrayBuffer>;
  const digest = await sha256(bytes);
  await keepPhoto(whose, digest, bytes);
  await record(whose, { activity: "a", action: "visit.log", body: { household: "h", photos: [digest] } });
  return [digest, bytes.length];
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  await freshPhone();
  await (await database()).put("persons", person("bich"));
});
afterEach(() => void [vi.unstubAllGlobals(), vi.useRealTimers()]);

describe("what travels after the records", () => {
  it("is sent for everybody who is signed in, whoever has the phone in hand", async () => {
    const { sent, answers, takes } = album();
    for (const whose of ["an", "bich"]) takes(...(await photoOf(whose)), whose);
    await (await database()).put("relays", relay("bich"));
    standUp({ answers: { ...answers, "/sync/relay": () => ({ taken: 2, refused: 0 }) } });
    await pushAll();
    await sendCarried();
    expect(sent.sort()).toEqual(["an", "bich"]);
    expect(await relaysOf("bich")).toMatchObject([{ state: "sent", taken: 2 }]);
  });

  it("does not stop for one whose session is over, and says so at the end", async () => {
    const { sent, answers, takes } = album({ an: () => new Refused(401) });
    for (const whose of ["an", "bich"]) takes(...(await photoOf(whose)), whose);
    standUp({ answers });
    await pushAll();
    await expect(sendCarried()).rejects.toMatchObject({ status: 401 });
    expect(sent).toEqual(["bich"]);
  });

  it("waits while its owner is signed out", async () => {
    const { sent, answers, takes } = album();
    takes(...(await photoOf("bich")), "bich");
    standUp({ answers });
    await pushAll();
    await (await database()).put("persons", { ...person("bich"), token: null });
    await sendCarried();
    expect(sent).toEqual([]);
    expect(await photosOf("bich")).toMatchObject([{ state: "waiting", held: true }]);
  });

  it("is not taken for unnamed while the records that name it are locked away", async () => {
    const { sent, answers, takes } = album();
    takes(...(await photoOf("bich")), "bich");
    standUp({ answers });
    await pushAll();
    const db = await database();
    const [photo] = await photosOf("bich");
    await db.put("photos", { ...photo!, added_ms: Date.now() - 3 * DAYS_MS });
    await db.clear("outbox"); // as good as shut: nobody can read it
    const locked = { ...person("bich"), vault: { salt: new Uint8Array(16), rounds: 1, iv: new Uint8Array(12), box: new ArrayBuffer(0) } };
    await db.put("persons", locked);
    await sendPhotosOf(locked);
    expect(sent).toEqual([]);
    expect(await photosOf("bich")).toMatchObject([{ state: "waiting", held: true }]);
  });
});
