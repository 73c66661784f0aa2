// A few small habits of a phone. In localStorage because they are needed before the first drawing.
import { language } from "./api/http";
import { live } from "./lib/live";
import { bringWords } from "./text";

export const SIZES = ["normal", "large", "largest"] as const;
export type Size = (typeof SIZES)[number];

export const typeSize = live<Size>(SIZES.find((size) => size === read("size")) ?? "normal");
export const contrast = live(read("contrast") === "1");
export const readAloud = live(read("aloud") === "1");
export const installDismissed = live(read("install") === "no");

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

// The words come first: without signal on the very first visit there may be none, and the language stays what it was.
export async function setLanguage(next: "vi" | "en"): Promise<void> {
  if (!(await bringWords(next))) return;
  write("lang", next);
  document.documentElement.lang = next;
  language.set(next);
}

export function setTypeSize(next: Size): void {
  write("size", next);
  typeSize.set(next);
  draw();
}

export function setContrast(on: boolean): void {
  write("contrast", on ? "1" : "0");
  contrast.set(on);
  draw();
}

export function setReadAloud(on: boolean): void {
  write("aloud", on ? "1" : "0");
  readAloud.set(on);
}

export function dismissInstall(): void {
  write("install", "no");
  installDismissed.set(true);
}

function draw(): void {
  const { classList } = document.documentElement;
  for (const size of SIZES) classList.toggle(size, size === typeSize.get());
  classList.toggle("contrast", contrast.get());
}

export async function applySettings(): Promise<void> {
  draw();
  await setLanguage(read("lang") === "en" ? "en" : "vi");
}
