// Every version as it was handed in, with what the cell answered. Nothing of it changes any more.
import type { PledgeVersion } from "../../api/types";
import { day, moment, t } from "../../text";
import { BackLink, Title } from "../../ui/parts";
import { named } from "./pieces";
import type { Item } from "./state";
import type { OwnPledge } from "./use-pledge";

export function Versions({ own: { base, mine } }: { own: OwnPledge }) {
  const all = mine?.pledge?.versions ?? [];
  return (
    <>
      <BackLink to={base} />
      <Title>{t("pledge.versions")}</Title>
      <p class="hint">{t("pledge.versions.how")}</p>
      {!all.length && <p class="empty">{t("pledge.versions.none")}</p>}
      {all.map((one) => <Version key={one.number} one={one} inForce={one.number === mine?.pledge?.in_force} />)}
    </>
  );
}

function Version({ one, inForce }: { one: PledgeVersion; inForce: boolean }) {
  return (
    <article class="card" data-testid="version" data-state={one.state}>
      <p class="foot"><strong>{t("pledge.version", { n: one.number })}</strong><span class={`tag ${inForce ? "submitted" : ""}`}>{t(inForce ? "pledge.version.in-force" : `pledge.version.${one.state as "returned"}`)}</span></p>
      <p class="hint">{t("pledge.version.sent", { time: moment(one.submitted_at) })}{one.decided_at && ` · ${named(`pledge.version.${one.state}`)} ${moment(one.decided_at)}`}</p>
      {one.words && <p class="said">{t("pledge.version.words", { words: one.words })}</p>}
      <ol class="rules">{(one.items as unknown as Item[]).map((item) => <li key={item.id}>{item.what}<small class="measure">{item.measure} · {item.due && day(item.due)}</small></li>)}</ol>
    </article>
  );
}
