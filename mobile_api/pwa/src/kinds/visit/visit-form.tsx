// One visit: whom one met, what was done, and the household's word that it may be written down. The rest is folded away.
import { useRef, useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { recallMine } from "../../api/calls";
import { useTexts } from "../../ui/texts";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Check, Title } from "../../ui/parts";
import { Listen } from "../../ui/speech";
import { reasonsOf, serviceName, servicesOf, settingsOf } from "./catalogue";
import { Extra } from "./extra";
import { promiseIn, type VisitMine } from "./mine";
import { DayTag, Pick, shortDay } from "./pieces";
import { MET, type Done, type Helped, type VisitBody } from "./records";
import { Services, type Given } from "./services";
import { useDeed, type DayState, type House } from "./use-day";

const PURPOSE = "visit_record";

export const EMPTY: Omit<VisitBody, "household"> = {
  met: "adult", consent: null, place: "home", services: [], device: null, follow_up_on: null, follow_up_of: null,
  no_further_visit: false, photos: [], note: null, corrects: null,
};

export function VisitForm({ activity, day, household, fixes }: { activity: Activity; day: DayState; household?: string; fixes?: string }) {
  const before = fixes ? day.visits.find((one) => one.id === fixes) : undefined;
  const house = day.houses.find((one) => one.id === (before?.body.household ?? household));
  const back = `/activity/${activity.id}${fixes ? "/days" : "/households"}`;
  if ((fixes && !before) || (!before && !house)) return <><BackLink to={back} /><Banner tone="warn" testid="gone">{t("visit.form.gone")}</Banner></>;
  return <Form activity={activity} day={day} house={house} before={before} back={back} />;
}

const given = (services: Helped[]): Given => Object.fromEntries(services.map(({ service, outcome, reason }) => [service, { outcome, reason }]));
const helped = (chosen: Given): Helped[] => Object.entries(chosen).map(([service, { outcome, reason }]) => ({ service, outcome, reason: outcome === "not_possible" ? reason : null }));

interface Props {
  activity: Activity;
  day: DayState;
  house: House | undefined;
  before: Done<VisitBody> | undefined;
  back: string;
}

function Form({ activity, day, house, before, back }: Props) {
  const [body, setBody] = useState<VisitBody>(() => (before ? { ...EMPTY, ...before.body, consent: null, corrects: before.id } : { ...EMPTY, household: house!.id, follow_up_of: house!.promised }));
  const [agreed, setAgreed] = useState(false); // never ticked beforehand, not in a correction either: silence is not consent
  const [error, setError] = useState<"consent" | "absent" | "empty" | null>(null);
  const text = useTexts().value?.find((one) => one.purpose === PURPOSE);
  const { busy, failed, act } = useDeed(activity);
  const asked = useRef<HTMLDivElement>(null);
  const adult = body.met === "adult";
  const services = adult ? body.services : [];
  const needsWord = adult && asksAgreement(body);
  const set = (change: Partial<VisitBody>) => [setBody((now) => ({ ...now, ...change })), setError(null)];
  async function save(): Promise<void> {
    const fault = needsWord && !text ? "absent" : needsWord && !agreed ? "consent" : adult && saysNothing(body) && error !== "empty" ? "empty" : null;
    setError(fault);
    if (fault && fault !== "empty") asked.current?.scrollIntoView({ block: "center" });
    if (fault) return;
    const told: VisitBody = { ...body, services, consent: needsWord ? text!.version : null, device: adult ? body.device : null, note: body.note?.trim().normalize("NFC") || null };
    if (!before && house) told.follow_up_of = promiseOf(house, day.today, await recallMine<VisitMine>(`visit-mine:${activity.id}`));
    if (await act("visit.log", told, house?.nickname ?? "")) go(`/activity/${activity.id}`);
  }
  return (
    <>
      <BackLink to={back} />
      <p class="over">{t(before ? "visit.form.correct" : "visit.form")}</p>
      <Title>{house?.nickname ?? t("visit.form")}</Title>
      {house && <p class="house-line"><span>{house.code ?? t("visit.row.no-code")} · {house.hamlet.name}</span><DayTag house={house} today={day.today} /></p>}
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
// The visit this one keeps the promise of; somebody else's promise is known to the node alone.
const promiseOf = (house: House, today: string, mine: VisitMine | undefined): string | null =>
  house.last_visit === today ? null : house.promised ?? promiseIn(mine, house.id, house.follow_up_on);

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
