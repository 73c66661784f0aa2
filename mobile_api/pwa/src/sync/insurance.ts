// Insurance for a phone that may never see a signal again: what waits, sealed so that only the node can read it, in a file that
// any other phone can carry. The file proves nothing and counts nothing here; what is in it waits on until the node's receipt.
import { Problem, ask } from "../api/http";
import type { Relayed } from "../api/types";
import { fromBase64url, toBase64url } from "../lib/bytes";
import { database, ofPerson } from "../store/db";
import type { RelayRow } from "../store/field";
import { isDue, nextBatch, rowsOf, type OutboxRow } from "../store/outbox";
import { current, getPerson, type PersonRow } from "../store/persons";
import { movedField } from "./moved";
import { envelope } from "./push";

const VERSION = 1;
const MOST_FILE_BYTES = 20 * 1024 * 1024;
const MOST_PARTS = 200;
const KEEP_MS = 14 * 86_400_000;

interface Part {
  iv: string;
  sealed: string;
}

interface SealedFile extends Part {
  v: number;
  session: string;
  more?: Part[]; // a part holds as much as one push: 50 deeds or 240 KB
}

export class ExportRefused extends Error {}

export class RelayRefused extends Error {
  constructor(readonly code: "not_a_file" | "too_big") {
    super(code);
  }
}

export async function exportOutbox(): Promise<{ file: File; deeds: number } | null> {
  const id = current.get()?.id;
  const person = id ? await getPerson(id) : undefined;
  const waiting = person ? (await rowsOf(person.id)).filter(isDue) : [];
  if (!person || !waiting.length) return null;
  const sealed = await sealedFile(person, waiting);
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(Date.now());
  return { file: new File([JSON.stringify(sealed)], `lan-toa-${day}.ltx`, { type: "application/octet-stream" }), deeds: waiting.length };
}

export async function sealedFile(person: PersonRow, waiting: OutboxRow[]): Promise<SealedFile> {
  if (!person.relay || !crypto.subtle) throw new ExportRefused(); // signed in before there were keys, and never asked the node since
  const key = await crypto.subtle.importKey("raw", fromBase64url(person.relay.key), "AES-GCM", false, ["encrypt"]);
  const parts: Part[] = [];
  for (let rest = waiting; rest.length; ) {
    const batch = nextBatch(rest);
    parts.push(await seal(key, envelope(person.device, batch)));
    const taken = new Set(batch.map((row) => row.id));
    rest = rest.filter((row) => !taken.has(row.id));
  }
  const [first, ...more] = parts;
  return { v: VERSION, session: person.relay.session, ...first!, ...(more.length && { more }) };
}

async function seal(key: CryptoKey, text: string): Promise<Part> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
  return { iv: toBase64url(iv), sealed: toBase64url(new Uint8Array(sealed)) };
}

// To another app (Bluetooth, a messenger), or into the phone's downloads. Some browsers share no unknown kinds of file.
export async function giveFile(file: File): Promise<"shared" | "saved"> {
  const asText = new File([file], `${file.name}.txt`, { type: "text/plain" });
  const shareable = [file, asText].find((one) => navigator.canShare?.({ files: [one] }));
  if (shareable && (await share(shareable))) return "shared";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return "saved";
}

// False: it could not be shared. Who closes the share sheet has changed their mind, and that is no failure.
async function share(file: File): Promise<boolean> {
  return navigator.share({ files: [file] }).then(() => true, (error: unknown) => error instanceof DOMException && error.name === "AbortError");
}

// --- carrying for others ---

export async function relayFile(file: Blob): Promise<number> {
  const person = current.get()?.id;
  if (file.size > MOST_FILE_BYTES) throw new RelayRefused("too_big");
  const { session, parts } = readFile(await file.text());
  const tx = (await database()).transaction(["persons", "relays"], "readwrite");
  const here = person && (await tx.objectStore("persons").getKey(person));
  for (const { iv, sealed } of here ? parts : []) {
    const key = `${person}:${session}:${iv}`;
    const done = (await tx.objectStore("relays").get(key))?.state === "sent";
    if (!done) await tx.objectStore("relays").put({ key, session, iv, sealed, added_ms: Date.now(), state: "waiting", taken: 0, refused: 0, reason: null });
  }
  await tx.done;
  movedField();
  return parts.length;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isPart = (part: Partial<Part> | null): part is Part =>
  typeof part?.iv === "string" && /^[\w-]{16}$/.test(part.iv) && typeof part.sealed === "string" && /^[\w-]+={0,2}$/.test(part.sealed);

export function readFile(text: string): { session: string; parts: Part[] } {
  const found = parsed(text);
  const parts = [found, ...(Array.isArray(found?.more) ? found.more : [])];
  if (found?.v !== VERSION || !UUID.test(String(found.session)) || parts.length > MOST_PARTS || !parts.every(isPart)) throw new RelayRefused("not_a_file");
  return { session: String(found.session), parts: parts.map(({ iv, sealed }) => ({ iv, sealed })) };
}

function parsed(text: string): SealedFile | null {
  try {
    return JSON.parse(text) as SealedFile | null;
  } catch {
    return null;
  }
}

export const relaysOf = async (person: string): Promise<RelayRow[]> => (await database()).getAll("relays", ofPerson(person));

// Sent twice they count once, so a lost answer needs no care.
export async function sendRelaysOf(person: PersonRow): Promise<void> {
  for (const row of await relaysOf(person.id)) {
    if (row.state === "waiting") await sendRelay(person, row);
    else if (Date.now() - row.added_ms > KEEP_MS) await (await database()).delete("relays", row.key);
  }
}

async function sendRelay(person: PersonRow, row: RelayRow): Promise<void> {
  const body = { session: row.session, iv: row.iv, sealed: row.sealed };
  const told = await ask<Relayed>("/sync/relay", { method: "POST", body, token: person.token }).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.status === 401 || error.status === 429 || error.status >= 500) throw error;
    return error;
  });
  const end = told instanceof Problem ? { state: "refused" as const, reason: told.message || told.code } : { state: "sent" as const, ...told };
  const tx = (await database()).transaction("relays", "readwrite");
  if (await tx.store.getKey(row.key)) await tx.store.put({ ...row, ...end, sealed: "" }); // what was in it is the node's now
  await tx.done;
  movedField();
}
