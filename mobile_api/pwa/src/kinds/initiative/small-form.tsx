// A small idea in three short steps: what it is called, what gets in the way, what to do instead. A half-written one is kept.
import { useState } from "preact/hooks";
import { uuid7 } from "../../lib/ids";
import { go } from "../../route";
import { t, type Key } from "../../text";
import { BackLink, Banner, Button, Field, Loading, Progress, Title } from "../../ui/parts";
import { Alike } from "./alike";
import { Area, Resumed } from "./pieces";
import { bodyFrom, emptyBody, mayWrite, type Idea, type WriteBody } from "./state";
import { useAct, useDraft, type OwnIdeas } from "./use-ideas";

export const TITLE = 200;
export const WORDS = 6000;
const STEPS = ["title", "problem", "solution"] as const;
type Step = (typeof STEPS)[number];

interface Props {
  own: OwnIdeas;
  challenge?: string | null;
  id?: string;
}

export function SmallForm({ own, challenge = null, id }: Props) {
  const before = own.view.ideas.find((one) => one.id === id);
  if (id && (!before || !mayWrite(before))) return <><BackLink to={own.base} /><Banner tone="warn" testid="idea-closed">{t("idea.closed")}</Banner></>;
  return <Form own={own} before={before} from={before ? bodyFrom(before) : emptyBody("small", challenge)} />;
}

type Writing = Pick<WriteBody, Step> & { step: number };

function Form({ own, before, from }: { own: OwnIdeas; before: Idea | undefined; from: WriteBody }) {
  const { title, problem, solution } = from;
  const draft = useDraft<Writing>(`${own.activity.id}:small:${before?.id ?? from.challenge ?? ""}`, { title, problem, solution, step: 0 });
  const { busy, failed, act } = useAct(own.activity.id);
  const [empty, setEmpty] = useState(false);
  const { value: now, set } = draft;
  const step = STEPS[now.step]!;
  const last = now.step === STEPS.length - 1;
  const challenge = own.mine?.challenges.find((one) => one.id === from.challenge);
  const write = (words: string) => [set({ [step]: words }), setEmpty(false)];
  function next(): void {
    setEmpty(!now[step].trim());
    if (now[step].trim()) set({ step: now.step + 1 });
  }
  async function save(send: boolean): Promise<void> {
    const lacking = STEPS.findIndex((one) => (send || one === "title") && !now[one].trim());
    setEmpty(lacking >= 0);
    if (lacking >= 0) return set({ step: lacking });
    const initiative = from.initiative || uuid7();
    const clean = (words: string) => words.trim().normalize("NFC");
    const body: WriteBody = { ...from, initiative, title: clean(now.title), problem: clean(now.problem), solution: clean(now.solution) };
    if (!(await act("write", body)) || (send && !(await act("register", { initiative })))) return;
    await draft.drop();
    go(`${own.base}/idea/${initiative}`, true);
  }
  if (!draft.ready) return <Loading />;
  return (
    <>
      <BackLink to={before ? `${own.base}/idea/${before.id}` : own.base} />
      <p class="over">{t("idea.step", { n: now.step + 1, of: STEPS.length })}</p>
      <Title>{t(before ? "idea.change" : "idea.small")}</Title>
      <Progress value={now.step + 1} of={STEPS.length} label={t("idea.step", { n: now.step + 1, of: STEPS.length })} />
      {challenge && <Banner>{t("idea.challenge.for", { title: challenge.title })}</Banner>}
      <Resumed draft={draft} />
      {step === "title"
        ? <Field key="title" label={t("idea.small.title")} hint={t("idea.small.title.hint")} autocomplete="off" maxLength={TITLE} value={now.title} onValue={write} error={empty ? t("idea.lack.no_title") : null} data-testid="small-title" />
        : <Area key={step} label={t(`idea.small.${step}`)} hint={t(`idea.small.${step}.hint`)} value={now[step]} onValue={write} most={WORDS} rows={6} testid={`small-${step}`} error={empty ? t(`idea.lack.no_${step}` as Key) : null} />}
      <Alike own={own} words={`${now.title} ${now.problem} ${now.solution}`} />
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar actions">
        {now.step > 0 && <Button look="plain" data-testid="step-back" onClick={() => [set({ step: now.step - 1 }), setEmpty(false)]}>{t("idea.step.back")}</Button>}
        {last ? <Button busy={busy} data-testid="send-small" onClick={() => void save(before?.state !== "received")}>{t(before?.state === "received" ? "idea.save" : "idea.send")}</Button> : <Button data-testid="step-next" onClick={next}>{t("idea.step.next")}</Button>}
      </div>
      {last && <p class="hint">{t("idea.send.text")}</p>}
      {last && (!before || before.state === "draft") && <Button look="quiet" busy={busy} data-testid="keep-small" onClick={() => void save(false)}>{t("idea.keep")}</Button>}
    </>
  );
}
