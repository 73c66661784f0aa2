// "How many people will have everything right": asked by the rules to tell apart people who are equally good.
import { useEffect, useRef, useState } from "preact/hooks";
import { count, t } from "../../text";
import { Button, Field, Sheet } from "../../ui/parts";
import { Listen } from "../../ui/speech";

const MOST = 10_000_000;

// "1.250", "1 250" and "1250" are the same number; null: none.
export function guessOf(typed: string): number | null {
  const digits = typed.replace(/[\s.,]/g, "");
  return /^\d{1,8}$/.test(digits) && Number(digits) <= MOST ? Number(digits) : null;
}

interface GuessProps {
  value: number | null;
  onGuess: (guess: number | null) => void;
  error?: string | null;
}

export function GuessField({ value, onGuess, error }: GuessProps) {
  const [typed, setTyped] = useState(value === null ? "" : String(value));
  const [left, setLeft] = useState(false);
  const bad = left && typed.trim() && guessOf(typed) === null ? t("predict.bad") : null;
  const typing = (text: string) => [setTyped(text), setLeft(false), onGuess(guessOf(text))];
  const guess = guessOf(typed);
  return (
    <div onFocusOut={() => setLeft(true)}>
      <Field label={t("predict.field")} hint={t("predict.field.hint")} error={error ?? bad} value={typed} onValue={typing} inputMode="numeric" autocomplete="off" maxLength={12} class="short" data-testid="prediction-input" />
      {guess !== null && guess > 999 && guess === value && <p class="hint">{t("predict.read", { n: count(guess) })}</p>}
    </div>
  );
}

export function PredictionPage({ value, onGuess, missing }: GuessProps & { missing: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <section class="question" data-testid="prediction">
      <h2 ref={heading} tabIndex={-1}><span class="over">{t("predict.step")}</span>{t("predict.title")}</h2>
      <Listen parts={() => [t("predict.title"), t("predict.text"), t("predict.fair")]} />
      <p>{t("predict.text")}</p>
      <p class="hint">{t("predict.fair")}</p>
      <GuessField value={value} onGuess={onGuess} error={missing && value === null ? t("predict.missing") : null} />
    </section>
  );
}

// The time is over and only this number is missing: it may still come within the grace.
// Nothing is handed in while it is being typed; what stands there when the grace ends goes with the paper.
export function LateGuess({ onGuess, onSubmit }: { onGuess: (guess: number | null) => void; onSubmit: (guess: number) => void }) {
  const [value, setValue] = useState<number | null>(null);
  const [pressed, setPressed] = useState(false);
  const typing = (guess: number | null) => [setValue(guess), onGuess(guess)];
  return (
    <Sheet title={t("contest.ended.guess")} onClose={() => setPressed(true)}>
      <p>{t("contest.ended.guess.text")}</p>
      <GuessField value={value} onGuess={typing} error={pressed && value === null ? t("predict.missing") : null} />
      <Button class="wide" data-testid="late-guess-submit" onClick={() => (value === null ? setPressed(true) : onSubmit(value))}>{t("contest.submit")}</Button>
    </Sheet>
  );
}
