// Which household? One tap on it opens the visit. Those with a promise to keep come first.
import { useMemo, useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { matches } from "../../lib/fold";
import { go } from "../../route";
import { findByCard } from "../../sync/field";
import { count, t } from "../../text";
import { BackLink, Banner, Button, Field, Title } from "../../ui/parts";
import { DayTag } from "./pieces";
import { Scan, canScan } from "../../ui/scan";
import { isDueHouse } from "./team-home";
import type { DayState, House } from "./use-day";

const SHOWN = 30; // a longer list is scrolled past; two letters find anybody

export function Households({ activity, day }: { activity: Activity; day: DayState }) {
  const [query, setQuery] = useState("");
  const [hamlet, setHamlet] = useState<string | null>(null);
  const [scanning, setScanning] = useState(false);
  const [unknown, setUnknown] = useState<string | null>(null);
  const base = `/activity/${activity.id}`;
  const found = useMemo(() => inOrder(day.houses, day.today, query, hamlet), [day.houses, day.today, query, hamlet]);
  const hamlets = [...new Map(day.houses.map((house) => [house.hamlet.id, house.hamlet.name]))];
  async function scanned(text: string): Promise<void> {
    setScanning(false);
    const house = await findByCard(text);
    if (house) go(`${base}/visit/${house.id}`);
    else setUnknown(t(text.startsWith("LTH1.") ? "visit.scan.unknown" : "visit.scan.bad"));
  }
  return (
    <>
      <BackLink to={base} />
      <Title>{t("visit.list")}</Title>
      {unknown && <Banner tone="warn" alert testid="card-unknown">{unknown}</Banner>}
      <Field label={t("visit.list.search")} value={query} onValue={setQuery} type="search" autocomplete="off" data-testid="house-search" />
      <div class="actions tight">
        {canScan() && <Button look="plain" data-testid="scan-card" onClick={() => [setUnknown(null), setScanning(true)]}>{t("visit.list.scan")}</Button>}
        <a class="button plain" href={`#${base}/household`} data-testid="new-house">{t("visit.list.new")}</a>
      </div>
      {hamlets.length > 1 && (
        <div class="picks" role="group" aria-label={t("visit.new.hamlet")}>
          {hamlets.map(([id, name]) => <button key={id} type="button" aria-pressed={hamlet === id} onClick={() => setHamlet(hamlet === id ? null : id)}>{name}</button>)}
        </div>
      )}
      {scanning && <Scan onText={(text) => void scanned(text)} onClose={() => setScanning(false)} />}
      <p class="visually-hidden" role="status">{t("visit.list.found", { n: found.length })}</p>
      {!found.length && <p class="empty">{t(query ? "visit.list.none" : "visit.list.empty")}</p>}
      <ul class="houses" data-testid="houses">
        {found.slice(0, SHOWN).map((house) => <Line key={house.id} house={house} to={`${base}/visit/${house.id}`} today={day.today} />)}
      </ul>
      {found.length > SHOWN && <p class="hint">{t("visit.list.more", { n: count(found.length - SHOWN) })}</p>}
    </>
  );
}

function Line({ house, to, today }: { house: House; to: string; today: string }) {
  return (
    <li>
      <a href={`#${to}`} data-testid="house" data-house={house.id}>
        <strong>{house.nickname}</strong>
        <small>{house.code ?? t("visit.row.no-code")} · {house.hamlet.name}</small>
        <DayTag house={house} today={today} />
      </a>
    </li>
  );
}

// Promised first, then who was not seen for longest; done today and those who went to another team last.
export function inOrder(houses: House[], today: string, query: string, hamlet: string | null): House[] {
  const rank = (house: House): string => {
    const turn = house.evicted || house.no_further_visit ? 3 : isDueHouse(house, today) ? 0 : house.last_visit === today ? 2 : 1;
    return `${turn}${turn === 0 ? house.follow_up_on : (house.last_visit ?? "")}`;
  };
  return houses
    .filter((house) => (!hamlet || house.hamlet.id === hamlet) && (!query.trim() || matches(house.folded, query)) && (query.trim() || !house.evicted))
    .map((house) => ({ house, at: rank(house) }))
    .sort((a, b) => a.at.localeCompare(b.at) || a.house.nickname.localeCompare(b.house.nickname, "vi"))
    .map(({ house }) => house);
}
