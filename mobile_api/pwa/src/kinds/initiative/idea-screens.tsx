// The screens of initiatives. Each address has the idea, invitation or challenge it is about as its last part.
import { useEffect } from "preact/hooks";
import type { Activity } from "../../api/types";
import { route } from "../../route";
import { needPath } from "../../screens/needs";
import { t } from "../../text";
import { BackLink, Banner, Loading, Stale, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useTexts } from "../../ui/texts";
import { useLive } from "../../ui/use";
import { FormalForm } from "./formal-form";
import { Gallery } from "./gallery";
import { IdeasHome } from "./home";
import { IdeaScreen } from "./idea";
import { Invite } from "./invite";
import { Invited } from "./invited";
import { Published } from "./published";
import { SmallForm } from "./small-form";
import { invitationIn } from "./state";
import { keepInvitation, useIdeas } from "./use-ideas";
import "../../text/idea-vi";
import "../../ui/forms.css";
import "./idea.css";

export function IdeaScreens({ activity, read, rest }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const own = useIdeas(activity);
  const about = useLive(route).split("/")[4] ?? "";
  useTexts();
  if (rest === "gallery") return <Gallery own={own} />;
  if (rest === "published") return <Published key={about} own={own} id={about} />;
  if (activity.needs.length && !own.view.ideas.length) return <Enter activity={activity} read={read} invited={rest === "invited" ? about : ""} />;
  if (!own.mine && own.read.loading && !own.view.ideas.length) return <Loading />;
  switch (rest) {
    case "small": return <SmallForm key={about} own={own} challenge={about || null} />;
    case "formal": return <FormalForm key={about} own={own} challenge={about || null} />;
    case "change": return own.view.ideas.find((one) => one.id === about)?.track === "small" ? <SmallForm key={about} own={own} id={about} /> : <FormalForm key={about} own={own} id={about} />;
    case "idea": return <IdeaScreen own={own} id={about} />;
    case "invite": return <Invite own={own} author={about} />;
    case "invited": return <Invited key={about} own={own} author={about} />;
    default: return <IdeasHome own={own} read={read} />;
  }
}

// Before the first word: what this is, who reads it, and what is still needed to begin.
function Enter({ activity, read, invited }: { activity: Activity; read: Read<Activity>; invited: string }) {
  const need = activity.needs[0]!;
  const author = invitationIn(invited);
  useEffect(() => void (author && keepInvitation(activity.id, author)), [author]);
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <Stale read={read} />
      {author && <Banner testid="invitation-kept"><strong>{t("idea.invited")}</strong><p>{t("idea.invited.first")}</p></Banner>}
      {need === "excluded" && <Banner>{t("idea.excluded")}</Banner>}
      {need !== "excluded" && (
        <section class="card prose">
          <p>{t("idea.enter")}</p>
          <p>{t("idea.enter.who")}</p>
          <a class="button main wide" href={`#${needPath(activity.id, need)}`} data-testid="enter-ideas">{t("idea.enter.do")}</a>
        </section>
      )}
      <nav class="rows card after" aria-label={t("idea.further")}>
        <a href={`#/activity/${activity.id}/gallery`} data-testid="open-gallery"><strong>{t("idea.gallery")}</strong><small>{t("idea.gallery.text")}</small></a>
      </nav>
      {activity.rules.length > 0 && <section class="card"><h2>{t("idea.rules")}</h2><ol class="rules">{activity.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol></section>}
    </>
  );
}
