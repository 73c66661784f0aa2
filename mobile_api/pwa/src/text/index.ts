import { language } from "../api/http";
import { en } from "./en";
import { vi, type Catalogue, type Key } from "./vi";

export type { Key } from "./vi";
const catalogues: Record<"vi" | "en", Catalogue> = { vi, en };
const ZONE = "Asia/Ho_Chi_Minh"; // the commune's time, wherever the phone thinks it is

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return catalogues[language.get()][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function maybe(key: string): string | undefined {
  return (catalogues[language.get()] as Record<string, string>)[key];
}

const locale = () => (language.get() === "vi" ? "vi-VN" : "en-GB");
const format = (options: Intl.DateTimeFormatOptions) => (moment: string | number) =>
  new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options }).format(new Date(moment));

export const clockTime = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const day = format({ day: "2-digit", month: "2-digit", year: "numeric" });
const hour = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const moment = (at: string | number) => `${hour(at)}, ${day(at)}`;
export const percent = (share: number) => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(share);

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
