// Many people at once, at the hamlet house or the service desk: only figures, nobody by name.
import { useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { servicesOf, settingsOf, type Service } from "./catalogue";
import { Note, Pick, Steps } from "./pieces";
import { type Outcome, type Place, type SessionBody } from "./records";
import { useDeed, type DayState } from "./use-day";

const WHERE: Place[] = ["hamlet_hall", "centre_desk", "mobile_point", "workplace"];
type People = Record<string, number>; // "<service> <outcome>" -> how many

const EMPTY: Omit<SessionBody, "hamlet"> = { place: "hamlet_hall", services: [], assisted: 0, declared: 0, note: null, corrects: null };

const told = (people: People): SessionBody["services"] =>
  Object.entries(people).filter(([, n]) => n > 0).map(([key, n]) => ({ service: key.split(" ")[0]!, outcome: key.split(" ")[1] as Outcome, people: n }));

export function SessionForm({ activity, day, fixes }: { activity: Activity; day: DayState; fixes: string }) {
  const before = day.sessions.find((one) => one.id === fixes);
  const last = [...day.checkIns].reverse().find((one) => one.day === day.today)?.body.hamlet; // where one checked in is where one is
  const [body, setBody] = useState<SessionBody>(() => before?.body ?? { ...EMPTY, hamlet: last ?? (day.areas.length === 1 ? day.areas[0]!.id : "") });
  const [people, setPeople] = useState<People>(() => Object.fromEntries((before?.body.services ?? []).map((one) => [`${one.service} ${one.outcome}`, one.people])));
  const [error, setError] = useState<"hamlet" | "empty" | null>(null);
  const { busy, failed, act } = useDeed(activity);
  const set = (change: Partial<SessionBody>) => [setBody((now) => ({ ...now, ...change })), setError(null)];
  async function save(): Promise<void> {
    const services = told(people);
    const fault = !body.hamlet ? "hamlet" : !services.length && !body.assisted && !body.declared ? "empty" : null;
    setError(fault);
    if (fault) return;
    const { hamlet, place, assisted, declared } = body;
    const made: SessionBody = { hamlet, place, services, assisted, declared, note: body.note?.trim().normalize("NFC") || null, corrects: before?.id ?? null };
    if (await act("visit.session", made, "")) go(`/activity/${activity.id}`);
  }
  return (
    <>
      <BackLink to={`/activity/${activity.id}${before ? "/days" : ""}`} />
      <Title>{t(before ? "visit.session.correct" : "visit.session")}</Title>
      <p>{t(before ? "visit.form.correct.text" : "visit.session.text")}</p>
      {day.areas.length !== 1 && <Pick label={t("visit.session.hamlet")} options={day.areas.map((area) => [area.id, area.name] as const)} value={body.hamlet} onValue={(hamlet) => set({ hamlet })} testid="hamlet" error={error === "hamlet" ? t("visit.new.hamlet.bad") : null} />}
      <Pick label={t("visit.session.place")} options={WHERE.map((code) => [code, t(`visit.place.${code}`)] as const)} value={body.place} onValue={(place) => set({ place })} testid="place" />
      <div class="field">
        <Steps label={t("visit.session.assisted")} value={body.assisted} onValue={(assisted) => set({ assisted })} testid="assisted" />
        <Steps label={t("visit.session.declared")} hint={t("visit.session.declared.hint")} value={body.declared} onValue={(declared) => set({ declared })} testid="declared" />
      </div>
      <ServicesOfMany services={servicesOf(activity)} people={people} onPeople={(next) => [setPeople(next), setError(null)]} />
      <Note value={body.note ?? ""} onValue={(note) => set({ note })} most={settingsOf(activity).note_length ?? 500} />
      {error === "empty" && <p class="error" role="alert" data-testid="empty-session">{t("visit.session.empty")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-session" onClick={() => void save()}>{t("visit.save")}</Button></div>
    </>
  );
}

function ServicesOfMany({ services, people, onPeople }: { services: Service[]; people: People; onPeople: (people: People) => void }) {
  const [open, setOpen] = useState<string | null>(null);
  const most = (service: Service) => Math.max(0, ...service.stages.map((stage) => people[`${service.code} ${stage}`] ?? 0));
  return (
    <section class="field" aria-labelledby="services">
      <span class="label" id="services">{t("visit.session.services")}</span>
      <ul class="services">
        {services.map((service) => (
          <li key={service.code} class={`${most(service) ? "given" : ""} ${open === service.code ? "wide" : ""}`}>
            <button type="button" class="service" aria-expanded={open === service.code} data-testid={`service-${service.code}`} onClick={() => setOpen(open === service.code ? null : service.code)}>
              <span>{service.name}</span>
              {most(service) > 0 && <small>{t("visit.session.people", { n: most(service) })}</small>}
            </button>
            {open === service.code && (
              <div class="stages">
                {service.stages.map((stage) => {
                  const key = `${service.code} ${stage}`;
                  return <Steps key={stage} small label={t(`visit.stage.${stage}`)} value={people[key] ?? 0} onValue={(n) => onPeople({ ...people, [key]: n })} testid={`people-${stage}`} />;
                })}
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
