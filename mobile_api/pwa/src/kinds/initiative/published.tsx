// One published idea: what it is, who has taken it up, standing behind it, and what people say about it.
import { useState } from "preact/hooks";
import { uuid7 } from "../../lib/ids";
import { day, moment, t } from "../../text";
import { needPath } from "../../screens/needs";
import { BackLink, Banner, Button, Failed, Loading, Sheet, Stale, Title } from "../../ui/parts";
import { Marks, byWhom, figures } from "./gallery";
import { Refused } from "./home";
import { Area, Content, Part, Resumed, named } from "./pieces";
import type { Shown } from "./state";
import { useAct, useDraft, useOne, type OwnIdeas } from "./use-ideas";

const REMARK = 2000;

export function Published({ own, id }: { own: OwnIdeas; id: string }) {
  const { shown, read } = useOne(own.activity, id, own.rows);
  const back = `${own.base}/gallery`;
  if (!shown) return <><BackLink to={back} />{read.error ? <Failed text={read.error} again={() => void read.again()} /> : <Loading />}</>;
  const { card, recognitions, adoptions } = shown;
  return (
    <>
      <BackLink to={back} />
      <span class="deed-tags"><Marks card={card} /></span>
      <Title>{card.title}</Title>
      <p data-testid="by-whom">{[byWhom(card), card.code].filter(Boolean).join(" · ")}</p>
      <Stale read={read} />
      <Refused own={own} />
      <Content words={shown} />
      {recognitions.length > 0 && <Part title={t("idea.decisions")}><ul class="lines">{recognitions.map((one) => <li key={one.document_number + one.scope}>{t(one.revoked ? "idea.recognition.revoked" : "idea.recognition", { scope: named(`idea.scope.${one.scope}`), number: one.document_number, day: day(one.document_date), unit: one.unit })}</li>)}</ul></Part>}
      {adoptions.length > 0 && <Part title={t("idea.adoptions")}><ul class="lines">{adoptions.map((one) => <li key={one.unit}><p>{t("idea.adoption", { unit: one.unit, stage: named(`idea.adoption.${one.stage}`), day: day(one.since) })}</p>{one.words && <p class="said">{one.words}</p>}</li>)}</ul></Part>}
      <Stand own={own} shown={shown} />
      <Talk own={own} shown={shown} />
    </>
  );
}

const mayAct = ({ activity, view }: OwnIdeas): boolean => !activity.needs.length || view.ideas.length > 0;

function Stand({ own, shown }: { own: OwnIdeas; shown: Shown }) {
  const { busy, failed, act } = useAct(own.activity.id);
  const isOwn = own.view.ideas.some(({ id }) => id === shown.card.id);
  const need = own.activity.needs[0];
  return (
    <section class="card" aria-labelledby="stand">
      <h2 id="stand">{t("idea.stand")}</h2>
      <p data-testid="endorsements" data-count={shown.card.endorsements}>{figures(shown.card)}</p>
      {shown.here && !isOwn && mayAct(own) && <Button look={shown.endorsed ? "plain" : "main"} class="wide" busy={busy} data-testid="endorse" onClick={() => void act("endorse", { initiative: shown.card.id, yes: !shown.endorsed })}>{t(shown.endorsed ? "idea.stand.no" : "idea.stand.yes")}</Button>}
      {shown.here && !isOwn && !mayAct(own) && need && need !== "excluded" && <a class="button plain" href={`#${needPath(own.activity.id, need)}`}>{t("idea.stand.enter")}</a>}
      {shown.waits && <p class="hint" data-testid="endorse-waits">{t("idea.waits")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
    </section>
  );
}

function Talk({ own, shown }: { own: OwnIdeas; shown: Shown }) {
  const open = shown.here && own.mine?.discussion !== false;
  if (!open && !shown.comments.length) return null;
  return (
    <section aria-labelledby="talk" class="talk">
      <h2 id="talk">{t("idea.talk", { n: shown.comments.length })}</h2>
      <p class="hint">{t("idea.talk.text")}</p>
      <ul class="talk-words">{shown.comments.map((one) => <Word key={one.id} own={own} idea={shown.card.id} one={one} open={open && mayAct(own)} />)}</ul>
      {open && mayAct(own) && <Say own={own} idea={shown.card.id} />}
    </section>
  );
}

function Word({ own, idea, one, open }: { own: OwnIdeas; idea: string; one: Shown["comments"][number]; open: boolean }) {
  const [asks, setAsks] = useState(false);
  const { busy, act } = useAct(own.activity.id);
  const report = async () => (await act("report", { comment: one.id })) && setAsks(false);
  return (
    <li class="card" data-testid="comment" data-mine={one.mine} data-hidden={one.hidden}>
      {one.words === null ? <p class="hint">{t("idea.word.hidden")}</p> : <p class="lines-kept">{one.words}</p>}
      {one.mine && one.hidden && <p class="error" data-testid="hidden-why">{t("idea.word.hidden.mine", { why: one.why ?? "" })}</p>}
      <p class="hint">{[one.mine && t("idea.word.mine"), moment(one.at), one.waits && t("idea.waits"), one.reported && t("idea.word.reported")].filter(Boolean).join(" · ")}</p>
      {open && one.mine && !one.hidden && <Button look="quiet" busy={busy} data-testid="take-back" onClick={() => void act("comment", { comment: one.id, initiative: idea, words: one.words ?? "-", gone: true })}>{t("idea.word.back")}</Button>}
      {open && !one.mine && !one.hidden && !one.reported && <Button look="quiet" data-testid="report" onClick={() => setAsks(true)}>{t("idea.word.report")}</Button>}
      {asks && (
        <Sheet title={t("idea.word.report")} onClose={() => setAsks(false)}>
          <p>{t("idea.word.report.text")}</p>
          <div class="actions">
            <Button look="plain" onClick={() => setAsks(false)}>{t("idea.word.leave")}</Button>
            <Button busy={busy} data-testid="confirm-report" onClick={() => void report()}>{t("idea.word.report.do")}</Button>
          </div>
        </Sheet>
      )}
    </li>
  );
}

function Say({ own, idea }: { own: OwnIdeas; idea: string }) {
  const draft = useDraft(`${idea}:say`, { words: "" });
  const [empty, setEmpty] = useState(false);
  const { busy, failed, act } = useAct(own.activity.id);
  const words = draft.value.words;
  async function say(): Promise<void> {
    setEmpty(!words.trim());
    if (words.trim() && (await act("comment", { comment: uuid7(), initiative: idea, words: words.trim().normalize("NFC") }))) await draft.drop();
  }
  if (!draft.ready) return null;
  return (
    <div class="card">
      <Resumed draft={draft} />
      <Area label={t("idea.say")} hint={t("idea.say.hint")} value={words} onValue={(typed) => [draft.set({ words: typed }), setEmpty(false)]} most={REMARK} rows={3} testid="say-words" error={empty ? t("idea.say.empty") : null} />
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <Button class="wide" busy={busy} data-testid="say" onClick={() => void say()}>{t("idea.say.do")}</Button>
    </div>
  );
}
