// The two sheets over a paper: all questions at a glance, and "hand in now?".
import { count, t } from "../../text";
import { Button, Sheet } from "../../ui/parts";
import { isAnswered, questions, unanswered, type Paper } from "./paper";

interface OverviewProps {
  paper: Paper;
  at: number;
  last: boolean;
  onShow: (index: number) => void;
  onClose: () => void;
  onSubmit: () => void;
}

export function Overview({ paper, at, last, onShow, onClose, onSubmit }: OverviewProps) {
  const all = questions(paper);
  const guessed = paper.prediction !== null;
  return (
    <Sheet title={t("contest.overview.title")} onClose={onClose}>
      <p>{t("contest.overview.count", { done: all.length - unanswered(paper), of: all.length })}</p>
      <ol class="grid">
        {all.map((question, index) => {
          const done = isAnswered(paper, question);
          return (
            <li key={question.id}>
              <button type="button" class={done ? "done" : ""} aria-current={index === at ? "true" : undefined} aria-label={t(done ? "contest.overview.answered" : "contest.overview.open", { n: index + 1 })} onClick={() => onShow(index)}>
                {index + 1}
              </button>
            </li>
          );
        })}
      </ol>
      {paper.attempt.prediction_asked && (
        <Button look="plain" class="wide" data-testid="overview-prediction" onClick={() => onShow(all.length)}>
          {guessed ? t("predict.given", { n: count(paper.prediction!) }) : t("predict.open")}
        </Button>
      )}
      <div class="actions">
        {!last && <Button data-testid="submit-paper" onClick={onSubmit}>{t("contest.submit")}</Button>}
        <Button look="plain" onClick={onClose}>{t("contest.confirm.no")}</Button>
      </div>
    </Sheet>
  );
}

export function Confirm({ paper, onYes, onNo }: { paper: Paper; onYes: () => void; onNo: () => void }) {
  const open = unanswered(paper);
  return (
    <Sheet title={t("contest.confirm")} onClose={onNo}>
      <p>{open ? t("contest.confirm.open", { n: open }) : t("contest.confirm.all", { of: questions(paper).length })}</p>
      {paper.prediction !== null && <p>{t("predict.given", { n: count(paper.prediction) })}</p>}
      <div class="actions">
        <Button data-testid="confirm-submit" onClick={onYes}>{t("contest.confirm.yes")}</Button>
        <Button look="plain" onClick={onNo}>{t("contest.confirm.no")}</Button>
      </div>
    </Sheet>
  );
}
