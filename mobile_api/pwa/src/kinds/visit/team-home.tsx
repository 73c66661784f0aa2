// What a member sees in the morning and between two houses: the day so far, whom to go to, and one big button.
import { useEffect, useState } from "preact/hooks";
import { recallMine } from "../../api/calls";
import type { Activity } from "../../api/types";
import { current } from "../../store/persons";
import type { OutboxRow } from "../../store/outbox";
import { count, maybe, t, type Key } from "../../text";
import { Banner, BackLink, Stale, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { elsewhere, fetchMine, type VisitMine } from "./mine";
import { DayTag, Rows, shortDay } from "./pieces";
import { dayFigures, isRefused, wordOf, type Word } from "./records";
import { lastDone, type DayState, type House } from "./use-day";

const DUE_SHOWN = 4;

export function TeamHome({ activity, read, day }: { activity: Activity; read: Read<Activity>; day: DayState }) {
  const person = useLive(current)!;
  const base = `/activity/${activity.id}`;
  const mine = useFetched(activity);
  const here = day.checkIns.filter((one) => one.day === day.today && !isRefused(one.row));
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.title}</p>
      <Title>{(day.team?.teams ?? []).map((one) => one.name).join(", ") || activity.title}</Title>
      {!person.revoked && day.team === null && <Stale read={read} />}
      {activity.state !== "open" && <Banner>{t("visit.closed")}</Banner>}
      <Saved activity={activity} day={day} />
      <Trouble day={day} />
      <a class="button main wide big-do" href={`#${base}/households`} data-testid="log-visit">{t("visit.do")}</a>
      <Figures day={day} mine={mine} />
      <Plan day={day} />
      <Due activity={activity} day={day} />
      <Rows label={t("visit.more")} rows={[
        [`${base}/check-in`, "open-check-in", t("visit.do.checkin"), here.length ? t("visit.do.checkin.done", { where: here.map((one) => placeName(day, one.body.hamlet)).join(", ") }) : t("visit.do.checkin.text")],
        [`${base}/session`, "open-session", t("visit.do.session"), t("visit.do.session.text")],
        [`${base}/end`, "open-day-end", t("visit.do.end"), t("visit.do.end.text")],
        [`${base}/days`, "open-days", t("visit.do.days"), t("visit.do.days.text")],
        ["/insurance", "open-insurance", t("visit.do.insurance"), t("visit.do.insurance.text")],
        ...(day.team ? [[`${base}/team`, "open-team", t("visit.do.team"), t("visit.loaded", { n: count(day.houses.length) })] as const] : []),
      ]} />
    </>
  );
}

export const placeName = (day: DayState, id: string): string => day.areas.find((area) => area.id === id)?.name ?? "";

// What the phone has of the node's own list; asked anew now and then.
function useFetched(activity: Activity): VisitMine | undefined {
  const [mine, setMine] = useState<VisitMine>();
  useEffect(() => {
    const look = () => recallMine<VisitMine>(`visit-mine:${activity.id}`).then(setMine);
    void look();
    void fetchMine(activity.id).then(look);
  }, [activity.id]);
  return mine;
}

function Figures({ day, mine }: { day: DayState; mine: VisitMine | undefined }) {
  const { visits, houses, sessions } = dayFigures(day.visits, day.sessions, day.today, elsewhere(mine, day.visits));
  const part = (name: "visits" | "houses" | "sessions", n: number) => <p><b data-testid={`today-${name}`}>{count(n)}</b> {t(n === 1 ? `visit.today.${name}.one` : `visit.today.${name}`)}</p>;
  return (
    <section class="day-figures" aria-label={t("visit.today")}>
      <h2>{t("visit.today")}<small>{shortDay(day.today)}</small></h2>
      {part("visits", visits)}
      {part("houses", houses)}
      {part("sessions", sessions)}
    </section>
  );
}

const TONES: Partial<Record<Word, string>> = { counted: "good", refused: "bad", aside: "bad", checking: "warn" };
const FIXES: Record<string, string> = { "visit.log": "fix", "visit.session": "session" };

// How the last deed stands, until the next one is done. Green only with the node's receipt.
function Saved({ activity, day }: { activity: Activity; day: DayState }) {
  const last = useLive(lastDone);
  const row = last && day.rows.find((one) => one.id === last.id);
  if (!last || !row) return null;
  const word = wordOf(row);
  const fix = FIXES[row.action];
  return (
    <div class={`banner saved ${TONES[word] ?? "info"} ${fix ? "" : "alone"}`} role="status" data-testid="saved">
      <strong>{t(savedKey(row.action), { name: last.name })}</strong>
      <p data-testid="saved-state" data-state={word}>{stateText(row)} {row.receipt && !isRefused(row) && <span class="code">{row.receipt}</span>}</p>
      {row.result?.in_custody === true && <p>{t("visit.custody", { team: String(row.result.team) })}</p>}
      {fix && <a class="button plain" href={`#/activity/${activity.id}/${fix}/${row.id}`} data-testid="fix-last">{t("visit.fix")}</a>}
    </div>
  );
}

function savedKey(action: string) {
  const keys = { "visit.household": "visit.saved.household", "visit.session": "visit.saved.session", "visit.check_in": "visit.saved.checkin", "visit.day": "visit.saved.day" } as const;
  return keys[action as keyof typeof keys] ?? "visit.saved.visit";
}

export const reasonText = (row: OutboxRow): string => row.message ?? (row.reason && maybe(`reason.${row.reason}` as Key)) ?? "";

export function stateText(row: OutboxRow): string {
  const word = wordOf(row);
  if (word === "waiting") return t("visit.saved.waits");
  if (word === "checking") return t("visit.saved.checking", { reason: reasonText(row) });
  if (word === "refused" || word === "aside") return t("visit.saved.refused", { reason: reasonText(row) });
  return t("visit.saved.counted");
}

// What went to another team, and what the node keeps apart: said once, in words, and never hidden.
function Trouble({ day }: { day: DayState }) {
  const moved = day.houses.filter((house) => house.evicted);
  const stuck = day.rows.filter((row) => isRefused(row) || wordOf(row) === "checking");
  if (!moved.length && !stuck.length) return null;
  return (
    <section class="banner warn" aria-labelledby="trouble" data-testid="trouble">
      <strong id="trouble">{t("visit.trouble")}</strong>
      {moved.map((house) => <p key={house.id} data-testid="moved">{house.evicted?.team ? t("visit.moved", { name: house.nickname, team: house.evicted.team }) : t("visit.moved.away", { name: house.nickname })}</p>)}
      {stuck.map((row) => <p key={row.id} data-testid="stuck">{nameOf(row, day)}: {stateText(row)}</p>)}
    </section>
  );
}

function nameOf(row: OutboxRow, day: DayState): string {
  const body = (JSON.parse(row.frozen) as { body: { household?: string; nickname?: string } }).body;
  return day.houses.find((house) => house.id === body.household)?.nickname ?? body.nickname ?? (maybe(`action.${row.action}`) || row.action);
}

function Plan({ day }: { day: DayState }) {
  const lines = (day.team?.teams ?? []).flatMap((one) => one.plan).filter((line) => line.day === day.today);
  if (!lines.length) return null;
  return (
    <section class="card" aria-labelledby="plan">
      <h2 id="plan">{t("visit.plan")}</h2>
      <ul class="plain" data-testid="plan">{lines.map((line) => <li key={line.place + line.task}><strong>{line.place}</strong>: {line.task}</li>)}</ul>
    </section>
  );
}

export const isDueHouse = (house: House, today: string): boolean => Boolean(house.follow_up_on && house.follow_up_on <= today && !house.no_further_visit && !house.evicted);

function Due({ activity, day }: { activity: Activity; day: DayState }) {
  const due = day.houses.filter((house) => isDueHouse(house, day.today)).sort((a, b) => a.follow_up_on!.localeCompare(b.follow_up_on!));
  if (!due.length) return null;
  return (
    <section class="card" aria-labelledby="due">
      <h2 id="due">{t("visit.due")}</h2>
      <ul class="houses" data-testid="due">
        {due.slice(0, DUE_SHOWN).map((house) => (
          <li key={house.id}><a href={`#/activity/${activity.id}/visit/${house.id}`} data-testid="due-house"><strong>{house.nickname}</strong><DayTag house={house} today={day.today} /></a></li>
        ))}
      </ul>
      {due.length > DUE_SHOWN && <p class="hint">{t("visit.due.more", { n: due.length - DUE_SHOWN })}</p>}
    </section>
  );
}
