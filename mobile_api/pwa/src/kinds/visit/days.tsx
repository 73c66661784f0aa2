// The own days: what was written down, how it stands, and a way to put it right.
import type { Activity } from "../../api/types";
import { t } from "../../text";
import { BackLink, Title } from "../../ui/parts";
import { serviceName } from "./catalogue";
import { bodyOf, standsYet, type OwnVisit } from "./mine";
import { shortDay } from "./pieces";
import { isRefused, plusDays, wordOf, type Done, type SessionBody, type VisitBody } from "./records";
import { placeName, reasonText } from "./team-home";
import { useMine, type DayState } from "./use-day";

const BACK_DAYS = 14;

interface Entry {
  id: string;
  day: string;
  at: number;
  name: string;
  what: string[];
  done: Done<VisitBody> | Done<SessionBody> | undefined; // undefined: written down on another phone, known from the node alone
  stands: boolean;
  corrects: boolean;
  fix: string | null;
}

export function Days({ activity, day }: { activity: Activity; day: DayState }) {
  const mine = useMine(activity).value;
  const since = plusDays(day.today, -BACK_DAYS);
  const here = new Set(day.visits.map((one) => one.id));
  const entries = [
    ...day.visits.map((one) => ofVisit(activity, day, one)),
    ...day.sessions.map((one) => ofSession(activity, day, one)),
    ...(mine?.days ?? []).filter((one) => !here.has(one.id)).map((one) => elsewhere(activity, one, standsYet(one, day.visits))),
  ].filter((one) => one.day >= since).sort((a, b) => b.day.localeCompare(a.day) || b.at - a.at);
  const days = [...new Set(entries.map((one) => one.day))];
  return (
    <>
      <BackLink to={`/activity/${activity.id}`} />
      <Title>{t("visit.days")}</Title>
      <p class="hint">{t("visit.days.text")}</p>
      {!days.length && <p class="empty">{t("visit.days.none")}</p>}
      {days.map((one) => (
        <section key={one} aria-label={shortDay(one)}>
          <h2>{one === day.today ? `${t("visit.today")}, ${shortDay(one)}` : shortDay(one)}</h2>
          <ul class="deeds" data-testid="own-deeds">{entries.filter((entry) => entry.day === one).map((entry) => <Line key={entry.id} entry={entry} base={`/activity/${activity.id}`} />)}</ul>
        </section>
      ))}
    </>
  );
}

function Line({ entry, base }: { entry: Entry; base: string }) {
  const row = entry.done?.row;
  const word = row ? wordOf(row) : "noted"; // green needs a receipt in the hand
  const why = row && (isRefused(row) || word === "checking") && reasonText(row);
  return (
    <li class={`card deed ${entry.stands ? "" : "replaced"}`} data-testid="own-deed" data-here={row !== undefined} data-stands={entry.stands}>
      <p class="foot"><strong>{entry.name}</strong><span class={`tag ${word}`}>{t(`receipts.state.${word}`)}</span></p>
      {entry.what.length > 0 && <p>{entry.what.join("; ")}</p>}
      {!entry.stands && <p class="hint">{t("visit.days.replaced")}</p>}
      {entry.corrects && <p class="hint">{t("visit.days.fixing")}</p>}
      {row?.result?.in_custody === true && <p class="hint">{t("visit.custody", { team: String(row.result.team) })}</p>}
      {why && <p class="why">{why}</p>}
      {row?.receipt && <p class="code" data-testid="receipt">{row.receipt}</p>}
      {entry.stands && entry.fix && <a class="button quiet" href={`#${base}/${entry.fix}`} data-testid="fix">{t("visit.fix")}<span class="visually-hidden">: {entry.name}</span></a>}
    </li>
  );
}

function ofVisit(activity: Activity, day: DayState, one: Done<VisitBody>): Entry {
  const { body } = one;
  const what = body.services.map((each) => `${serviceName(activity, each.service)}: ${t(`visit.stage.${each.outcome}`).toLowerCase()}`);
  return {
    ...pick(one), name: day.houses.find((house) => house.id === body.household)?.nickname ?? t("action.visit.log"), done: one, fix: `fix/${one.id}`,
    what: body.met === "adult" ? what : [t(`visit.met.${body.met}`)],
  };
}

function ofSession(activity: Activity, day: DayState, one: Done<SessionBody>): Entry {
  const what = one.body.services.map((each) => `${serviceName(activity, each.service)}: ${t(`visit.stage.${each.outcome}`).toLowerCase()} ${t("visit.session.people", { n: each.people })}`);
  return { ...pick(one), name: [t("visit.session"), placeName(day, one.body.hamlet)].filter(Boolean).join(", "), done: one, fix: `session/${one.id}`, what };
}

const pick = (one: Done<VisitBody | SessionBody>) => ({ id: one.id, day: one.day, at: one.at, stands: one.stands, corrects: Boolean(one.body.corrects) });

function elsewhere(activity: Activity, one: OwnVisit, stands: boolean): Entry {
  const what = Object.entries(one.services).map(([code, outcome]) => `${serviceName(activity, code)}: ${t(`visit.stage.${outcome}`).toLowerCase()}`);
  return {
    id: one.id, day: one.day, at: 0, name: one.nickname, done: undefined, stands, corrects: Boolean(one.corrects), fix: bodyOf(one) && `fix/${one.id}`,
    what: one.met === "adult" ? what : [t(`visit.met.${one.met}`)],
  };
}
