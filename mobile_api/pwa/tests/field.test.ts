import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HouseholdOut, PulledChange, TeamLoad } from "../src/api/types";
import { database } from "../src/store/db";
import { newEpoch, record, rowsOf } from "../src/store/outbox";
import { current, getPerson, type PersonRow } from "../src/store/persons";
import { observe, pushAll } from "../src/sync";
import { sha256 } from "../src/lib/bytes";
import { pull } from "../src/sync/pull";
import { households } from "../src/sync/households";
import { keepPhoto, photosOf, sendPhotosOf } from "../src/sync/photos";
import { shedOrder } from "../src/sync/space";
import { loadTeamOf, sweep, takeChange, teamOf } from "../src/sync/team";
import { freshPhone, person, Refused, standUp, UNCHANGED, type FakeNode, type Sent } from "./node";

const an: PersonRow = person("an");
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const row = (n: number, part: Partial<HouseholdOut> = {}): HouseholdOut => ({
  id: uuid(n), version: 1, code: `H${n}`, kind: "household", nickname: `Nhà ${n} (hư cấu)`, hamlet: { id: "x", name: "Xóm Đồng" }, team: "t",
  last_visit: null, follow_up_on: null, promised_by: null, no_further_visit: false, card: `LTH1.${uuid(n)}.1.sig`, ...part,
});
const digestOf = (rows: HouseholdOut[]) => sha256(new TextEncoder().encode(rows.map(({ id, version }) => `${id}:${version}\n`).join("")));
const turn = globalThis.setTimeout; // the real one

// Serves `rows` in parts of two, as the node would.
function serving(rows: HouseholdOut[], options: { cursor?: number; hash?: string; lose?: number } = {}): FakeNode["answers"] {
  return {
    "/team/load": async (_: string, { query }: Sent): Promise<TeamLoad> => {
      const part = Number(query.get("part"));
      if (options.lose === part) throw new TypeError("no network");
      const manifest = { parts: Math.max(1, Math.ceil(rows.length / 2)), count: rows.length, hash: options.hash ?? (await digestOf(rows)) };
      return { manifest, cursor: options.cursor ?? 50, part, teams: [], households: rows.slice(part * 2, part * 2 + 2) };
    },
  };
}

const names = async () => (await households()).map(({ nickname }) => nickname);
const change = (n: number, seq: number, what: string, data: unknown): PulledChange => ({ seq, noun: "household", id: uuid(n), change: what, data }) as PulledChange;
const visit = (n: number, photos: string[] = []) => ({ activity: "a", action: "visit.log", body: { household: uuid(n), photos } });

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  await freshPhone();
  current.set(an);
  observe();
});
afterEach(() => void [vi.unstubAllGlobals(), vi.useRealTimers()]);

describe("the team's list", () => {
  it("takes the place of the old one whole, and what changed meanwhile is pulled again", async () => {
    standUp({ answers: serving([row(1), row(2), row(3)], { cursor: 40 }) });
    expect(await loadTeamOf(an)).toBe("loaded");
    expect(await names()).toHaveLength(3);
    expect((await getPerson("an"))?.cursor).toBe(40);
    expect(await (await database()).count("staging")).toBe(0);
  });

  it("that stops halfway leaves the old one, and goes on where it stopped", async () => {
    standUp({ answers: serving([row(1)]) });
    await loadTeamOf(an);
    const next = [row(2), row(3), row(4), row(5)];
    standUp({ answers: serving(next, { lose: 1 }) });
    await expect(loadTeamOf(an)).rejects.toThrow();
    expect(await names()).toEqual(["Nhà 1 (hư cấu)"]);
    const asked: string[] = [];
    const answers = serving(next);
    standUp({ answers: { "/team/load": (body, sent) => (asked.push(sent.query.get("part")!), answers["/team/load"]!(body, sent)) } });
    await loadTeamOf(an);
    expect(asked).toEqual(["1"]);
    expect(await names()).toHaveLength(4);
  });

  it("with a row too few or another hash is not used", async () => {
    standUp({ answers: serving([row(1)]) });
    await loadTeamOf(an);
    standUp({ answers: serving([row(2), row(3), row(4)], { hash: await digestOf([row(2), row(3)]) }) });
    await expect(loadTeamOf(an)).rejects.toThrow("manifest");
    expect(await names()).toEqual(["Nhà 1 (hư cấu)"]);
    expect(await (await database()).count("staging")).toBe(0);
  });

  it("that changed between two parts begins anew the next time", async () => {
    const [before, after] = [serving([row(1), row(2), row(3)]), serving([row(4), row(5), row(6)])];
    standUp({ answers: { "/team/load": (body, sent) => (sent.query.get("part") === "0" ? before : after)["/team/load"]!(body, sent) } });
    await expect(loadTeamOf(an)).rejects.toThrow("changed");
    standUp({ answers: after });
    await loadTeamOf(an);
    expect(await names()).toEqual([4, 5, 6].map((n) => `Nhà ${n} (hư cấu)`));
  });

  it("that the node says is the same costs nothing", async () => {
    standUp({ answers: serving([row(1)]) });
    await loadTeamOf(an);
    standUp({ answers: { "/team/load": () => UNCHANGED } });
    expect(await loadTeamOf(an)).toBe("same");
    expect(await names()).toHaveLength(1);
  });

  it("is another person's on the same phone only when it is theirs", async () => {
    standUp({ answers: serving([row(1)]) });
    await loadTeamOf(an);
    current.set(person("binh"));
    expect(await names()).toEqual([]);
  });
});

describe("a household that another team has now", () => {
  beforeEach(async () => {
    standUp({ answers: serving([row(1), row(2)], { cursor: 50 }) });
    await loadTeamOf(an);
  });
  const left = { reason: "reassigned", team: "Tổ 2" };

  it("stays, marked, until what waits about it has its receipt, and then leaves for good", async () => {
    await record("an", visit(1));
    await takeChange(an, change(1, 51, "evicted", left));
    await sweep("an");
    expect((await households()).find(({ id }) => id === uuid(1))).toMatchObject({ evicted: left, waiting: 1 });
    await pushAll();
    await takeChange(an, change(2, 52, "changed", row(2, { version: 2 }))); // any move makes the next round look again
    await sweep("an");
    expect((await households()).map(({ id }) => id)).toEqual([uuid(2)]);
    expect(JSON.stringify(await (await database()).getAll("households"))).not.toContain("Nhà 1");
  });

  it("and back again is in the list", async () => {
    await takeChange(an, change(1, 51, "evicted", left));
    await sweep("an");
    await takeChange(an, change(1, 52, "changed", row(1, { version: 3 })));
    expect((await households()).find(({ id }) => id === uuid(1))).toMatchObject({ version: 3, evicted: null });
  });

  it("is not torn out by an old eviction: from before the list, or of one that came back", async () => {
    await takeChange(an, change(1, 49, "evicted", left));
    await takeChange(an, change(2, 60, "evicted", null));
    await sweep("an");
    expect(await names()).toHaveLength(2);
  });

  it("is not written over by an older state of itself", async () => {
    await takeChange(an, change(1, 51, "changed", row(1, { version: 4, nickname: "mới" })));
    await takeChange(an, change(1, 52, "changed", row(1, { version: 3, nickname: "cũ" })));
    expect(await names()).toContain("mới");
  });
});

describe("a household met first by this phone", () => {
  const met = { activity: "a", action: "visit.household", body: { household: uuid(9), kind: "household", nickname: "Nhà bác Tám (hư cấu)", hamlet: "x" } };

  it("is in the list at once and gives way to the node's row", async () => {
    standUp({ answers: serving([row(1)]) });
    await loadTeamOf(an);
    await record("an", met);
    expect((await households()).find(({ id }) => id === uuid(9))).toMatchObject({ mine: true, code: null, waiting: 1, nickname: "Nhà bác Tám (hư cấu)" });
    await pushAll();
    await takeChange(an, change(9, 51, "changed", row(9, { code: "X-H009" })));
    expect((await households()).filter(({ id }) => id === uuid(9))).toMatchObject([{ mine: false, code: "X-H009", waiting: 0 }]);
  });

  it("does not come back after the node's list no longer has it", async () => {
    standUp({ answers: serving([row(1)]) });
    await record("an", met);
    await pushAll();
    await new Promise((next) => turn(next, 1));
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 1_000);
    await loadTeamOf(an);
    vi.restoreAllMocks();
    expect((await households()).map(({ id }) => id)).toEqual([uuid(1)]);
  });
});

describe("after the node was restored", () => {
  it("the list is fetched whole again, and photos that are still here are offered again", async () => {
    standUp({ answers: serving([row(1)]) });
    await newEpoch("first");
    await loadTeamOf(an);
    const db = await database();
    await keepPhoto("an", "d1", new Uint8Array([1]));
    await db.put("photos", { ...(await photosOf("an"))[0]!, state: "sent", arrived: 1 });
    await newEpoch("second");
    expect(await teamOf("an")).toMatchObject({ stale: true, cursor: 0, hash: "" });
    expect(await photosOf("an")).toMatchObject([{ state: "waiting", arrived: 0 }]);
    expect(await names()).toHaveLength(1);
  });
});

describe("numbers that never arrived", () => {
  it("are offered again once, byte for byte, when the phone has them", async () => {
    const missing = [[1, 1], [7, 9]];
    const node = standUp({ answers: { "/sync/pull": () => ({ cursor: 70, more: false, changes: [], missing }) } });
    await record("an", visit(1));
    await record("an", visit(2));
    await pushAll();
    expect(await pull(an)).toBe(true);
    expect((await rowsOf("an")).map(({ state }) => state)).toEqual(["sent", "receipt"]);
    await pushAll();
    expect(node.bodies[1]).toContain((await rowsOf("an"))[0]!.frozen);
    expect(await pull(an)).toBe(false); // it asks on, and the phone does not send for ever
  });
});

describe("photos", () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
  let digest = "";
  beforeEach(async () => void (digest = await sha256(bytes)));

  // Keeps what arrives as the node does; `whims` may spoil one answer by its number.
  function album(whims: Record<number, () => unknown> = {}) {
    const held = { bytes: [] as number[], complete: false, puts: 0 };
    const standing = () => ({ arrived: held.bytes.length, size: bytes.length, complete: held.complete, refused: null });
    const answers: FakeNode["answers"] = {
      [`/photos/${digest}`]: (_, { method, query, bytes: piece }) => {
        if (method === "GET") return held.bytes.length ? standing() : new Refused(404, { code: "not_found" });
        if (Number(query.get("offset")) !== held.bytes.length) return new Refused(409, { code: "offset_differs", arrived: held.bytes.length });
        for (const byte of piece) held.bytes.push(byte);
        held.complete = held.bytes.length === bytes.length;
        return whims[++held.puts]?.() ?? standing();
      },
    };
    return { held, answers };
  }
  const whole = async (held: { bytes: number[] }) => (await sha256(Uint8Array.from(held.bytes))) === digest;

  it("wait for the receipt of the record that names them, and then go in pieces", async () => {
    const { held, answers } = album();
    standUp({ answers });
    await keepPhoto("an", digest, bytes);
    await record("an", visit(1, [digest]));
    await sendPhotosOf(an);
    expect(held.puts).toBe(0);
    await pushAll();
    await sendPhotosOf(an);
    expect(held.puts).toBe(3);
    expect(await whole(held)).toBe(true);
    expect(await photosOf("an")).toMatchObject([{ state: "sent", arrived: bytes.length }]);
  });

  it("of an initiative, which gives each a name, go as well", async () => {
    const { held, answers } = album();
    standUp({ answers });
    await keepPhoto("an", digest, bytes);
    await record("an", { activity: "a", action: "initiative.write", body: { initiative: uuid(1), files: [{ digest, name: "quay.jpg" }] } });
    await pushAll();
    await sendPhotosOf(an);
    expect(await whole(held)).toBe(true);
  });

  it("go on where they stopped, also when the answer to a piece got lost", async () => {
    const { held, answers } = album({ 2: () => { throw new TypeError("no network"); } });
    standUp({ answers });
    await keepPhoto("an", digest, bytes);
    await record("an", visit(1, [digest]));
    await pushAll();
    await expect(sendPhotosOf(an)).rejects.toThrow();
    expect(await photosOf("an")).toMatchObject([{ state: "waiting" }]);
    await sendPhotosOf(an);
    expect(await whole(held)).toBe(true);
    expect(held.puts).toBe(3);
  });

  it("that the node cannot use are tried a few times and no more", async () => {
    let tries = 0;
    standUp({ answers: { [`/photos/${digest}`]: (_, { method }) => (method === "GET" ? new Refused(404, {}) : (tries++, new Refused(409, { code: "photo_differs" }))) } });
    await keepPhoto("an", digest, bytes);
    await record("an", visit(1, [digest]));
    await pushAll();
    for (let round = 0; round < 5; round++) await sendPhotosOf(an);
    expect(tries).toBe(3);
    expect(await photosOf("an")).toMatchObject([{ state: "refused", reason: "photo_differs" }]);
  });

  it("leave in this order when room is short: what was sent, oldest first, and never what waits", () => {
    const one = (digest: string, state: "waiting" | "sent" | "refused", added_ms: number, held = true) =>
      ({ key: digest, digest, size: 1, added_ms, arrived: 0, state, reason: null, tries: 0, held });
    const all = [one("new", "sent", 3), one("wait", "waiting", 0), one("gone", "sent", 0, false), one("old", "sent", 1), one("bad", "refused", 2)];
    expect(shedOrder(all).map(({ digest }) => digest)).toEqual(["old", "bad", "new"]);
  });
});
