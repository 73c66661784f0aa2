// Small parts of the pledge's screens.
import { useId } from "preact/hooks";
import type { PledgeMine } from "../../api/types";
import { serverNow } from "../../clock";
import { day, maybe, t, type Key } from "../../text";
import { Resumed as Kept } from "../../ui/resumed";
import type { Item, Theme } from "./state";
import type { Draft } from "./use-pledge";

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" });
export const dayKey = (at: string | number): string => DAY.format(new Date(at));
export const today = (): string => dayKey(serverNow());
export const named = (key: string): string => maybe(key) ?? key.split(".").at(-1)!;

export const ThemeTag = ({ theme }: { theme: string }) => <span class={`theme ${theme}`}>{named(`pledge.theme.${theme as Theme}`)}</span>;

export function DueTag({ due, done }: { due: string | null; done?: boolean }) {
  if (done) return <span class="due">{t("pledge.due.done")}</span>;
  if (!due) return <span class="due lacking">{t("pledge.due.none")}</span>;
  return <span class={`due ${due < today() ? "late" : ""}`}>{t(due < today() ? "pledge.due.late" : "pledge.due.on", { day: day(due) })}</span>;
}

interface AreaProps {
  label: string;
  hint?: string | null;
  error?: string | null;
  value: string;
  onValue: (value: string) => void;
  most: number;
  rows?: number;
  testid: string;
}

const NEARLY_FULL = 60;

// Longer words. How much room is left is said when it gets tight, not before.
export function Area({ label, hint, error, value, onValue, most, rows = 3, testid }: AreaProps) {
  const id = useId();
  const left = most - value.length;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      <textarea id={id} rows={rows} maxLength={most} data-testid={testid} value={value} aria-invalid={error ? true : undefined} aria-describedby={hint ? `${id}-hint` : undefined} onInput={(event) => onValue(event.currentTarget.value)} />
      {left < NEARLY_FULL && <p class="hint" role="status">{t("pledge.left", { n: left })}</p>}
      {error && <p class="error" role="alert">{error}</p>}
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onValue: (value: string) => void;
  testid: string;
}

export function Select({ label, value, options, onValue, testid }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} data-testid={testid} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([code, name]) => <option key={code} value={code} selected={code === value}>{name}</option>)}
      </select>
    </div>
  );
}

// Words of an earlier time stand in the form again, and it is said so.
export const Resumed = ({ draft }: { draft: Draft<object> }) => <Kept draft={draft} found="pledge.resumed" drop="pledge.resumed.drop" />;

export function DeedLine({ item, base, done }: { item: Item; base: string; done: boolean }) {
  return (
    <li>
      <a href={`#${base}/deed/${item.id}`} data-testid="deed">
        <span class="deed-tags"><ThemeTag theme={item.theme} /><DueTag due={item.due} done={done} /></span>
        <strong>{item.what}</strong>
        {item.measure ? <small>{item.measure}</small> : <small class="lacking">{t("pledge.measure.none")}</small>}
        {item.waits && <small class="waits" data-testid="deed-waits">{t("pledge.waits")}</small>}
      </a>
    </li>
  );
}

export const ratingName = (mine: PledgeMine): string => `${mine.rating}${mine.unconfirmed ? ` (${t("pledge.unconfirmed")})` : ""}`;
// A class's name to choose from, with the mark of rules nobody has checked at the source yet.
export const className = (mine: PledgeMine, code: string): string => `${mine.classes[code] ?? code}${mine.unconfirmed ? ` (${t("pledge.unconfirmed")})` : ""}`;
export const stateKey = (state: string, kind: "state" | "next"): Key => `pledge.${kind}.${state}` as Key;
