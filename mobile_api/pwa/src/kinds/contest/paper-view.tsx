import { useEffect, useRef, useState } from "preact/hooks";
import { recall } from "../../store/known";
import { net } from "../../sync";
import { spell, t } from "../../text";
import { Display } from "../../ui/display";
import { Banner, Button, Progress, Sheet } from "../../ui/parts";
import { useLive } from "../../ui/use";
import { Clock, TimeOver, useCountdown } from "./clock";
import { answer, cannotSave, lateGuesses, predict, rest, submit, unsaved } from "./deeds";
import { isAnswered, lacksPrediction, paperKey, questions, unanswered, type Paper } from "./paper";
import { Confirm, Overview } from "./paper-sheets";
import { keepPictures } from "./pictures";
import { LateGuess, PredictionPage } from "./prediction";
import { QuestionView } from "./question";

// The pages of a paper: its questions, and after the last one the prediction if the rules ask for it.
export function PaperView({ paper: saved, person, title }: { paper: Paper; person: string; title: string }) {
  const kept = useLive(unsaved)[saved.attempt.id];
  const paper = { ...saved, answers: { ...saved.answers, ...kept } };
  const all = questions(paper);
  const asked = paper.attempt.prediction_asked;
  const last = all.length - (asked ? 0 : 1);
  const [at, setAt] = useState(() => firstOpen(paper));
  const [sheet, setSheet] = useState<"overview" | "confirm" | "display" | null>(null);
  const [missing, setMissing] = useState(false);
  const away = useLive(net) === "away";
  const trouble = useLive(cannotSave);
  const { left, ending } = useCountdown(paper, person);
  const [goingOn, setGoingOn] = useState(false);
  useEffect(() => setGoingOn(false), [ending]);
  useEffect(() => void keepPictures(all).catch(() => undefined), [paper.attempt.id]);
  useEffect(() => () => void rest(person).catch(() => undefined), []); // who leaves the paper may sign out next
  if (!all.length) return <Banner tone="warn">{t("contest.lost-paper")}</Banner>;
  const open = unanswered(paper);
  const question = all[at];
  const close = () => setSheet(null);
  const show = (index: number) => [close(), setAt(index)];
  const writing = useRef<Promise<void> | null>(null);
  const askToHandIn = async () => {
    await writing.current; // the number typed a moment ago is on its way to the paper
    if (!lacksPrediction((await recall<Paper>(person, paperKey(paper.activity))) ?? paper)) return setSheet("confirm");
    setMissing(at === all.length); // asked again on its own page it says why; from elsewhere one is only led there
    show(all.length);
  };
  const handIn = async (how: "hand" | "time" = "hand", late?: number) => {
    await submit(person, paper, how, late);
    close(); // if it could not be written, the banner below says so
  };
  const guess = (value: number | null) => void (writing.current = predict(person, paper, value));
  return (
    <div class="paper">
      <h1 class="visually-hidden">{title}</h1>
      <Clock left={left} unsure={ending === "ask"} saved={!trouble} />
      <Progress value={all.length - open} of={all.length} label={t("contest.overview.count", { done: all.length - open, of: all.length })} />
      {away && <Banner tone="warn" testid="offline-note">{t("contest.away")}</Banner>}
      {trouble && <CannotSave />}
      {question
        ? <QuestionView key={question.id} question={question} of={all.length} choice={paper.answers[question.id]} onChoice={(choice) => void answer(person, paper, question.id, choice)} />
        : <PredictionPage value={paper.prediction} onGuess={guess} missing={missing} />}
      <div class="pager">
        <Button look="plain" data-testid="prev-question" disabled={at === 0} onClick={() => at > 0 && setAt(at - 1)}>{t("contest.prev")}</Button>
        {at < last
          ? <Button data-testid="next-question" onClick={() => setAt(at + 1)}>{t(at + 1 === all.length ? "predict.next" : "contest.next")}</Button>
          : <Button data-testid="submit-paper" onClick={() => void askToHandIn()}>{t("contest.submit")}</Button>}
      </div>
      <div class="tools">
        <Button look="quiet" data-testid="overview" onClick={() => setSheet("overview")}>{t("contest.overview")} ({all.length - open}/{all.length})</Button>
        <Button look="quiet" data-testid="open-display" onClick={() => setSheet("display")}>{t("me.display.short")}</Button>
        <a class="button quiet" href={`#/activity/${paper.activity}/rules`} data-testid="paper-rules">{t("contest.rules")}</a>
      </div>
      {away && <p class="hint">{t("contest.grace", { grace: spell(paper.attempt.grace_s) })}</p>}
      {sheet === "overview" && <Overview paper={paper} at={at} onShow={show} onClose={close} onSubmit={() => void askToHandIn()} last={at === last} />}
      {sheet === "confirm" && <Confirm paper={paper} onNo={close} onYes={() => void handIn()} />}
      {sheet === "display" && <Sheet title={t("me.settings")} onClose={close}><Display /><Button look="plain" class="wide" onClick={close}>{t("app.close")}</Button></Sheet>}
      {ending === "ask" && !goingOn && <TimeOver onYes={() => (lacksPrediction(paper) ? [setGoingOn(true), void askToHandIn()] : void handIn())} onNo={() => setGoingOn(true)} />}
      {ending === "guess" && <LateGuess onGuess={(late) => lateGuesses.set(paper.attempt.id, late)} onSubmit={(late) => void handIn("time", late)} />}
    </div>
  );
}

const firstOpen = (paper: Paper): number => {
  const open = questions(paper).findIndex((question) => !isAnswered(paper, question));
  return open < 0 && lacksPrediction(paper) ? questions(paper).length : Math.max(0, open);
};

function CannotSave() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), []);
  return <div ref={place}><Banner tone="bad" alert testid="cannot-save">{t("store.failed")}</Banner></div>;
}
