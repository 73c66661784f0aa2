// How much time is left, and what happens when there is none.
import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../../clock";
import { net } from "../../sync";
import { duration, t } from "../../text";
import { Button, Sheet } from "../../ui/parts";
import { useLive } from "../../ui/use";
import { closeIfOver, type Ending } from "./deeds";
import { remainingMs, type Paper } from "./paper";

const AGAIN_MS = 15_000; // how often a paper that seems over is looked at again while nobody can say for sure

export function useCountdown(paper: Paper, person: string): { left: number; ending: Ending } {
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
  }, [paper.attempt.id, paper.attempt.due_at, paper.prediction, here]);
  return { left, ending };
}

// Seconds are drawn, not announced: a screen reader hears only the last minute.
export function Clock({ left, unsure, saved }: { left: number; unsure: boolean; saved: boolean }) {
  const short = left <= 60_000 && !unsure;
  return (
    <div class={`clock ${short ? "short" : ""}`}>
      <span data-testid="time-left" role="timer" aria-live="off">{unsure ? t("contest.time.unsure") : t("contest.time", { time: duration(left) })}</span>
      {saved && !unsure && <span class="saved">{t("contest.saved")}</span>}
      <span class="visually-hidden" role="status">{short ? t("contest.time.minute") : ""}</span>
    </div>
  );
}

export function TimeOver({ onYes, onNo }: { onYes: () => void; onNo: () => void }) {
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
