// Two small habits of a phone. In localStorage because they are needed before the first drawing.
import { language } from "./api/http";
import { live } from "./lib/live";

export const largeType = live(read("large") === "1");

function read(name: string): string | null {
  try {
    return localStorage.getItem(`lantoa-${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`lantoa-${name}`, value);
  } catch {
    // private browsing may refuse; the setting then lasts as long as the page
  }
}

export function setLanguage(next: "vi" | "en"): void {
  write("lang", next);
  document.documentElement.lang = next;
  language.set(next);
}

export function setLargeType(on: boolean): void {
  write("large", on ? "1" : "0");
  document.documentElement.classList.toggle("large", on);
  largeType.set(on);
}

export const installDismissed = live(read("install") === "no");
export function dismissInstall(): void {
  write("install", "no");
  installDismissed.set(true);
}

export function applySettings(): void {
  setLanguage(read("lang") === "en" ? "en" : "vi");
  document.documentElement.classList.toggle("large", largeType.get());
}
