// One question on the screen: its words, its picture, and the one of five ways to answer it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Question } from "../../api/types";
import { t } from "../../text";
import { Listen } from "../../ui/speech";
import { Choosing } from "./form-choice";
import { Matching } from "./form-matching";
import { Ordering } from "./form-ordering";

export interface AnswerProps {
  question: Question;
  choice: string | undefined;
  onChoice: (choice: string) => void;
  labelledby: string;
}

const WAYS = { single: Choosing, true_false: Choosing, several: Choosing, ordering: Ordering, matching: Matching };

export const letter = (at: number): string => String.fromCharCode(65 + at);

function aloud(question: Question): string[] {
  const options = question.options.map((option, at) => (question.form === "ordering" ? option.text : `${letter(at)}. ${option.text}`));
  const matches = question.matches.length ? [t("match.with"), ...question.matches.map((match) => match.text)] : [];
  return [question.text, t(`form.${question.form}`), ...options, ...matches];
}

export function QuestionView({ question, of, choice, onChoice }: Omit<AnswerProps, "labelledby"> & { of: number }) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const Way = WAYS[question.form] ?? Choosing;
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0); // the button pressed was at the bottom, the next question begins at the top
  }, []);
  return (
    <section class="question" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        <span class="over">{t("contest.question", { n: question.number, of })}</span>
        <span data-testid="question-text" data-form={question.form}>{question.text}</span>
      </h2>
      <Listen parts={() => aloud(question)} />
      {question.picture && <Picture key={question.picture} src={question.picture} alt={question.picture_alt ?? t("question.picture")} />}
      {question.form !== "single" && <p class="how">{t(`form.${question.form}`)}</p>}
      <Way question={question} choice={choice} onChoice={onChoice} labelledby={id} />
    </section>
  );
}

function Picture({ src, alt }: { src: string; alt: string }) {
  const [gone, setGone] = useState(false);
  if (gone) return <p class="hint picture">{t("question.picture.gone")}</p>;
  return <img class="picture" src={src} alt={alt} onError={() => setGone(true)} />;
}
