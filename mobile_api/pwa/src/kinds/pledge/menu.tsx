// Suggestions to choose from: by theme, by whom they suit, by words typed without marks.
import { useState } from "preact/hooks";
import type { PledgeSuggestion } from "../../api/types";
import { live } from "../../lib/live";
import { matches } from "../../lib/fold";
import { count, t } from "../../text";
import { BackLink, Button, Failed, Field, Loading, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { ThemeTag, named } from "./pieces";
import { Select } from "../../ui/area";
import { THEMES } from "./state";
import type { OwnPledge } from "./use-pledge";

const WHOM = ["farmer", "trader", "teacher", "health_worker", "civil_servant", "hamlet_cadre", "worker", "youth", "retired", "armed_forces", "firm_owner"] as const;
const AGES = ["under_35", "from_35_to_59", "from_60"] as const;
const SHOWN = 20;

interface Wanted {
  theme: string;
  whom: string;
  age: string;
  words: string;
}

const wanted = live<Wanted>({ theme: "", whom: "", age: "", words: "" }); // back from a form, the list stands as it was left

// What suits everybody stays; what was written for just these people comes first.
export function chosen(all: PledgeSuggestion[], { theme, whom, age, words }: Wanted): PledgeSuggestion[] {
  const fits = (one: PledgeSuggestion) =>
    (!theme || one.theme === theme) && (!whom || one.whom.includes("everyone") || one.whom.includes(whom)) &&
    (!age || !one.ages.length || one.ages.includes(age)) && matches(`${one.what} ${one.measure}`, words);
  const found = all.filter(fits);
  return whom ? [...found.filter((one) => one.whom.includes(whom)), ...found.filter((one) => !one.whom.includes(whom))] : found;
}

export function Menu({ own: { base, view }, menu }: { own: OwnPledge; menu: Read<PledgeSuggestion[]> }) {
  const now = useLive(wanted);
  const [more, setMore] = useState(SHOWN);
  const set = (change: Partial<Wanted>) => [wanted.set({ ...now, ...change }), setMore(SHOWN)];
  if (!menu.value) return <><BackLink to={base} />{menu.error ? <Failed text={t("pledge.menu.absent")} again={() => void menu.again()} /> : <Loading />}</>;
  const found = chosen(menu.value, now);
  const taken = new Set(view.items.map((item) => item.menu));
  return (
    <>
      <BackLink to={base} />
      <Title>{t("pledge.menu")}</Title>
      <p>{t("pledge.menu.text")}</p>
      <Field label={t("pledge.menu.search")} type="search" autocomplete="off" value={now.words} onValue={(words) => set({ words })} data-testid="menu-search" />
      <div class="filters">
        <Select label={t("pledge.menu.theme")} value={now.theme} onValue={(theme) => set({ theme })} testid="menu-theme" options={[["", t("pledge.menu.any")], ...THEMES.map((one) => [one, t(`pledge.theme.${one}`)] as const)]} />
        <Select label={t("pledge.menu.whom")} value={now.whom} onValue={(whom) => set({ whom })} testid="menu-whom" options={[["", t("pledge.menu.everyone")], ...WHOM.map((one) => [one, t(`pledge.whom.${one}`)] as const)]} />
        <Select label={t("pledge.menu.age")} value={now.age} onValue={(age) => set({ age })} testid="menu-age" options={[["", t("pledge.menu.any-age")], ...AGES.map((one) => [one, t(`pledge.age.${one}`)] as const)]} />
      </div>
      <p class="hint" role="status" data-testid="menu-count">{t("pledge.menu.found", { n: count(found.length) })}</p>
      <ul class="houses deeds-promised">
        {found.slice(0, more).map((one) => (
          <li key={one.code}>
            <a href={`#${base}/new/${one.code}`} data-testid="suggestion" data-code={one.code}>
              <span class="deed-tags"><ThemeTag theme={one.theme} />{taken.has(one.code) ? <span class="due">{t("pledge.menu.taken")}</span> : <span class="due">{named(`pledge.when.${one.due}`)}</span>}</span>
              <strong>{one.what}</strong>
              <small>{one.measure}</small>
            </a>
          </li>
        ))}
      </ul>
      {found.length > more && <Button look="plain" class="wide" onClick={() => setMore(more + SHOWN)}>{t("pledge.menu.more", { n: found.length - more })}</Button>}
      {!found.length && <p class="empty">{t("pledge.menu.none")}</p>}
      <a class="button quiet" href={`#${base}/new/own`}>{t("pledge.add.own")}</a>
    </>
  );
}
