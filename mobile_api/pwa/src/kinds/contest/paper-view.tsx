import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Question } from "../../api/types";
import { serverNow } from "../../clock";
import { net } from "../../sync";
import { duration, spell, t } from "../../text";
import { Banner, Button, Progress, Sheet } from "../../ui/parts";
import { useLive } from "../../ui/use";
import { answer, cannotSave, closeIfOver, submit, unsaved, type Ending } from "./deeds";
import { questions, remainingMs, unanswered, type Paper } from "./paper";

export function PaperView({ paper: saved, person, title }: { paper: Paper; person: string; title: string }) {
  const kept = useLive(unsaved)[saved.attempt.id];
  const paper = { ...saved, answers: { ...saved.answers, ...kept } };
  const all = questions(paper);
  const [at, setAt] = useState(() => firstOpen(paper));
  const [sheet, setSheet] = useState<"overview" | "confirm" | null>(null);
  const away = useLive(net) === "away";
  const trouble = useLive(cannotSave);
  const { left, ending } = useCountdown(paper, person);
  const [goingOn, setGoingOn] = useState(false);
  useEffect(() => setGoingOn(false), [ending]);
  const question = all[at];
  if (!question) return <Banner tone="warn">{t("contest.lost-paper")}</Banner>;
  const open = unanswered(paper);
  const show = (index: number) => [setSheet(null), setAt(index)];
  const handIn = async () => {
    await submit(person, paper, "hand");
    setSheet(null); // if it could not be written, the banner below says so
  };
  return (
    <div class="paper">
      <h1 class="visually-hidden">{title}</h1>
      <Clock left={left} unsure={ending === "ask"} saved={!trouble} />
      <Progress value={all.length - open} of={all.length} label={t("contest.overview.count", { done: all.length - open, of: all.length })} />
      {away && <Banner tone="warn" testid="offline-note">{t("contest.away")}</Banner>}
      {trouble && <CannotSave />}
      <QuestionView key={question.id} question={question} of={all.length} chosen={paper.answers[question.id]} onChoice={(code) => void answer(person, paper, question.id, code)} />
      <div class="pager">
        <Button look="plain" data-testid="prev-question" disabled={at === 0} onClick={() => setAt(at - 1)}>{t("contest.prev")}</Button>
        {at < all.length - 1
          ? <Button data-testid="next-question" onClick={() => setAt(at + 1)}>{t("contest.next")}</Button>
          : <Button data-testid="submit-paper" onClick={() => setSheet("confirm")}>{t("contest.submit")}</Button>}
      </div>
      <Button look="quiet" class="wide" data-testid="overview" onClick={() => setSheet("overview")}>
        {t("contest.overview")} ({all.length - open}/{all.length})
      </Button>
      {away && <p class="hint">{t("contest.grace", { grace: spell(paper.attempt.grace_s) })}</p>}
      {sheet === "overview" && <Overview paper={paper} at={at} onShow={show} onClose={() => setSheet(null)} onSubmit={() => setSheet("confirm")} last={at === all.length - 1} />}
      {sheet === "confirm" && <Confirm open={open} of={all.length} onNo={() => setSheet(null)} onYes={() => void handIn()} />}
      {ending === "ask" && !goingOn && <TimeOver onYes={() => void handIn()} onNo={() => setGoingOn(true)} />}
    </div>
  );
}

const firstOpen = (paper: Paper): number => Math.max(0, questions(paper).findIndex((question) => !paper.answers[question.id]));

const AGAIN_MS = 15_000; // how often a paper that seems over is looked at again while nobody can say for sure

function useCountdown(paper: Paper, person: string): { left: number; ending: Ending } {
  const [left, setLeft] = useState(() => remainingMs(paper, serverNow()));
  const [ending, setEnding] = useState<Ending>("open");
  const here = useLive(net) === "here";
  useEffect(() => {
    let alive = true;
    let looked = -Infinity;
    const tick = () => {
      const now = remainingMs(paper, serverNow());
      setLeft(now);
      if (now > 0) return void [setEnding("open"), (looked = -Infinity)];
      if (performance.now() - looked < AGAIN_MS) return;
      looked = performance.now();
      void closeIfOver(person, paper).then((found) => alive && setEnding(found));
    };
    const timer = setInterval(tick, 1_000);
    document.addEventListener("visibilitychange", tick);
    tick();
    return () => [(alive = false), clearInterval(timer), document.removeEventListener("visibilitychange", tick)] as unknown as void;
  }, [paper.attempt.id, paper.attempt.due_at, here]);
  return { left, ending };
}

// Seconds are drawn, not announced: a screen reader hears only the last minute.
function Clock({ left, unsure, saved }: { left: number; unsure: boolean; saved: boolean }) {
  const short = left <= 60_000 && !unsure;
  return (
    <div class={`clock ${short ? "short" : ""}`}>
      <span data-testid="time-left" role="timer" aria-live="off">{unsure ? t("contest.time.unsure") : t("contest.time", { time: duration(left) })}</span>
      {saved && !unsure && <span class="saved">{t("contest.saved")}</span>}
      <span class="visually-hidden" role="status">{short ? t("contest.time.minute") : ""}</span>
    </div>
  );
}

function CannotSave() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), []);
  return <div ref={place}><Banner tone="bad" alert testid="cannot-save">{t("store.failed")}</Banner></div>;
}

function TimeOver({ onYes, onNo }: { onYes: () => void; onNo: () => void }) {
  return (
    <Sheet title={t("contest.over")} onClose={onNo}>
      <p>{t("contest.over.text")}</p>
      <div class="actions">
        <Button data-testid="over-submit" onClick={onYes}>{t("contest.over.yes")}</Button>
        <Button look="plain" data-testid="over-go-on" onClick={onNo}>{t("contest.confirm.no")}</Button>
      </div>
    </Sheet>
  );
}

// Plain buttons and not radios: arrow keys on radios would record an answer at every step.
function QuestionView({ question, of, chosen, onChoice }: { question: Question; of: number; chosen: string | undefined; onChoice: (code: string) => void }) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0); // the button pressed was at the bottom, the next question begins at the top
  }, []);
  return (
    <section class="question" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        <span class="over">{t("contest.question", { n: question.number, of })}</span>
        <span data-testid="question-text">{question.text}</span>
      </h2>
      <div role="group" aria-labelledby={id} class="options">
        {question.options.map((option, index) => (
          <button key={option.code} type="button" class="option" aria-pressed={chosen === option.code} data-testid={`option-${option.code}`} onClick={() => onChoice(option.code)}>
            <b aria-hidden="true">{String.fromCharCode(65 + index)}</b>
            <span>{option.text}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

interface OverviewProps {
  paper: Paper;
  at: number;
  last: boolean;
  onShow: (index: number) => void;
  onClose: () => void;
  onSubmit: () => void;
}

function Overview({ paper, at, last, onShow, onClose, onSubmit }: OverviewProps) {
  const all = questions(paper);
  return (
    <Sheet title={t("contest.overview.title")} onClose={onClose}>
      <p>{t("contest.overview.count", { done: all.length - unanswered(paper), of: all.length })}</p>
      <ol class="grid">
        {all.map((question, index) => {
          const done = Boolean(paper.answers[question.id]);
          return (
            <li key={question.id}>
              <button type="button" class={done ? "done" : ""} aria-current={index === at ? "true" : undefined} aria-label={t(done ? "contest.overview.answered" : "contest.overview.open", { n: index + 1 })} onClick={() => onShow(index)}>
                {index + 1}
              </button>
            </li>
          );
        })}
      </ol>
      <div class="actions">
        {!last && <Button data-testid="submit-paper" onClick={onSubmit}>{t("contest.submit")}</Button>}
        <Button look="plain" onClick={onClose}>{t("contest.confirm.no")}</Button>
      </div>
    </Sheet>
  );
}

function Confirm({ open, of, onYes, onNo }: { open: number; of: number; onYes: () => void; onNo: () => void }) {
  return (
    <Sheet title={t("contest.confirm")} onClose={onNo}>
      <p>{open ? t("contest.confirm.open", { n: open }) : t("contest.confirm.all", { of })}</p>
      <div class="actions">
        <Button data-testid="confirm-submit" onClick={onYes}>{t("contest.confirm.yes")}</Button>
        <Button look="plain" onClick={onNo}>{t("contest.confirm.no")}</Button>
      </div>
    </Sheet>
  );
}
