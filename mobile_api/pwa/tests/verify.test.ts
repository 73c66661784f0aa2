import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import fixture from "../../../tests/fixtures/credentials/papers.json";
import { fromBase64url } from "../src/lib/bytes";
import { bring, known } from "../src/verify/keep";
import { fromBase58 } from "../src/verify/multibase";
import { lines, type Told } from "../src/verify/nquads";
import { readCode, readSlip } from "../src/verify/slip";
import { readKeys, readList, type Keys, type List } from "../src/verify/trust";
import { didOf, verifyCode, verifyFile } from "../src/verify/verify";
import { verifies } from "../src/verify/ed25519";
import { phoneGet } from "../src/store/db";
import { freshPhone } from "./node";

interface Paper { name: string; raw: string; word: string; lists: string }
interface Printed { name: string; code: string; word: string; lists: string }
interface Table { at: string; did: Told; lists: Record<string, Told>; papers: Paper[]; codes: Printed[] }

// The table that the node's own verifier, a JavaScript and a Python library are held against.
const table = fixture as unknown as Table;
const AT = Date.parse(table.at);
const bytes = fromBase64url;
let keys: Keys;

async function lists(name: string): Promise<Map<string, List>> {
  if (name === "none") return new Map();
  const list = await readList(table.lists[name]!, keys);
  return new Map([[list.address, list]]);
}

beforeEach(() => void (keys = readKeys(table.did)));
afterEach(() => void vi.unstubAllGlobals());

describe("a file", () => {
  it.each(table.papers.map((paper) => [paper.name, paper] as const))("%s", async (_, paper) => {
    const said = await verifyFile(bytes(paper.raw), [keys], await lists(paper.lists), AT);
    expect(said.word).toBe(paper.word);
    expect(JSON.stringify(said)).not.toContain("Kẻ Sửa");
    expect(Boolean(said.paper)).toBe(["valid", "revoked", "stale", "expired", "key_expired"].includes(paper.word));
  });

  it("says the same with the library where the phone has no Ed25519", async () => {
    vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new DOMException("unknown", "NotSupportedError"));
    for (const paper of table.papers.filter(({ word }) => ["valid", "altered", "revoked"].includes(word))) {
      const list = new Map<string, List>();
      expect((await verifyFile(bytes(paper.raw), [keys], list, AT)).word).toBe(paper.word === "altered" ? "altered" : "stale");
    }
    vi.restoreAllMocks();
  });

  it("names the moment of the list it looked at", async () => {
    const paper = table.papers.find(({ name }) => name === "revoked while offline")!;
    const said = await verifyFile(bytes(paper.raw), [keys], await lists("old"), AT);
    expect([said.word, said.checked]).toEqual(["valid", AT - 2 * 86_400_000]);
    expect((await verifyFile(bytes(paper.raw), [keys], await lists("old"), AT + 6 * 86_400_000)).word).toBe("stale");
    expect((await verifyFile(bytes(paper.raw), [keys], await lists("now"), AT)).word).toBe("revoked");
  });

  it("of a text that unpacks to more than a credential takes is not read", async () => {
    const [paper] = table.papers;
    const huge = new Uint8Array(21 * 1024 * 1024);
    huge.set(bytes(paper!.raw));
    expect((await verifyFile(huge, [keys], new Map(), AT)).word).toBe("unreadable");
  });
});

describe("a code", () => {
  it.each(table.codes.map((code) => [code.name, code] as const))("%s", async (_, { code, word, lists: which }) => {
    const said = await verifyCode(readCode(code)!, [keys], await lists(which), AT);
    expect(said.word).toBe(word);
  });

  it("tells what the paper says", async () => {
    const said = await verifyCode(readCode(table.codes[0]!.code)!, [keys], await lists("now"), AT);
    expect(said.paper).toMatchObject({ number: "7K3M-9QXA-22TD-HF0X", issuer: "Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên" });
  });

  it("with another's signature, another number or another slip does not pass", async () => {
    const [good, revoked] = table.codes.map(({ code }) => readCode(code)!);
    const known = [keys];
    const all = await lists("now");
    const of = async (change: object) => (await verifyCode({ ...good!, ...change }, known, all, AT)).word;
    expect(await of({ signature: revoked!.signature })).toBe("altered");
    expect(await of({ slip: revoked!.slip })).toBe("altered");
    expect(await of({ number: "0000-0000-0000-0000" })).toBe("altered");
    expect(await of({ signature: null })).toBe("altered");
    expect(await of({ signature: "ký" })).toBe("altered");
    expect(await of({ slip: "" })).toBe("unreadable");
    expect(await of({ slip: "AAAA" })).toBe("unreadable");
    expect(await of({ origin: "https://other.example" })).toBe("unknown_issuer");
  });

  it("of something else is no code of ours", () => {
    for (const text of ["", "LTH1.x", "https://lantoa.example/", "https://lantoa.example/xac-minh/abc", "javascript:alert(1)", "https://lantoa.example/xac-minh/7k3m-9qxa-22td-hf0x"]) expect(readCode(text)).toBeNull();
  });

  it("is read to its last letter", async () => {
    const slip = await readSlip(readCode(table.codes[0]!.code)!.slip);
    expect(slip.text.split("|")).toHaveLength(9);
    expect(slip.name).toMatch(/^Nguyễn Thị Ấn Ợt/);
  });
});

describe("keys and lists", () => {
  it("are refused when somebody changed them", async () => {
    const now = table.lists.now!;
    await expect(readList({ ...now, validUntil: "2099-01-01T00:00:00Z" }, keys)).rejects.toThrow();
    await expect(readList({ ...now, issuer: "did:web:other.example" }, keys)).rejects.toThrow();
    await expect(readList({ ...now, credentialSubject: { ...(now.credentialSubject as Told), encodedList: (table.lists.old!.credentialSubject as Told).encodedList } }, keys)).rejects.toThrow();
    expect(() => readKeys({ id: "x" })).toThrow();
    expect(() => lines({ "@context": ["https://evil.example"] })).toThrow();
  });

  it("of a withdrawn key nothing is left", () => {
    expect(keys.byMethod.size).toBe(2);
  });

  it("are named as the node names itself", () => {
    expect(didOf("https://lantoa.example")).toBe(keys.did);
    expect(didOf("http://127.0.0.1:8000")).toBe("did:web:localhost%3A8000");
  });

  it("come out of base 58 whole", () => {
    expect([...fromBase58("z112")]).toEqual([0, 0, 1]);
    for (const bad of ["", "x1", "z0", `z${"1".repeat(200)}`]) expect(() => fromBase58(bad)).toThrow(RangeError);
  });

  it("a key or signature of another length is no key", async () => {
    expect(await verifies(new Uint8Array(31), new Uint8Array(1), new Uint8Array(64))).toBe(false);
  });
});

describe("what is kept", () => {
  const node = (answers: Record<string, unknown>) => vi.stubGlobal("fetch", async (path: string) => (path in answers ? new Response(JSON.stringify(answers[path])) : new Response("", { status: 404 })));
  beforeEach(freshPhone);

  it("serves without signal", async () => {
    node({ "/.well-known/did.json": table.did, "/trang-thai/1": table.lists.now });
    expect(await bring()).toBe(true);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("away")));
    expect(await bring()).toBe(false);
    const now = await known();
    const paper = table.papers.find(({ name }) => name === "revoked")!;
    expect((await verifyFile(bytes(paper.raw), now.keys, now.lists, AT)).word).toBe("revoked");
  });

  it("is not replaced by what a Wi-Fi's sign-in page answers", async () => {
    node({ "/.well-known/did.json": table.did, "/trang-thai/1": table.lists.now });
    await bring();
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 200 }));
    expect(await bring()).toBe(false);
    node({ "/.well-known/did.json": table.did, "/trang-thai/1": { ...table.lists.now, validUntil: "2099-01-01T00:00:00Z" } });
    expect(await bring()).toBe(false);
    expect((await phoneGet("trust"))?.lists).toHaveLength(1);
    expect((await known()).lists.size).toBe(1);
  });

  it("is nothing on a phone that never had a signal", async () => {
    const now = await known();
    expect([now.keys.length, now.at]).toEqual([0, null]);
    expect((await verifyFile(bytes(table.papers[0]!.raw), now.keys, now.lists, AT)).word).toBe("unknown_issuer");
  });
});
