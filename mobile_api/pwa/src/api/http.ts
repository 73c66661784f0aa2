// One thin wrapper around fetch: languages, tokens, time limits, and problems as exceptions with the node's stable code.
import { live } from "../lib/live";

export const BASE = "/api/v1";
const PATIENCE_MS = 20_000; // slow 3G needs long; longer than this people think the phone is broken

export const language = live<"vi" | "en">("vi");

// `portal`: something answered, but not the node; a Wi-Fi that wants people to sign in to it first.
export class NoSignal extends Error {
  constructor(readonly portal = false) {
    super();
  }
}

export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string, readonly retryAfterMs: number, readonly extra: Record<string, unknown>) {
    super(detail);
  }
}

export interface Seen {
  epoch: string | null;
  serverMs: number | null;
  rttMs: number;
}

let listener: (seen: Seen) => void = () => {};
export function onSeen(next: (seen: Seen) => void): void {
  listener = next;
}

// Told with the token of whoever's phone was reported lost or stolen: nothing of theirs may stay here.
let lost: (token: string) => void = () => {};
export function onLost(next: (token: string) => void): void {
  lost = next;
}

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  rawBody?: string;
  bytes?: Uint8Array<ArrayBuffer>; // a piece of a photo
  token?: string | null;
  etag?: string | null; // "only if it is no longer this"
}

export async function ask<T>(path: string, options: Ask = {}): Promise<T> {
  return (await askTagged<T>(path, options)).data as T;
}

// `data` is undefined when the node says that what it said before still holds (304).
export async function askTagged<T>(path: string, options: Ask = {}): Promise<{ data: T | undefined; etag: string | null }> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const began = performance.now();
  try {
    const response = await fetch(BASE + path, { ...request(options), signal: stop.signal });
    const rttMs = performance.now() - began;
    const text = await response.text();
    const data = parse(text);
    // A captive portal answers 200 with a page of its own: without our mark it is no answer of the node.
    if (!response.headers.get("Lantoa-Epoch") && data === undefined && response.status !== 204) throw new NoSignal(response.ok);
    seen(response, rttMs);
    if (!response.ok && response.status !== 304) throw problem(response, data);
    return { data: data as T | undefined, etag: response.headers.get("ETag") };
  } catch (error) {
    if (!(error instanceof Problem)) throw error instanceof NoSignal ? error : new NoSignal();
    if (error.code === "device_lost" && options.token) lost(options.token);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function request({ method, body, rawBody, bytes, token, etag }: Ask): RequestInit {
  const payload = bytes ?? rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language.get() };
  if (payload !== undefined) headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
  if (etag) headers["If-None-Match"] = etag;
  if (token) headers.Authorization = `Bearer ${token}`;
  return { method: method ?? "GET", headers, body: payload, cache: "no-store", credentials: "omit" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function seen(response: Response, rttMs: number): void {
  const time = Number(response.headers.get("Lantoa-Time-Ms"));
  listener({ epoch: response.headers.get("Lantoa-Epoch"), serverMs: time > 0 ? time : null, rttMs });
}

function problem(response: Response, data: unknown): Problem {
  const body = (data ?? {}) as Record<string, unknown>;
  const after = Number(response.headers.get("Retry-After")) || 0;
  return new Problem(response.status, String(body.code ?? "unknown"), String(body.detail ?? body.title ?? ""), after * 1_000, body);
}
