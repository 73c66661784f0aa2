// Putting things in order with two buttons a line: no dragging, so that a stiff hand, a keyboard and a screen reader can do it too.
import { useState } from "preact/hooks";
import { t } from "../../text";
import { Button } from "../../ui/parts";
import { orderOf, shifted } from "./forms";
import type { AnswerProps } from "./question";

export function Ordering({ question, choice, onChoice, labelledby }: AnswerProps) {
  const [said, setSaid] = useState("");
  const codes = orderOf(question, choice);
  const words = (code: string) => question.options.find((option) => option.code === code)?.text ?? code;
  function move(code: string, by: -1 | 1): void {
    const next = shifted(codes, code, by);
    setSaid(t("order.said", { what: words(code), n: next.indexOf(code) + 1, of: next.length }));
    if (next !== codes) onChoice(next.join(","));
  }
  return (
    <>
      <ol class={`ordering ${choice ? "answered" : ""}`} aria-labelledby={labelledby}>
        {codes.map((code, at) => (
          <li key={code} data-testid={`order-${code}`}>
            <b aria-hidden="true">{at + 1}</b>
            <span>{words(code)}</span>
            <span class="movers">
              <Mover way="up" stuck={at === 0} what={words(code)} testid={`up-${code}`} onMove={() => move(code, -1)} />
              <Mover way="down" stuck={at === codes.length - 1} what={words(code)} testid={`down-${code}`} onMove={() => move(code, 1)} />
            </span>
          </li>
        ))}
      </ol>
      <p class="visually-hidden" role="status">{said}</p>
      {choice ? <p class="hint" data-testid="order-kept">{t("order.kept")}</p> : <Button look="plain" class="wide" data-testid="order-keep" onClick={() => onChoice(codes.join(","))}>{t("order.keep")}</Button>}
    </>
  );
}

// At the end it can go no further, but the focus stays on it: it must not fall away under somebody's finger.
function Mover({ way, stuck, what, testid, onMove }: { way: "up" | "down"; stuck: boolean; what: string; testid: string; onMove: () => void }) {
  return (
    <button type="button" class="mover" aria-disabled={stuck || undefined} aria-label={t(`order.${way}`, { what })} data-testid={testid} onClick={onMove}>
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d={way === "up" ? "M5 15l7-7 7 7" : "M5 9l7 7 7-7"} /></svg>
    </button>
  );
}
