// One option, or several. Plain buttons and not radios: arrow keys on radios would record an answer at every step.
import { useState } from "preact/hooks";
import { t } from "../../text";
import { codesOf, ticked } from "./forms";
import { letter, type AnswerProps } from "./question";

export function Choosing({ question, choice, onChoice, labelledby }: AnswerProps) {
  const [last, setLast] = useState(false);
  const several = question.form === "several";
  const chosen = codesOf(choice);
  const press = (code: string) => {
    const next = several ? ticked(choice, code) : code;
    setLast(several && next === choice);
    onChoice(next);
  };
  return (
    <>
      <div role="group" aria-labelledby={labelledby} class={`options ${several ? "several" : ""}`}>
        {question.options.map((option, at) => (
          <button key={option.code} type="button" class="option" aria-pressed={chosen.includes(option.code)} data-testid={`option-${option.code}`} onClick={() => press(option.code)}>
            <b aria-hidden="true">{letter(at)}</b>
            <span>{option.text}</span>
          </button>
        ))}
      </div>
      {several && <p class="hint" role="status">{last ? t("form.several.last") : chosen.length ? t("form.several.count", { n: chosen.length }) : ""}</p>}
    </>
  );
}
