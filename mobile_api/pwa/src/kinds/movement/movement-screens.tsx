// The screens of a movement: what it is and who launched it, the own unit, and the own firms.
import type { Activity } from "../../api/types";
import { route } from "../../route";
import { needPath } from "../../screens/needs";
import { day, maybe, t, type Key } from "../../text";
import { BackLink, Banner, Button, Loading, Stale, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useTexts } from "../../ui/texts";
import { useLive } from "../../ui/use";
import { AssessForm } from "./assess-form";
import { EnrolForm } from "./enrol-form";
import { GoalsForm } from "./goals-form";
import { bodyOf, counted, type Criterion, type Firm, type Held } from "./state";
import { useMovement, type Own } from "./use-movement";
import "../../text/movement-vi";
import "../../ui/forms.css";
import "./movement.css";

export function MovementScreens({ activity, read, rest }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const own = useMovement(activity);
  const about = useLive(route).split("/")[4] ?? "";
  useTexts();
  if (!own.mine && own.read.loading && (rest || !own.view.firms.length)) return <Loading />; // a form begins with what was said before
  if (rest === "enrol") return <EnrolForm own={own} />;
  if (rest === "assess") return <AssessForm key={about} own={own} id={about} />;
  if (rest === "goals") return <GoalsForm key={about} own={own} id={about} />;
  return <Home own={own} read={read} />;
}

const isOpen = ({ activity, mine }: Own): boolean => activity.state === "open" && !mine?.over;

function Home({ own, read }: { own: Own; read: Read<Activity> }) {
  const { activity, base, mine, view } = own;
  const open = isOpen(own);
  const need = activity.needs[0];
  const asked = mine?.criteria.filter((one) => one.whom === "firm") ?? [];
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <Stale read={own.read.value ? own.read : read} />
      {!open && <Banner>{t(activity.state === "scheduled" ? "movement.not-open" : "movement.over")}</Banner>}
      <Refused own={own} />
      {mine && mine.units.map((unit) => <Unit key={unit.id} unit={unit} criteria={mine.criteria} />)}
      {mine?.takes_firms && (
        <section class="firms-own" aria-labelledby="own-firms">
          <h2 id="own-firms">{t("movement.firms")}</h2>
          {!view.firms.length && <p class="hint">{t("movement.firms.text")}</p>}
          {view.firms.length > 0 && <ul class="houses" data-testid="firms">{view.firms.map((firm) => <FirmLine key={firm.id} firm={firm} base={base} criteria={asked} />)}</ul>}
          {open && need && need !== "age" && need !== "excluded" && <a class="button main wide big-do" href={`#${needPath(activity.id, need)}`} data-testid="enter-movement">{t("movement.enrol")}</a>}
          {open && need === "age" && <p class="hint">{t("movement.too-young")}</p>}
          {open && !need && <a class={`button ${view.firms.length ? "plain" : "main"} wide big-do`} href={`#${base}/enrol`} data-testid="begin-enrol">{t(view.firms.length ? "movement.enrol.more" : "movement.enrol")}</a>}
        </section>
      )}
      {mine && <About own={own} />}
      {activity.rules.length > 0 && <details class="card more"><summary>{t("movement.rules")}</summary><ol class="rules">{activity.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol></details>}
    </>
  );
}

function FirmLine({ firm, base, criteria }: { firm: Firm; base: string; criteria: Criterion[] }) {
  const { met, said, of } = counted(criteria, firm.marks);
  const gone = firm.state === "withdrawn";
  const what = (
    <>
      <span class="deed-tags"><span class="theme">{maybe(`movement.sort.${firm.sort}`) ?? firm.sort}</span></span>
      <strong>{firm.name}</strong>
      <small>{firm.hamlet}</small>
      <small><b>{gone ? t("movement.withdrawn") : said ? t("movement.met", { met, of }) : t("movement.not-assessed")}</b></small>
      {firm.waits && <small class="waits" data-testid="firm-waits">{t("movement.waits")}</small>}
    </>
  );
  return <li>{gone ? <span class="row">{what}</span> : <a href={`#${base}/assess/${firm.id}`} data-testid="firm">{what}</a>}</li>;
}

// The unit somebody belongs to: what it set itself and what was counted. Other units are not here.
function Unit({ unit, criteria }: { unit: Held; criteria: Criterion[] }) {
  const asked = criteria.filter((one) => one.whom === "unit");
  const value = (code: string) => unit.marks.find((one) => one.criterion === code && one.source === "measured");
  return (
    <section class="card" aria-labelledby={`unit-${unit.id}`} data-testid="own-unit">
      <h2 id={`unit-${unit.id}`}>{t("movement.unit", { unit: unit.name })}</h2>
      <ul class="goals">
        {asked.map((one) => {
          const goal = (unit.promises[one.code] as { target: number | null } | undefined)?.target;
          const mark = value(one.code);
          return (
            <li key={one.code}>
              <span>{one.title}</span>
              {goal != null && <small>{t("movement.goal", { goal: plain(goal), counted: one.counted })}</small>}
              {mark && <small><b>{mark.value === null ? t("movement.hidden") : t("movement.now", { now: plain(mark.value) })}</b></small>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const plain = (value: number): string => new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 2 }).format(value);

function About({ own: { mine } }: { own: Own }) {
  if (!mine) return null;
  return (
    <section class="card" aria-labelledby="about-movement">
      <h2 id="about-movement">{t("movement.about")}</h2>
      <p>{mine.tags.map((tag) => maybe(`movement.tag.${tag}`) ?? tag).join(" · ")}</p>
      <ul class="points">{mine.documents.map((one) => <li key={one.body + one.line} data-testid="document">{t("movement.document", { body: one.body, number: one.number, day: day(one.day) })}</li>)}</ul>
      {mine.reviews.map((one) => <p key={one.number}><a class="button plain" href={one.page} data-testid="review">{t(`movement.review.${one.kind}` as Key, { n: one.number, day: day(one.until) })}</a></p>)}
    </section>
  );
}

// What the node did not take: why, and what was written, until the person puts it away.
function Refused({ own: { view, putAway } }: { own: Own }) {
  if (!view.refused.length) return null;
  return (
    <section class="banner bad" aria-labelledby="refused" data-testid="movement-refused">
      <strong id="refused">{t("movement.refused")}</strong>
      {view.refused.map((row) => {
        const { name, marks } = bodyOf<{ name?: string; marks?: { words: string }[] }>(row);
        const words = [name, ...(marks ?? []).map((one) => one.words)].filter(Boolean).join("\n");
        return (
          <div key={row.id} class="refused">
            <p><b>{maybe(`action.${row.action}`) ?? row.action}</b>: {row.message ?? maybe(`reason.${row.reason}`) ?? t("reason.unknown")}</p>
            {words && <p class="said">{words}</p>}
            <Button look="plain" data-testid="put-away" onClick={() => putAway(row.id)}>{t("movement.refused.away")}</Button>
          </div>
        );
      })}
    </section>
  );
}
