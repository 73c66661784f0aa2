// The screens of a community digital team. Each address has the household or deed it is about as its last part.
import { useEffect, useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { route } from "../../route";
import { useTexts } from "../../ui/texts";
import { loadTeam, prepareForField, teamView } from "../../sync/field";
import { t } from "../../text";
import { BackLink, Banner, Failed, Loading, Stale, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { CheckIn } from "./check-in";
import { Days } from "./days";
import { DayEnd } from "./day-end";
import { Households } from "./households";
import { NewHousehold } from "./new-household";
import { SessionForm } from "./session-form";
import { TeamHome } from "./team-home";
import { AboutTeam } from "./about-team";
import { useDay } from "./use-day";
import { FixForm, VisitForm } from "./visit-form";
import "../../text/visit-vi";
import "../../ui/forms.css";
import "./visit.css";

export function VisitScreens({ activity, read, rest }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const day = useDay(activity);
  const about = useLive(route).split("/")[4] ?? "";
  useTexts(); // what is read out to a household must lie on the phone before the signal goes
  useEffect(() => void prepareForField().catch(() => undefined), []);
  if (day.team === undefined || day.loading) return <Loading />;
  if (!day.team?.teams.length && !day.rows.length) return <Outside activity={activity} read={read} />;
  switch (rest) {
    case "households": return <Households activity={activity} day={day} />;
    case "household": return <NewHousehold activity={activity} day={day} />;
    case "visit": return <VisitForm key={about} activity={activity} day={day} household={about} />;
    case "fix": return <FixForm key={about} activity={activity} day={day} fixes={about} />;
    case "session": return <SessionForm key={about} activity={activity} day={day} fixes={about} />;
    case "check-in": return <CheckIn activity={activity} day={day} />;
    case "days": return <Days activity={activity} day={day} />;
    case "end": return <DayEnd activity={activity} day={day} />;
    case "team": return <AboutTeam activity={activity} day={day} />;
    default: return <TeamHome activity={activity} read={read} day={day} />;
  }
}

// Nothing on the phone yet: the list is asked for here and now, and only the node's word makes somebody an outsider.
function Outside({ activity, read }: { activity: Activity; read: Read<Activity> }) {
  const [state, setState] = useState<"asking" | "none" | "failed">("asking");
  const ask = () => {
    setState("asking");
    loadTeam().then(teamView).then((view) => view?.teams.length || setState("none"), () => setState("failed"));
  };
  useEffect(ask, []);
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <Stale read={read} />
      {state === "asking" && <Loading />}
      {state === "failed" && <Failed text={t("visit.load")} again={ask} />}
      {state === "none" && <NotMember activity={activity} />}
    </>
  );
}

function NotMember({ activity }: { activity: Activity }) {
  return (
    <>
      <Banner testid="not-in-team"><p>{t("visit.not-member")}</p><p>{t("visit.not-member.text")}</p></Banner>
      {activity.rules.length > 0 && <ol class="rules card">{activity.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol>}
    </>
  );
}
