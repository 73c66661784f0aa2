import { language } from "../api/http";
import { vi, type Key as CommonKey } from "./vi";
import type { AwardKey } from "./award-vi";
import type { FieldKey } from "./field-vi";
import type { IdeaKey } from "./idea-vi";
import type { MovementKey } from "./movement-vi";
import type { PledgeKey } from "./pledge-vi";
import type { ScanKey } from "./scan-vi";
import type { VerifyKey } from "./verify-vi";
import type { VisitKey } from "./visit-vi";

// The words of the team's screens come with those screens: who never opens them does not wait for them.
export type Key = CommonKey | AwardKey | FieldKey | IdeaKey | MovementKey | PledgeKey | ScanKey | VerifyKey | VisitKey;
type Words = Partial<Record<Key, string>>;
const catalogues: { vi: Words; en?: Words } = { vi: { ...vi } };

export function addWords(more: Words): void {
  Object.assign(catalogues.vi, more);
}

// English is fetched when somebody wants it, all of it at once. False: it could not be had.
export async function bringWords(wanted: "vi" | "en"): Promise<boolean> {
  if (wanted === "vi" || catalogues.en) return true;
  return import("./en").then(({ en, awardEn, fieldEn, ideaEn, movementEn, pledgeEn, scanEn, verifyEn, visitEn }) => Boolean((catalogues.en = { ...en, ...awardEn, ...fieldEn, ...ideaEn, ...movementEn, ...pledgeEn, ...scanEn, ...verifyEn, ...visitEn })), () => false);
}

const words = (): Words => catalogues[language.get()] ?? catalogues.vi;
const ZONE = "Asia/Ho_Chi_Minh"; // the commune's time, wherever the phone thinks it is

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return (words()[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function maybe(key: string): string | undefined {
  return (words() as Record<string, string>)[key];
}

const locale = () => (language.get() === "vi" ? "vi-VN" : "en-GB");
const format = (options: Intl.DateTimeFormatOptions) => (moment: string | number) =>
  new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options }).format(new Date(moment));

export const clockTime = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const day = format({ day: "2-digit", month: "2-digit", year: "numeric" });
const hour = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const moment = (at: string | number) => `${hour(at)}, ${day(at)}`;
export const percent = (share: number) => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(share);

export const count = (value: number) => new Intl.NumberFormat(locale()).format(value);

export const attempts = (most: number | null) => (most === null ? t("fact.attempts.any") : most === 1 ? t("fact.attempts.one") : t("fact.attempts.n", { n: most }));
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

// Today a clock time is enough; later one wants to know of which day.
export const recordedAt = (at: string, now: number) => (dayKey(at) === dayKey(now) ? clockTime(at) : `${clockTime(at)}, ${day(at)}`);

// When something ends, as people say it: a clock time, and a day only as far as one is needed.
export function until(at: string, now: number = Date.now()): string {
  const days = Math.round((Date.parse(dayKey(at)) - Date.parse(dayKey(now))) / 86_400_000);
  if (days === 0) return t("when.today", { hour: hour(at) });
  if (days === 1) return t("when.tomorrow", { hour: hour(at) });
  return t("when.day", { hour: hour(at), day: weekday(at) });
}

const weekday = format({ weekday: "long", day: "numeric", month: "numeric" });
const dayKey = (at: string | number) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(at));

// Periods come as DHIS2 codes; months are the ones people meet here.
export const month = (period: string) => period.replace(/^(\d{4})(\d{2})$/, "$2/$1");

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function spell(seconds: number): string {
  const [minute, second] = language.get() === "vi" ? ["phút", "giây"] : ["min", "s"];
  if (seconds < 60) return `${seconds} ${second}`;
  return seconds % 60 ? `${Math.floor(seconds / 60)} ${minute} ${seconds % 60} ${second}` : `${seconds / 60} ${minute}`;
}
