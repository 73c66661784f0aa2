// What can be said of a file or a scanned code without asking anybody. The same words as backend/certificates/rules.py.
import { fromBase64url } from "../lib/bytes";
import { verifies } from "./ed25519";
import { toBytes } from "./multibase";
import { lines, type Told } from "./nquads";
import { isPng, KEYWORD, textIn } from "./png";
import { readSlip, type Code } from "./slip";
import { isSet, momentOf, proofHolds, proofOf, type Key, type Keys, type List } from "./trust";

export type Word = "valid" | "revoked" | "altered" | "not_theirs" | "unknown_issuer" | "key_expired" | "expired" | "stale" | "unreadable";

export interface Verdict {
  word: Word;
  issuerId?: string;
  paper?: { number: string; name: string; title: string; issuer: string; day: string }; // only where a signature stands for it
  checked?: number; // the moment of the list that was looked at
}

interface Found {
  key: Key | undefined;
  intact: boolean;
  signed?: number;
  from?: number;
  until?: number | undefined;
  list: List | undefined;
  position: number;
}

const LONGEST_JSON = 256 * 1024;
const LONGEST_FILE = 20 * 1024 * 1024;

// A paper once taken back stays so, and an old list may say it; that one was not taken back only a fresh list may say.
function word({ key, intact, signed, from, until, list, position }: Found, at: number): Word {
  if (!key) return "not_theirs";
  if (!intact) return "altered";
  if (key.until !== null && signed !== undefined && signed >= key.until) return "key_expired";
  if (list && isSet(list, position)) return "revoked";
  if ((until !== undefined && at >= until) || (from !== undefined && at < from)) return "expired";
  return list && at <= list.until ? "valid" : "stale";
}

export async function verifyFile(raw: Uint8Array<ArrayBuffer>, known: Keys[], lists: Map<string, List>, at: number): Promise<Verdict> {
  try {
    const told = await toldBy(raw);
    return "statement" in told ? await ofStatement(told, known, at) : await ofCredential(told, known, lists, at);
  } catch {
    return { word: "unreadable" };
  }
}

async function toldBy(raw: Uint8Array<ArrayBuffer>): Promise<Told> {
  if (raw.length > (isPng(raw) ? LONGEST_FILE : LONGEST_JSON)) throw new RangeError("too large");
  const text = isPng(raw) ? await textIn(raw, KEYWORD) : new TextDecoder("utf-8", { fatal: true }).decode(raw);
  if (text === null) return statementIn(raw);
  const told: unknown = JSON.parse(text);
  if (typeof told !== "object" || told === null || Array.isArray(told) || (isPng(raw) && "statement" in told)) throw new RangeError("no credential");
  return told as Told;
}

async function statementIn(raw: Uint8Array<ArrayBuffer>): Promise<Told> {
  const [statement, signature, key] = await Promise.all(["statement", "signature", "key"].map((name) => textIn(raw, `lantoa-${name}`)));
  return { statement: JSON.parse(statement ?? ""), signature, key_id: key };
}

async function ofCredential(told: Told, known: Keys[], lists: Map<string, List>, at: number): Promise<Verdict> {
  lines(told); // what is not of our shape cannot be read, so that nothing unsigned is ever shown
  const proof = proofOf(told);
  const [signed, from] = [momentOf(proof.created), momentOf(told.validFrom)];
  const until = told.validUntil === undefined ? undefined : momentOf(told.validUntil);
  const issuerId = String((told.issuer as Told).id);
  const keys = known.find((one) => one.did === issuerId);
  if (!keys) return { word: "unknown_issuer", issuerId };
  const entry = told.credentialStatus as Told;
  const key = keys.byMethod.get(String(proof.verificationMethod));
  const intact = Boolean(key) && (await proofHolds(told, key!));
  const list = listOf(lists, String(entry.statusListCredential), issuerId);
  const said = word({ key, intact, signed, from, until, list, position: indexOf(entry.statusListIndex) }, at);
  return { word: said, issuerId, ...(intact && { paper: paperOf(told) }), ...(intact && list && { checked: list.since }) };
}

function indexOf(text: unknown): number {
  if (typeof text !== "string" || !/^[0-9]{1,9}$/.test(text)) throw new RangeError("statusListIndex");
  return Number(text);
}

function listOf(lists: Map<string, List>, address: string, issuer: string): List | undefined {
  const found = lists.get(address);
  return found?.issuer === issuer ? found : undefined;
}

function paperOf(told: Told): NonNullable<Verdict["paper"]> {
  const subject = told.credentialSubject as { identifier: Told[]; achievement: Told };
  const [evidence] = told.evidence as Told[];
  return {
    number: String(evidence!.name), name: String(subject.identifier[0]!.identityHash), title: String(subject.achievement.name),
    issuer: String((told.issuer as Told).name), day: String(told.validFrom),
  };
}

// A paper from before there were credentials names its key by fingerprint and stands in no list.
async function ofStatement(told: Told, known: Keys[], at: number): Promise<Verdict> {
  const said = told.statement as Record<string, string>;
  const [keys, key] = await keyOf(String(told.key_id), known);
  if (!keys || !key) return { word: "unknown_issuer" };
  const text = JSON.stringify(Object.fromEntries(Object.entries(said).sort(([one], [other]) => (one < other ? -1 : 1)))).normalize("NFC");
  const intact = await stands(key, text, String(told.signature));
  const paper = { number: said.number!, name: said.name!, title: said.title!, issuer: said.issuer!, day: said.date! };
  return { word: word({ key, intact, list: undefined, position: 0 }, at), issuerId: keys.did, ...(intact && { paper }) };
}

// False also for a signature that is mangled.
async function stands(key: Key, text: string, signature: string): Promise<boolean> {
  try {
    return await verifies(key.bytes, toBytes(text), fromBase64url(signature));
  } catch {
    return false;
  }
}

async function keyOf(fingerprint: string, known: Keys[]): Promise<[Keys?, Key?]> {
  for (const keys of known) for (const key of keys.byMethod.values()) if ((await fingerprintOf(key.bytes)) === fingerprint) return [keys, key];
  return [];
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
async function fingerprintOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 15);
  const bits = Array.from(hash, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{5}/g)!.map((five) => BASE32[parseInt(five, 2)]).join("").match(/.{4}/g)!.join("-");
}

// A printed code: its slip is signed by itself. Codes from before there were slips can only be asked about.
export async function verifyCode(code: Code, known: Keys[], lists: Map<string, List>, at: number): Promise<Verdict> {
  const issuerId = didOf(code.origin);
  const keys = known.find((one) => one.did === issuerId);
  if (!keys) return { word: "unknown_issuer", issuerId };
  try {
    const slip = await readSlip(code.slip);
    const key = keys.byMethod.get(`${issuerId}#${slip.keyName}`);
    const intact = slip.number === code.number && Boolean(key) && (await stands(key!, slip.text, code.signature ?? ""));
    const list = listOf(lists, `${code.origin}/trang-thai/${slip.list}`, issuerId);
    const said = word({ key, intact, signed: startOf(slip.day), list, position: slip.position }, at);
    const { number, name, title, issuer, day } = slip;
    return { word: said, issuerId, ...(intact && { paper: { number, name, title, issuer, day } }), ...(intact && list && { checked: list.since }) };
  } catch {
    return { word: "unreadable", issuerId };
  }
}

// A slip names the day alone; of the day a key was replaced, nothing is held against the paper.
function startOf(day: string): number {
  return momentOf(`${day}T00:00:00Z`) - 7 * 3_600_000;
}

export function didOf(origin: string): string {
  const { hostname, port } = new URL(origin);
  const host = hostname === "127.0.0.1" || hostname === "[::1]" ? "localhost" : hostname;
  return `did:web:${host}${port && `%3A${port}`}`;
}
