// The screens of a member's pledge. Each address has the deed, suggestion or evidence it is about as its last part.
import type { Activity } from "../../api/types";
import { route } from "../../route";
import { needPath } from "../../screens/needs";
import { t } from "../../text";
import { BackLink, Banner, Loading, Stale, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useTexts } from "../../ui/texts";
import { useLive } from "../../ui/use";
import { DeedScreen } from "./deed";
import { EvidenceForm } from "./evidence";
import { FellowDeeds, Fellows } from "./fellows";
import { PledgeHome } from "./home";
import { ItemForm } from "./item-form";
import { Menu } from "./menu";
import { ReviewForm } from "./review";
import { useMenu, usePledge } from "./use-pledge";
import { Versions } from "./versions";
import "../../text/pledge-vi";
import "../../ui/forms.css";
import "./pledge.css";

export function PledgeScreens({ activity, read, rest }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const own = usePledge(activity);
  const menu = useMenu(activity.id); // so that it lies on the phone before the signal goes
  const about = useLive(route).split("/")[4] ?? "";
  useTexts();
  const begun = own.view.state !== "none";
  if (activity.needs.length && !begun) return <Enter activity={activity} read={read} />;
  if (!own.mine && own.read.loading && !own.view.items.length) return <Loading />;
  switch (rest) {
    case "menu": return <Menu own={own} menu={menu} />;
    case "new": return <ItemForm key={about} own={own} suggestion={menu.value?.find((one) => one.code === about)} wanted={about} menu={menu} />;
    case "item": return <ItemForm key={about} own={own} id={about} menu={menu} wanted="" />;
    case "deed": return <DeedScreen own={own} id={about} />;
    case "evidence": return <EvidenceForm key={about} own={own} item={about} />;
    case "evidence-fix": return <EvidenceForm key={about} own={own} fixes={about} />;
    case "midyear": return <ReviewForm own={own} moment="midyear" />;
    case "year-end": return <ReviewForm own={own} moment="year_end" />;
    case "versions": return <Versions own={own} />;
    case "fellows": return <Fellows own={own} />;
    case "fellow": return <FellowDeeds key={about} own={own} id={about} />;
    default: return <PledgeHome own={own} read={read} />;
  }
}

// Before the first word: what this is, who reads it, and what is still needed to begin.
function Enter({ activity, read }: { activity: Activity; read: Read<Activity> }) {
  const need = activity.needs[0]!;
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <Stale read={read} />
      {need === "group" && (
        <Banner testid="not-in-cell">
          <strong>{t("pledge.not-member")}</strong>
          <p>{t("pledge.not-member.text")}</p>
          <a class="button plain" href={`#${needPath(activity.id, need)}`}>{t("pledge.join")}</a>
        </Banner>
      )}
      {need === "excluded" && <Banner>{t("pledge.excluded")}</Banner>}
      {need.startsWith("consent:") && (
        <section class="card prose">
          <p>{t("pledge.enter")}</p>
          <p>{t("pledge.enter.who")}</p>
          <a class="button main wide" href={`#${needPath(activity.id, need)}`} data-testid="enter-pledge">{t("pledge.enter.do")}</a>
        </section>
      )}
      {activity.rules.length > 0 && <section class="card"><h2>{t("pledge.rules")}</h2><ol class="rules">{activity.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol></section>}
    </>
  );
}
