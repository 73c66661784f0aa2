// Small parts of the ideas' screens.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { day, maybe, t, type Key } from "../../text";
import { Area as LongWords, type AreaProps } from "../../ui/area";
import { Resumed as Kept } from "../../ui/resumed";
import type { Effect, Idea } from "./state";
import type { Draft } from "./use-ideas";

export const named = (key: string): string => maybe(key) ?? key.split(".").at(-1)!;
export const stateKey = (idea: Pick<Idea, "state" | "sending">, kind: "state" | "next"): Key => `idea.${kind}.${idea.sending ? "sending" : idea.state}` as Key;

export const Area = (props: AreaProps) => <LongWords {...props} left="idea.left" />;

// Words of an earlier time stand in the form again, and it is said so.
export const Resumed = ({ draft }: { draft: Draft<object> }) => <Kept draft={draft} found="idea.resumed" drop="idea.resumed.drop" />;

export function Part({ title, children, testid }: { title: string; children: ComponentChildren; testid?: string }) {
  const id = useId();
  return <section class="card" aria-labelledby={id} data-testid={testid}><h2 id={id}>{title}</h2>{children}</section>;
}

interface Words {
  problem: string;
  solution: string;
  applied_where: string;
  applied_from: string | null;
  effect: string;
  effects: readonly Effect[];
}

// What the idea is, as its author and everybody in the gallery read it.
export function Content({ words }: { words: Words }) {
  const { problem, solution, applied_where, applied_from, effect, effects } = words;
  return (
    <section class="card prose content">
      <h2>{t("idea.problem")}</h2>
      <p class="lines-kept">{problem || t("idea.nothing")}</p>
      <h2>{t("idea.solution")}</h2>
      <p class="lines-kept">{solution || t("idea.nothing")}</p>
      {(applied_where || applied_from) && <><h2>{t("idea.applied")}</h2><p>{[applied_where, applied_from && t("idea.applied.since", { day: day(applied_from) })].filter(Boolean).join(", ")}</p></>}
      {(effect || effects.length > 0) && <h2>{t("idea.effect")}</h2>}
      {effect && <p class="lines-kept">{effect}</p>}
      {effects.length > 0 && <ul class="points">{effects.map((one) => <li key={one.what}>{one.what}: <strong>{figure(one)}</strong>{one.verified && <small> · {t("idea.effect.verified")}</small>}</li>)}</ul>}
    </section>
  );
}

export const figure = ({ amount, unit }: Pick<Effect, "amount" | "unit">): string => `${new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 6 }).format(amount)} ${unit}`.trim();
