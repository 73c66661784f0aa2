// A full file: what it is, where it is applied and since when, what came of it, whose it is. A half-written one may be kept.
import { useId, useState } from "preact/hooks";
import { uuid7 } from "../../lib/ids";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Field, Loading, Title } from "../../ui/parts";
import { Alike } from "./alike";
import { Authors, type Share } from "./authors-part";
import { Effects, effectsOf, effectsTyped, type TypedEffect } from "./effects-part";
import { Photos } from "./photos";
import { Area, Part, Resumed } from "./pieces";
import { Select } from "../../ui/area";
import { TITLE, WORDS } from "./small-form";
import { bodyFrom, emptyBody, lacks, mayWrite, type Idea, type Lack, type WriteBody } from "./state";
import { useAct, useDraft, type OwnIdeas } from "./use-ideas";

const WHERE = 300;

interface Props {
  own: OwnIdeas;
  challenge?: string | null;
  id?: string;
}

export function FormalForm({ own, challenge = null, id }: Props) {
  const before = own.view.ideas.find((one) => one.id === id);
  if (id && (!before || !mayWrite(before))) return <><BackLink to={own.base} /><Banner tone="warn" testid="idea-closed">{t("idea.closed")}</Banner></>;
  return <Form own={own} before={before} from={before ? { ...bodyFrom(before), track: "formal" } : emptyBody("formal", challenge)} />;
}

type Writing = Omit<WriteBody, "effects" | "share" | "others" | "files"> & { effects: TypedEffect[]; share: string; others: Share[]; photos: string[] };

const typedFrom = ({ effects, share, others, files, ...text }: WriteBody): Writing => ({
  ...text, effects: effectsTyped(effects), share: String(share), others: others.map((one) => ({ ...one, share: String(one.share) })), photos: files.map(({ digest }) => digest),
});

const clean = (words: string): string => words.trim().normalize("NFC");

// What was typed as the node wants it; lines nobody filled in are none.
function bodyOf({ effects, share, others, photos, ...text }: Writing): WriteBody {
  return {
    ...text, title: clean(text.title), problem: clean(text.problem), solution: clean(text.solution), effect: clean(text.effect), applied_where: clean(text.applied_where), effects: effectsOf(effects) ?? [],
    share: Number(share) || 0, others: others.filter((one) => one.name.trim()).map((one) => ({ id: one.id, name: clean(one.name), share: Number(one.share) || 0 })), files: photos.map((digest) => ({ digest, name: "" })),
  };
}

function Form({ own, before, from }: { own: OwnIdeas; before: Idea | undefined; from: WriteBody }) {
  const draft = useDraft<Writing>(`${own.activity.id}:formal:${before?.id ?? from.challenge ?? ""}`, typedFrom(from));
  const { busy, failed, act } = useAct(own.activity.id);
  const [missing, setMissing] = useState<Lack[]>([]);
  const [wrong, setWrong] = useState(false);
  const { value: now, set } = draft;
  const write = (change: Partial<Writing>) => [set(change), setMissing([]), setWrong(false)];
  async function save(send: boolean): Promise<void> {
    const body = bodyOf(now);
    const found = lacks(body, own.mine ?? {}).filter((one) => send || one === "no_title");
    setWrong(effectsOf(now.effects) === null);
    setMissing(found);
    if (found.length || effectsOf(now.effects) === null) return;
    const initiative = from.initiative || uuid7();
    if (!(await act("write", { ...body, initiative })) || (send && !(await act("register", { initiative })))) return;
    await draft.drop();
    go(`${own.base}/idea/${initiative}`, true);
  }
  if (!draft.ready) return <Loading />;
  const sent = before?.state === "received";
  return (
    <>
      <BackLink to={before ? `${own.base}/idea/${before.id}` : own.base} />
      <Title>{t(before ? "idea.change" : "idea.formal")}</Title>
      <Resumed draft={draft} />
      <Part title={t("idea.part.what")}>
        <Field label={t("idea.title")} autocomplete="off" maxLength={TITLE} value={now.title} onValue={(title) => write({ title })} data-testid="title" />
        <Alike own={own} words={`${now.title} ${now.problem} ${now.solution}`} />
        <Area label={t("idea.problem")} hint={t("idea.problem.hint")} value={now.problem} onValue={(problem) => write({ problem })} most={WORDS} rows={4} testid="problem" />
        <Area label={t("idea.solution")} hint={t("idea.solution.hint")} value={now.solution} onValue={(solution) => write({ solution })} most={WORDS} rows={6} testid="solution" />
      </Part>
      <Part title={t("idea.part.applied")}>
        <Field label={t("idea.applied.where")} autocomplete="off" maxLength={WHERE} value={now.applied_where} onValue={(applied_where) => write({ applied_where })} data-testid="applied-where" />
        <Since value={now.applied_from} onValue={(applied_from) => write({ applied_from })} />
      </Part>
      <Part title={t("idea.effect")}>
        <Area label={t("idea.effect.words")} hint={t("idea.effect.hint")} value={now.effect} onValue={(effect) => write({ effect })} most={WORDS} rows={3} testid="effect" />
        <Effects all={now.effects} onAll={(effects) => write({ effects })} wrong={wrong} />
      </Part>
      <Part title={t("idea.part.whose")}>
        <Place own={own} now={now} write={write} />
        <Authors share={now.share} others={now.others} agreed={(before?.authors ?? []).filter((one) => one.agreed && !one.me && !one.withdrawn).map(({ id }) => id)} most={own.mine?.most_authors ?? 5} onShares={write} />
      </Part>
      <Part title={t("idea.photo")}><Photos digests={now.photos} sent={before?.files ?? {}} onDigests={(photos) => write({ photos })} /></Part>
      {missing.length > 0 && <div class="banner warn" role="alert" data-testid="lacks"><strong>{t("idea.lacks")}</strong><ul class="points">{missing.map((one) => <li key={one}>{t(`idea.lack.${one}`, { n: own.mine?.most_authors ?? 5 })}</li>)}</ul></div>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar actions">
        <Button look={sent ? "main" : "plain"} busy={busy} data-testid="save-formal" onClick={() => void save(false)}>{t("idea.save")}</Button>
        {!sent && <Button busy={busy} data-testid="send-formal" onClick={() => void save(true)}>{t(before?.state === "returned" ? "idea.send.again" : "idea.send")}</Button>}
      </div>
      <p class="hint">{t("idea.formal.save.text")}</p>
    </>
  );
}

function Since({ value, onValue }: { value: string | null; onValue: (value: string | null) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t("idea.applied.from")}</label>
      <p class="hint">{t("idea.applied.hint")}</p>
      <input id={id} type="date" value={value ?? ""} data-testid="applied-from" onInput={(event) => onValue(event.currentTarget.value || null)} />
    </div>
  );
}

function Place({ own: { mine }, now, write }: { own: OwnIdeas; now: Writing; write: (change: Partial<Writing>) => unknown }) {
  const places = mine?.places ?? [];
  const challenges = mine?.challenges ?? [];
  const here = places.some(({ id }) => id === now.unit) || !now.unit;
  return (
    <>
      <Select label={t("idea.unit")} hint={t("idea.unit.hint")} value={now.unit ?? ""} testid="unit" onValue={(unit) => write({ unit: unit || null })}
        options={[["", t("idea.unit.work")], ...places.map(({ id, name }) => [id, name] as const), ...(here ? [] : [[now.unit!, t("idea.unit.former")] as const])]} />
      {(challenges.length > 0 || now.challenge) && (
        <Select label={t("idea.challenge")} value={now.challenge ?? ""} testid="challenge-choice" onValue={(challenge) => write({ challenge: challenge || null })}
          options={[["", t("idea.challenge.none")], ...challenges.map(({ id, title }) => [id, title] as const), ...(now.challenge && !challenges.some(({ id }) => id === now.challenge) ? [[now.challenge, t("idea.challenge.former")] as const] : [])]} />
      )}
    </>
  );
}
