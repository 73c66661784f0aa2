// Pairs: press a line, choose what belongs to it from a list. Long sentences stay readable, which a drop-down would cut off.
import { useState } from "preact/hooks";
import { t } from "../../text";
import { Button, Sheet } from "../../ui/parts";
import { codesOf, paired, pairsOf } from "./forms";
import { letter, type AnswerProps } from "./question";

export function Matching({ question, choice, onChoice, labelledby }: AnswerProps) {
  const [open, setOpen] = useState<string | null>(null);
  const pairs = pairsOf(choice);
  const right = (code: string | undefined) => question.matches.find((match) => match.code === code)?.text;
  const of = question.options.find((option) => option.code === open);
  return (
    <>
      <ul class="matching" aria-labelledby={labelledby}>
        {question.options.map((option, at) => {
          const chosen = right(pairs[option.code]);
          return (
            <li key={option.code}>
              <p><b aria-hidden="true">{letter(at)}</b> <span>{option.text}</span></p>
              <button type="button" class={`mate ${chosen ? "chosen-mate" : ""}`} data-testid={`match-${option.code}`} aria-label={t(chosen ? "match.chosen" : "match.choose.for", { left: option.text, right: chosen ?? "" })} onClick={() => setOpen(option.code)}>
                {chosen ?? t("match.choose")}
              </button>
            </li>
          );
        })}
      </ul>
      <p class="hint" role="status">{t("match.count", { done: codesOf(choice).length, of: question.options.length })}</p>
      {of && (
        <Sheet title={of.text} onClose={() => setOpen(null)}>
          <p class="hint">{t("match.with")}</p>
          <ul class="choices">
            {question.matches.map((match) => {
              const taken = Object.entries(pairs).find(([left, code]) => code === match.code && left !== of.code)?.[0];
              return (
                <li key={match.code}>
                  <button type="button" class="choice" aria-pressed={pairs[of.code] === match.code} data-testid={`pick-${match.code}`} onClick={() => [onChoice(paired(choice, of.code, match.code)), setOpen(null)]}>
                    <span>{match.text}</span>
                    {taken && <small>{t("match.taken", { letter: letter(question.options.findIndex((option) => option.code === taken)) })}</small>}
                  </button>
                </li>
              );
            })}
          </ul>
          <Button look="plain" class="wide" onClick={() => setOpen(null)}>{t("app.close")}</Button>
        </Sheet>
      )}
    </>
  );
}
