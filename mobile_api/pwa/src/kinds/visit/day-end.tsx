// The end of a day: is everything safe, and which languages were spoken. Languages are the team's day, never a household's.
import { useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { go } from "../../route";
import { count, t } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { Rows, Steps } from "./pieces";
import { dayFigures, dayOf, wordOf } from "./records";
import { useDeed, type DayState } from "./use-day";

const LANGUAGES = ["kinh", "tay", "nung", "dao", "hmong", "san_diu", "san_chay", "sign", "other"] as const;
const AT_ONCE = 3;

export function DayEnd({ activity, day }: { activity: Activity; day: DayState }) {
  const base = `/activity/${activity.id}`;
  const todays = day.rows.filter((row) => dayOf(row.wall_ms) === day.today);
  const waiting = day.rows.filter((row) => wordOf(row) === "waiting").length;
  const { visits } = dayFigures(day.visits, day.sessions, day.today);
  return (
    <>
      <BackLink to={base} />
      <Title>{t("visit.end")}</Title>
      {waiting > 0 ? <Banner tone="warn" testid="end-waits"><strong>{t("visit.end.waits", { n: count(waiting) })}</strong><p>{t("visit.end.waits.text")}</p></Banner>
        : todays.length ? <Banner tone="good" testid="end-safe"><strong>{t("visit.end.safe")}</strong></Banner>
        : <Banner>{t("visit.end.nothing")}</Banner>}
      <Languages activity={activity} day={day} visits={visits} said={todays.some((row) => row.action === "visit.day")} />
      <Rows label={t("visit.more")} rows={[["/insurance", "open-insurance", t("visit.do.insurance"), t("visit.do.insurance.text")]]} />
    </>
  );
}

function Languages({ activity, day, visits, said }: { activity: Activity; day: DayState; visits: number; said: boolean }) {
  const [spoken, setSpoken] = useState<Record<string, number>>({ kinh: visits });
  const [all, setAll] = useState(false);
  const { busy, failed, act } = useDeed(activity);
  async function save(): Promise<void> {
    const languages = Object.fromEntries(Object.entries(spoken).filter(([, n]) => n > 0));
    if (await act("visit.day", { day: day.today, languages }, "")) go(`/activity/${activity.id}`);
  }
  return (
    <section class="card" aria-labelledby="languages-spoken">
      <h2 id="languages-spoken">{t("visit.end.languages")}</h2>
      <p class="hint">{t("visit.end.languages.text")}</p>
      {said && <p class="hint">{t("visit.end.languages.saved")}</p>}
      {LANGUAGES.slice(0, all ? undefined : AT_ONCE).map((code) => <Steps key={code} small label={t(`visit.lang.${code}`)} value={spoken[code] ?? 0} onValue={(n) => setSpoken({ ...spoken, [code]: n })} testid={`lang-${code}`} />)}
      {!all && <Button look="quiet" data-testid="more-languages" onClick={() => setAll(true)}>{t("visit.lang.more")}</Button>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <Button look="plain" class="wide" busy={busy} data-testid="save-day" onClick={() => void save()}>{t("visit.end.languages.save")}</Button>
    </section>
  );
}
