// The team itself: the decision that set it up, where it works, who is in it, and its week.
import type { Activity } from "../../api/types";
import { count, day as dayInWords, t } from "../../text";
import { BackLink, Title } from "../../ui/parts";
import { shortDay } from "./pieces";
import type { DayState } from "./use-day";

export function AboutTeam({ activity, day }: { activity: Activity; day: DayState }) {
  return (
    <>
      <BackLink to={`/activity/${activity.id}`} />
      <Title>{t("visit.team")}</Title>
      {(day.team?.teams ?? []).map((team) => (
        <section key={team.id} class="card" aria-label={team.name}>
          <h2>{team.name}</h2>
          {team.is_leader && <p class="over">{t("visit.team.leader")}</p>}
          <dl class="pairs">
            <div><dt>{t("visit.team.decision")}</dt><dd>{t("visit.team.decision.is", { number: team.decision.number, day: dayInWords(team.decision.date), by: team.decision.by })}</dd></div>
            <div><dt>{t("visit.team.areas")}</dt><dd>{team.areas.map((area) => area.name).join(", ")}</dd></div>
            <div><dt>{t("visit.team.members")}</dt><dd>{team.members.join(", ")}</dd></div>
            <div><dt>{t("visit.team.plan")}</dt><dd>{team.plan.length ? <ul class="plain">{team.plan.map((line) => <li key={line.day + line.place + line.task}>{shortDay(line.day)} – {line.place}: {line.task}</li>)}</ul> : t("visit.team.plan.none")}</dd></div>
          </dl>
        </section>
      ))}
      <p class="hint" data-testid="loaded">{t("visit.loaded", { n: count(day.houses.length) })}</p>
    </>
  );
}
