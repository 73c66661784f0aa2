// One visit: whom one met, what was done, and the household's word that it may be written down. The rest is folded away.
import { useRef, useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { useTexts } from "../../ui/texts";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Check, Loading, Title } from "../../ui/parts";
import { Listen } from "../../ui/speech";
import { reasonsOf, serviceName, servicesOf, settingsOf } from "./catalogue";
import { Extra } from "./extra";
import { bodyOf } from "./mine";
import { DayTag, Pick, shortDay } from "./pieces";
import { MET, type Helped, type VisitBody } from "./records";
import { Services, type Given } from "./services";
import { useDeed, useMine, type DayState, type House } from "./use-day";

const PURPOSE = "visit_record";

export const EMPTY: Omit<VisitBody, "household"> = {
  met: "adult", consent: null, place: "home", services: [], device: null, follow_up_on: null, follow_up_of: null,
  no_further_visit: false, photos: [], note: null, corrects: null,
};

interface Screen {
  activity: Activity;
  day: DayState;
}

export function VisitForm({ activity, day, household }: Screen & { household: string }) {
  const back = `/activity/${activity.id}/households`;
  const house = day.houses.find((one) => one.id === household);
  return house ? <Form activity={activity} day={day} house={house} name={house.nickname} before={undefined} back={back} /> : <Gone back={back} text={t("visit.form.gone")} />;
}

// What is to be put right: of this phone, or as the node knows it when it was written down on another one.
export function FixForm({ activity, day, fixes }: Screen & { fixes: string }) {
  const here = day.visits.find((one) => one.id === fixes);
  return here ? <Fix activity={activity} day={day} before={here} name={null} /> : <FixElsewhere activity={activity} day={day} fixes={fixes} />;
}

function FixElsewhere({ activity, day, fixes }: Screen & { fixes: string }) {
  const { value, loading } = useMine(activity);
  const found = value?.days.find((one) => one.id === fixes);
  const body = found && bodyOf(found);
  if (body) return <Fix activity={activity} day={day} before={{ id: fixes, body }} name={found.nickname} />;
  return loading ? <Loading /> : <Gone back={`/activity/${activity.id}/days`} text={t("visit.form.elsewhere")} />;
}

function Fix({ activity, day, before, name }: Screen & { before: Written; name: string | null }) {
  const house = day.houses.find((one) => one.id === before.body.household);
  return <Form activity={activity} day={day} house={house} name={house?.nickname ?? name} before={before} back={`/activity/${activity.id}/days`} />;
}

const Gone = ({ back, text }: { back: string; text: string }) => <><BackLink to={back} /><Banner tone="warn" testid="gone">{text}</Banner></>;

const given = (services: Helped[]): Given => Object.fromEntries(services.map(({ service, outcome, reason }) => [service, { outcome, reason }]));
const helped = (chosen: Given): Helped[] => Object.entries(chosen).map(([service, { outcome, reason }]) => ({ service, outcome, reason: outcome === "not_possible" ? reason : null }));

interface Props {
  activity: Activity;
  day: DayState;
  house: House | undefined;
  name: string | null;
  before: Written | undefined;
  back: string;
}

interface Written {
  id: string;
  body: VisitBody;
}

function Form({ activity, day, house, name, before, back }: Props) {
  const [body, setBody] = useState<VisitBody>(() => (before ? { ...EMPTY, ...before.body, consent: null, corrects: before.id } : { ...EMPTY, household: house!.id }));
  const [agreed, setAgreed] = useState(false); // never ticked beforehand, not in a correction either: silence is not consent
  const [error, setError] = useState<"consent" | "absent" | "empty" | null>(null);
  const text = useTexts().value?.find((one) => one.purpose === PURPOSE);
  const { busy, failed, act } = useDeed(activity);
  const asked = useRef<HTMLDivElement>(null);
  const adult = body.met === "adult";
  const keeps = adult && house ? promiseKept(house, day.today) : null;
  const services = adult ? body.services : [];
  const needsWord = adult && asksAgreement(body);
  const set = (change: Partial<VisitBody>) => [setBody((now) => ({ ...now, ...change })), setError(null)];
  async function save(): Promise<void> {
    const fault = needsWord && !text ? "absent" : needsWord && !agreed ? "consent" : adult && saysNothing(body) && error !== "empty" ? "empty" : null;
    setError(fault);
    if (fault && fault !== "empty") asked.current?.scrollIntoView({ block: "center" });
    if (fault) return;
    const told: VisitBody = { ...body, services, consent: needsWord ? text!.version : null, device: adult ? body.device : null, note: body.note?.trim().normalize("NFC") || null };
    if (!before) told.follow_up_of = keeps;
    if (await act("visit.log", told, name ?? "")) go(`/activity/${activity.id}`);
  }
  return (
    <>
      <BackLink to={back} />
      <p class="over">{t(before ? "visit.form.correct" : "visit.form")}</p>
      <Title>{name ?? t("visit.form")}</Title>
      {house && <p class="house-line"><span>{house.code ?? t("visit.row.no-code")} · {house.hamlet.name}</span><DayTag house={house} today={day.today} /></p>}
      {keeps && !before && <p class="hint" data-testid="keeps">{t("visit.keeps")}</p>}
      {before && <Banner>{t("visit.form.correct.text")}</Banner>}
      {house?.evicted && <Banner tone="warn">{t("visit.moved", { name: house.nickname, team: house.evicted.team ?? t("visit.another-team") })}</Banner>}
      <Pick label={t("visit.met")} options={MET.map((code) => [code, t(`visit.met.${code}`)] as const)} value={body.met} onValue={(met) => set({ met })} testid="met" three />
      <div ref={asked}>{adult && <Asked text={text?.text} agreed={agreed} onAgreed={(on) => [setAgreed(on), setError(null)]} error={error === "consent" ? t("visit.consent.missing") : error === "absent" ? t("visit.consent.absent") : null} />}</div>
      {adult && <Services services={servicesOf(activity)} reasons={reasonsOf(activity)} given={given(body.services)} onGiven={(chosen) => set({ services: helped(chosen) })} />}
      <details class="card more" data-testid="extra">
        <summary>{t("visit.extra")}</summary>
        <Extra activity={activity} body={body} set={set} today={day.today} adult={adult} most={settingsOf(activity).note_length ?? 500} />
      </details>
      {error === "empty" && <p class="error" role="alert" data-testid="empty-visit">{t("visit.save.empty")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-visit" onClick={() => void save()}>{t("visit.save")}</Button></div>
      {house && <Before activity={activity} day={day} house={house} />}
    </>
  );
}

// What the words read out speak of may be written down only when they were agreed to; that somebody came by needs no word.
const asksAgreement = ({ services, device, follow_up_on, photos }: VisitBody): boolean => Boolean(services.length || device || follow_up_on || photos.length);
const saysNothing = (body: VisitBody): boolean => !asksAgreement(body) && !body.note && !body.no_further_visit;
// The visit whose promise this one keeps. Who was there today already, and promised another day, has not kept it by coming twice.
const promiseKept = ({ follow_up_on, last_visit, promised }: House, today: string): string | null =>
  follow_up_on && (follow_up_on <= today || last_visit !== today) ? promised : null;

function Asked({ text, agreed, onAgreed, error }: { text: string | undefined; agreed: boolean; onAgreed: (on: boolean) => void; error: string | null }) {
  return (
    <section class="card asked" aria-label={t("visit.consent")}>
      <Check label={t("visit.consent.check")} checked={agreed} onChecked={onAgreed} testid="consent" error={error} />
      {text && (
        <details data-testid="consent-text">
          <summary>{t("visit.consent.read")}</summary>
          {text.split(/\n+/).map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
          <Listen parts={() => text.split(/\n+/)} />
        </details>
      )}
    </section>
  );
}

const BEFORE_SHOWN = 3;

function Before({ activity, day, house }: { activity: Activity; day: DayState; house: House }) {
  const own = day.visits.filter((one) => one.stands && one.body.household === house.id).sort((a, b) => b.at - a.at).slice(0, BEFORE_SHOWN);
  if (!own.length) return null;
  return (
    <section class="card" aria-labelledby="before">
      <h2 id="before">{t("visit.before")}</h2>
      <ul class="plain">
        {own.map((one) => (
          <li key={one.id}><strong>{shortDay(one.day)}</strong> {one.body.met === "adult" ? one.body.services.map((each) => serviceName(activity, each.service)).join(", ") : t(`visit.met.${one.body.met}`)}</li>
        ))}
      </ul>
    </section>
  );
}
