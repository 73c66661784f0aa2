// What was done, service by service. A tap chooses, the next tap is the next stage; below the last one touched all stages are in sight.
import { useState } from "preact/hooks";
import { t } from "../../text";
import type { Choice, Service } from "./catalogue";
import { nextOutcome, type Outcome } from "./records";

export interface Chosen {
  outcome: Outcome;
  reason: string | null;
}

export type Given = Record<string, Chosen>;

interface Props {
  services: Service[];
  reasons: Choice[];
  given: Given;
  onGiven: (given: Given) => void;
}

export function Services({ services, reasons, given, onGiven }: Props) {
  const [touched, setTouched] = useState<string | null>(null);
  function set(code: string, outcome: Outcome | undefined, reason: string | null = null): void {
    const { [code]: _, ...others } = given;
    setTouched(code);
    onGiven(outcome ? { ...others, [code]: { outcome, reason } } : others);
  }
  return (
    <section class="field" aria-labelledby="services">
      <span class="label" id="services">{t("visit.services")}</span>
      <p class="hint">{t("visit.services.text")}</p>
      <ul class="services">
        {services.map((service) => {
          const now = given[service.code];
          return (
            <li key={service.code} class={`${now ? "given" : ""} ${now && touched === service.code ? "wide" : ""}`}>
              <button type="button" class="service" aria-pressed={Boolean(now)} data-testid={`service-${service.code}`} onClick={() => set(service.code, nextOutcome(now?.outcome, service.stages))}>
                <span>{service.name}</span>
                {now && <small data-testid="stage">{t(`visit.stage.${now.outcome}`)}</small>}
                <Dots service={service} outcome={now?.outcome} />
              </button>
              {now && touched === service.code && <Stages service={service} now={now} reasons={reasons} set={(outcome, reason) => set(service.code, outcome, reason)} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

// How far along the stages, at a glance and without colour alone: filled and empty rings.
function Dots({ service, outcome }: { service: Service; outcome: Outcome | undefined }) {
  const reached = outcome && outcome !== "not_possible" ? service.stages.indexOf(outcome) + 1 : 0;
  return <span class="dots" aria-hidden="true">{outcome === "not_possible" ? "–" : service.stages.map((stage, at) => <i key={stage} class={at < reached ? "full" : ""} />)}</span>;
}

function Stages({ service, now, reasons, set }: { service: Service; now: Chosen; reasons: Choice[]; set: (outcome: Outcome | undefined, reason?: string | null) => void }) {
  const outcomes: Outcome[] = [...service.stages, "not_possible"];
  return (
    <div class="stages">
      <div class="picks" role="group" aria-label={service.name}>
        {outcomes.map((outcome) => <button key={outcome} type="button" aria-pressed={now.outcome === outcome} data-testid={`stage-${outcome}`} onClick={() => set(outcome)}>{t(`visit.stage.${outcome}`)}</button>)}
        <button type="button" class="clear" data-testid="stage-clear" onClick={() => set(undefined)}>{t("visit.services.clear")}</button>
      </div>
      {now.outcome === "not_possible" && (
        <>
          <p class="label">{t("visit.reason")}</p>
          <div class="picks" role="group" aria-label={t("visit.reason")}>
            {reasons.map(({ code, name }) => <button key={code} type="button" aria-pressed={now.reason === code} data-testid={`why-${code}`} onClick={() => set("not_possible", now.reason === code ? null : code)}>{name}</button>)}
          </div>
        </>
      )}
    </div>
  );
}
