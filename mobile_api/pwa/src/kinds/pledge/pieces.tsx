// Small parts of the pledge's screens.
import type { PledgeMine } from "../../api/types";
import { serverNow } from "../../clock";
import { day, maybe, t, type Key } from "../../text";
import { Area as LongWords, type AreaProps } from "../../ui/area";
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

export const Area = (props: AreaProps) => <LongWords {...props} left="pledge.left" />;

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
