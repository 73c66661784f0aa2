import { useEffect, useState } from "preact/hooks";
import { counts, outboxMoved, rowsOf, type Counts, type OutboxRow } from "../store/outbox";
import { current, wasLost } from "../store/persons";
import { net, portal, type Net } from "../sync";
import { space } from "../sync/room";
import { t, type Key } from "../text";
import { useLive } from "./use";

export function useOutbox(): OutboxRow[] {
  const turn = useLive(outboxMoved);
  const person = useLive(current)?.id;
  const [rows, setRows] = useState<OutboxRow[]>([]);
  useEffect(() => {
    let alive = true;
    void (person ? rowsOf(person) : Promise.resolve([])).then((found) => alive && setRows(found));
    return () => void (alive = false);
  }, [turn, person]);
  return rows;
}

const WORDS: Record<Net, Key> = { here: "net.here", away: "net.away", unknown: "net.unknown" };

// Grey or amber only: being connected proves nothing. Green is kept for receipts.
export function NetStatus() {
  const state = useLive(net);
  const inTheWay = useLive(portal);
  return <span class={`net ${state}`} data-testid="net-status" data-net={state} role="status"><i aria-hidden="true" />{t(inTheWay && state === "away" ? "net.blocked" : WORDS[state])}</span>;
}

// Said on whatever screen is left when what was here is gone.
export function LostNote() {
  if (!useLive(wasLost)) return null;
  return (
    <div class="banner bad" role="alert" data-testid="device-lost">
      <strong>{t("lost.title")}</strong>
      <p>{t("lost.text")}</p>
    </div>
  );
}

export function StatusStrip() {
  const found: Counts = counts(useOutbox());
  const low = useLive(space)?.low;
  const [state, inTheWay] = [useLive(net), useLive(portal)];
  const part = (name: keyof Counts) => (
    <span class={`tally ${name} ${found[name] ? "some" : ""}`}>
      <b data-testid={`outbox-${name}`}>{found[name]}</b> {t(`net.${name}`)}
    </span>
  );
  return (
    <div class="strip">
      <NetStatus />
      <a href="#/receipts" class="tallies">
        <span class="visually-hidden">{t("nav.receipts")}: </span>
        {part("counted")}{part("waiting")}{part("refused")}
      </a>
      {low && <a href="#/insurance" class="low" data-testid="space-low">{t("space.low")}</a>}
      {state === "away" && inTheWay && <p class="low" data-testid="net-portal">{t("net.portal")}</p>}
    </div>
  );
}
