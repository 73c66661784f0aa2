// Small parts of the team's screens.
import { useId } from "preact/hooks";
import { t } from "../../text";
import type { House } from "./use-day";

export { Pick } from "../../ui/pick";

export const shortDay = (day: string): string => day.split("-").slice(1).reverse().map(Number).join("/");

type Row = readonly [to: string, testid: string, title: string, text: string];

export function Rows({ label, rows }: { label: string; rows: readonly Row[] }) {
  return (
    <nav class="rows card after" aria-label={label}>
      {rows.map(([to, testid, title, text]) => <a key={to} href={`#${to}`} data-testid={testid}><strong>{title}</strong><small>{text}</small></a>)}
    </nav>
  );
}

export function DayTag({ house, today }: { house: House; today: string }) {
  if (house.no_further_visit) return <span class="mark">{t("visit.row.no-more")}</span>;
  const visited = house.last_visit === today;
  if (!visited && !house.follow_up_on) return <span class="mark">{house.last_visit ? t("visit.row.last", { day: shortDay(house.last_visit) }) : t("visit.row.never")}</span>;
  return <>{visited && <span class="mark today">{t("visit.row.today")}</span>} {house.follow_up_on && <Promised day={house.follow_up_on} today={today} />}</>;
}

const Promised = ({ day, today }: { day: string; today: string }) =>
  <span class={`mark ${day <= today ? "due" : ""}`}>{t(day < today ? "visit.due.late" : "visit.due.on", { day: shortDay(day) })}</span>;

export function Steps({ label, hint, value, onValue, testid, small }: { label: string; hint?: string; value: number; onValue: (value: number) => void; testid: string; small?: boolean }) {
  const id = useId();
  const set = (next: number) => onValue(Math.min(1_000, Math.max(0, next)));
  return (
    <div class={`steps ${small ? "small" : ""}`}>
      <label for={id}>{label}</label>
      <button type="button" aria-label={t("visit.less.of", { what: label })} data-testid={`${testid}-less`} onClick={() => set(value - 1)}>−</button>
      <input id={id} inputMode="numeric" autocomplete="off" maxLength={4} value={String(value)} data-testid={testid} onFocus={(event) => event.currentTarget.select()} onInput={(event) => set(Number(event.currentTarget.value.replace(/\D/g, "")) || 0)} />
      <button type="button" aria-label={t("visit.more.of", { what: label })} data-testid={`${testid}-more`} onClick={() => set(value + 1)}>+</button>
      {hint && <p class="hint">{hint}</p>}
    </div>
  );
}

export function Note({ value, onValue, most }: { value: string; onValue: (value: string) => void; most: number }) {
  const id = useId();
  if (!most) return null;
  return (
    <div class="field">
      <label for={id}>{t("visit.note")}</label>
      <p class="hint" id={`${id}-hint`}>{t("visit.note.hint", { n: most - value.length })}</p>
      <textarea id={id} rows={3} maxLength={most} aria-describedby={`${id}-hint`} data-testid="note" value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </div>
  );
}
