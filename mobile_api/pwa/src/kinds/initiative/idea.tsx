// One own idea: where it stands and what comes next, its way so far, whose it is, and what can be done about it.
import { useState } from "preact/hooks";
import { day, moment, t } from "../../text";
import { BackLink, Banner, Button, Field, Sheet, Title } from "../../ui/parts";
import { Refused } from "./home";
import { Kin } from "./kin";
import { PhotoList } from "./photos";
import { Content, Part, named, stateKey } from "./pieces";
import { bodyFrom, lacks, mayHandIn, mayWithdraw, mayWrite, type Author, type Idea } from "./state";
import { useAct, type OwnIdeas } from "./use-ideas";

export function IdeaScreen({ own, id }: { own: OwnIdeas; id: string }) {
  const idea = own.view.ideas.find((one) => one.id === id);
  if (!idea) return <><BackLink to={own.base} /><Banner tone="warn" testid="idea-gone">{t("idea.gone")}</Banner></>;
  const returned = idea.state === "returned" && !idea.sending && idea.stages.filter((one) => one.state === "returned").at(-1);
  const open = own.activity.state === "open";
  return (
    <>
      <BackLink to={own.base} />
      <p class="over">{[t(`idea.track.${idea.track}`), idea.code].filter(Boolean).join(" · ")}</p>
      <Title>{idea.title}</Title>
      <Refused own={own} />
      {returned && <Banner tone="warn" testid="returned"><strong>{t("idea.returned")}</strong>{returned.words && <p class="said" data-testid="returned-words">{returned.words}</p>}<p>{t("idea.returned.text")}</p></Banner>}
      <Standing idea={idea} />
      {(open || returned) && <Deeds own={own} idea={idea} />}
      <Authors own={own} idea={idea} />
      <Content words={idea} />
      <PhotoList photos={idea.files} />
      <Way idea={idea} />
      <Kin own={own} idea={idea} />
      <Leave own={own} idea={idea} />
    </>
  );
}

function Standing({ idea }: { idea: Idea }) {
  const decisions = idea.recognitions;
  return (
    <section class="card standing" aria-labelledby="standing" data-testid="standing" data-state={idea.sending ? "sending" : idea.state}>
      <p class="big" id="standing">{t(stateKey(idea, "state"))}</p>
      <p>{t(stateKey(idea, "next"))}</p>
      {idea.unit_name && <p class="hint">{t("idea.counts-for", { unit: idea.unit_name })}</p>}
      {idea.waits && <p class="tag waiting" data-testid="idea-waits">{t("idea.waits")}</p>}
      {decisions.map((one) => <p key={one.document_number + one.scope} data-testid="recognition">{t(one.revoked ? "idea.recognition.revoked" : "idea.recognition", { scope: named(`idea.scope.${one.scope}`), number: one.document_number, day: day(one.document_date), unit: one.unit })}</p>)}
      {idea.adoptions.map((one) => <p key={one.unit}>{t("idea.adoption", { unit: one.unit, stage: named(`idea.adoption.${one.stage}`), day: day(one.since) })}</p>)}
      {idea.public_from && <p class="hint">{t("idea.public-from", { time: moment(idea.public_from) })}</p>}
    </section>
  );
}

// Bettering it and handing it in; what is missing is named beforehand.
function Deeds({ own, idea }: { own: OwnIdeas; idea: Idea }) {
  const [asked, setAsked] = useState(false);
  const { busy, failed, act } = useAct(own.activity.id);
  if (!mayWrite(idea)) return null;
  const missing = lacks(bodyFrom(idea), own.mine ?? {});
  async function send(): Promise<void> {
    setAsked(missing.length > 0);
    if (!missing.length) await act("register", { initiative: idea.id });
  }
  const first = idea.state === "returned" && !idea.waits; // completing it comes before sending it again
  const change = <a class={`button ${first ? "main" : "plain"} wide`} href={`#${own.base}/change/${idea.id}`} data-testid="change-idea">{t(first ? "idea.complete" : "idea.change")}</a>;
  return (
    <section class="hand-in">
      {first && change}
      {mayHandIn(idea) && <Button class="wide big-do" look={first ? "plain" : "main"} busy={busy} data-testid="hand-in" onClick={() => void send()}>{t(idea.state === "returned" ? "idea.send.again" : "idea.send")}</Button>}
      {asked && missing.length > 0 && <div class="banner warn" role="alert" data-testid="lacks"><strong>{t("idea.lacks")}</strong><ul class="points">{missing.map((one) => <li key={one}>{t(`idea.lack.${one}`, { n: own.mine?.most_authors ?? 5 })}</li>)}</ul></div>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      {!first && change}
    </section>
  );
}

function Authors({ own: { base }, idea }: { own: OwnIdeas; idea: Idea }) {
  if (idea.authors.length < 2) return null;
  const says = (one: Author) => t(one.withdrawn ? "idea.author.out" : one.agreed ? "idea.author.yes" : "idea.author.waits");
  return (
    <Part title={t("idea.authors")} testid="authors">
      <ul class="lines">
        {idea.authors.map((one) => (
          <li key={one.id} data-testid="author" data-agreed={one.agreed && !one.withdrawn}>
            <p><strong>{one.name || t("idea.author.unnamed")}</strong>{one.me && ` (${t("idea.author.me")})`} · {one.share}%</p>
            <p class="hint">{says(one)}</p>
            {idea.mine && !one.me && !one.agreed && !one.withdrawn && mayWithdraw(idea) && <a class="button quiet" href={`#${base}/invite/${one.id}`} data-testid="invite">{t("idea.invite")}</a>}
          </li>
        ))}
      </ul>
      {idea.authors.some((one) => !one.agreed && !one.withdrawn) && <p class="hint">{t("idea.authors.wait")}</p>}
    </Part>
  );
}

function Way({ idea }: { idea: Idea }) {
  if (!idea.stages.length) return null;
  return (
    <Part title={t("idea.way")} testid="stages">
      <ol class="lines">
        {idea.stages.map((one, at) => (
          <li key={at} data-testid="stage" data-state={one.state}>
            <p><strong>{named(`idea.state.${one.state}`)}</strong> · {day(one.on)}</p>
            {one.words && <p class="said">{one.words}</p>}
          </li>
        ))}
      </ol>
    </Part>
  );
}

// Its writer may take it back, a co-author may step out; both are asked once more.
function Leave({ own, idea }: { own: OwnIdeas; idea: Idea }) {
  const [asks, setAsks] = useState(false);
  const [words, setWords] = useState("");
  const { busy, failed, act } = useAct(own.activity.id);
  const me = idea.authors.find((one) => one.me);
  if (!mayWithdraw(idea) || (!idea.mine && !me?.id)) return null;
  const kind = idea.mine ? "withdraw" : "step-out";
  async function leave(): Promise<void> {
    const done = idea.mine ? await act("withdraw", { initiative: idea.id, words: words.trim().normalize("NFC") }) : await act("author", { author: me!.id, agrees: false });
    if (done) setAsks(false);
  }
  return (
    <>
      <Button look="quiet" data-testid={kind} onClick={() => setAsks(true)}>{t(`idea.${kind}`)}</Button>
      {asks && (
        <Sheet title={t(`idea.${kind}.ask`)} onClose={() => setAsks(false)}>
          <p>{t(`idea.${kind}.text`)}</p>
          {idea.mine && <Field label={t("idea.withdraw.why")} autocomplete="off" maxLength={300} value={words} onValue={setWords} data-testid="withdraw-words" />}
          {failed && <Banner tone="bad" alert>{failed}</Banner>}
          <div class="actions">
            <Button look="plain" onClick={() => setAsks(false)}>{t("idea.stay")}</Button>
            <Button busy={busy} data-testid={`confirm-${kind}`} onClick={() => void leave()}>{t(`idea.${kind}`)}</Button>
          </div>
        </Sheet>
      )}
    </>
  );
}
