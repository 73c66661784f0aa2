// What came of it, in figures: a line each, with its number as people type it and its unit.
import { t } from "../../text";
import { Button, Check, Field } from "../../ui/parts";
import { amountOf } from "../../ui/amount";
import { type Effect } from "./state";

export interface TypedEffect {
  what: string;
  amount: string;
  unit: string;
  verified: boolean;
}

const MOST = 10;
const isEmpty = ({ what, amount, unit }: TypedEffect): boolean => !what.trim() && !amount.trim() && !unit.trim();
const isWrong = (one: TypedEffect): boolean => !isEmpty(one) && (!one.what.trim() || amountOf(one.amount) === null);

export const effectsTyped = (all: readonly Effect[]): TypedEffect[] => all.map((one) => ({ ...one, amount: String(one.amount).replace(".", ",") }));

// Null: one of them lacks its words or its number.
export function effectsOf(all: TypedEffect[]): Effect[] | null {
  if (all.some(isWrong)) return null;
  const clean = (words: string) => words.trim().normalize("NFC");
  return all.filter((one) => !isEmpty(one)).map((one) => ({ what: clean(one.what), amount: amountOf(one.amount)!, unit: clean(one.unit), verified: one.verified }));
}

export function Effects({ all, onAll, wrong }: { all: TypedEffect[]; onAll: (all: TypedEffect[]) => void; wrong: boolean }) {
  const change = (at: number, more: Partial<TypedEffect>) => onAll(all.map((one, place) => (place === at ? { ...one, ...more } : one)));
  return (
    <>
      {all.map((one, at) => (
        <div key={at} class="figure" data-testid="figure">
          <Field label={t("idea.effect.what", { n: at + 1 })} autocomplete="off" maxLength={200} value={one.what} onValue={(what) => change(at, { what })} error={wrong && isWrong(one) && !one.what.trim() ? t("idea.effect.what.missing") : null} data-testid="figure-what" />
          <div class="pair">
            <Field label={t("idea.effect.amount")} autocomplete="off" maxLength={15} value={one.amount} onValue={(amount) => change(at, { amount })} error={wrong && isWrong(one) && amountOf(one.amount) === null ? t("idea.effect.amount.missing") : null} data-testid="figure-amount" />
            <Field label={t("idea.effect.unit")} autocomplete="off" maxLength={40} value={one.unit} onValue={(unit) => change(at, { unit })} data-testid="figure-unit" />
          </div>
          <Check label={t("idea.effect.checked")} checked={one.verified} onChecked={(verified) => change(at, { verified })} testid="figure-verified" />
          <Button look="quiet" data-testid="drop-figure" onClick={() => onAll(all.filter((_, place) => place !== at))}>{t("idea.effect.drop", { n: at + 1 })}</Button>
        </div>
      ))}
      {all.length < MOST && <Button look="plain" class="wide" data-testid="add-figure" onClick={() => onAll([...all, { what: "", amount: "", unit: "", verified: false }])}>{t("idea.effect.add")}</Button>}
    </>
  );
}
