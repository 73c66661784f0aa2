// The room at a glance: what came back, the two ways to send something in, the own ideas, what heads of units ask for.
import type { Activity, IdeaMine } from "../../api/types";
import { current } from "../../store/persons";
import type { OutboxRow } from "../../store/outbox";
import { day, maybe, t } from "../../text";
import { BackLink, Banner, Button, Stale, Title } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { named, stateKey } from "./pieces";
import { bodyOf, type Idea } from "./state";
import { useInvitation, type OwnIdeas } from "./use-ideas";

export function IdeasHome({ own, read }: { own: OwnIdeas; read: Read<Activity> }) {
  const { activity, base, mine, view } = own;
  const person = useLive(current)!;
  const open = activity.state === "open";
  const invited = useInvitation(activity.id);
  const returned = view.ideas.filter((one) => one.state === "returned" && one.mine);
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      {!person.revoked && <Stale read={own.read.value ? own.read : read} />}
      {!open && <Banner>{t(activity.state === "scheduled" ? "idea.not-open" : "idea.over")}</Banner>}
      {invited && view.spoken[invited] === undefined && <Banner testid="invitation-waits"><strong>{t("idea.invited")}</strong><p><a class="button plain" href={`#${base}/invited/${invited}`}>{t("idea.invited.open")}</a></p></Banner>}
      <Refused own={own} />
      {returned.map((one) => <Returned key={one.id} idea={one} base={base} />)}
      {open && <Begin base={base} small={mine?.small_track !== false} first={!view.ideas.length} />}
      <section aria-labelledby="own-ideas">
        <h2 id="own-ideas">{t("idea.own", { n: view.ideas.length })}</h2>
        {!view.ideas.length && <p class="empty">{t("idea.own.none")}</p>}
        {view.ideas.length > 0 && <ul class="houses ideas" data-testid="ideas">{view.ideas.map((one) => <IdeaLine key={one.id} idea={one} base={base} />)}</ul>}
      </section>
      {open && mine && <Challenges all={mine.challenges} base={base} small={mine.small_track} />}
      <nav class="rows card after" aria-label={t("idea.further")}>
        <a href={`#${base}/gallery`} data-testid="open-gallery"><strong>{t("idea.gallery")}</strong><small>{t("idea.gallery.text")}</small></a>
        <a href={`#${base}/invited`} data-testid="open-invited"><strong>{t("idea.co-author")}</strong><small>{t("idea.co-author.text")}</small></a>
      </nav>
      {activity.rules.length > 0 && <details class="card more"><summary>{t("idea.rules")}</summary><ol class="rules">{activity.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol></details>}
    </>
  );
}

function Returned({ idea, base }: { idea: Idea; base: string }) {
  const words = idea.stages.filter((one) => one.state === "returned").at(-1)?.words;
  return (
    <Banner tone="warn" testid="returned">
      <strong>{t("idea.returned")}</strong>
      <p>“{idea.title}”</p>
      {words && <p class="said" data-testid="returned-words">{words}</p>}
      <p><a class="button plain" href={`#${base}/idea/${idea.id}`} data-testid="open-returned">{t("idea.returned.open")}</a></p>
    </Banner>
  );
}

function Begin({ base, small, first }: { base: string; small: boolean; first: boolean }) {
  return (
    <section class="begin">
      {first && <p>{t("idea.begin")}</p>}
      {small && <a class="button main wide big-do" href={`#${base}/small`} data-testid="begin-small">{t("idea.small")}</a>}
      {small && <p class="hint">{t("idea.small.text")}</p>}
      <a class={`button ${small ? "plain" : "main"} wide`} href={`#${base}/formal`} data-testid="begin-formal">{t("idea.formal")}</a>
      <p class="hint">{t("idea.formal.text")}</p>
    </section>
  );
}

function IdeaLine({ idea, base }: { idea: Idea; base: string }) {
  return (
    <li>
      <a href={`#${base}/idea/${idea.id}`} data-testid="idea" data-state={idea.sending ? "sending" : idea.state}>
        <span class="deed-tags"><span class={`theme ${idea.track}`}>{t(`idea.track.${idea.track}`)}</span>{idea.code && <span class="code">{idea.code}</span>}{!idea.mine && <span class="due">{t("idea.shared")}</span>}</span>
        <strong>{idea.title}</strong>
        <small><b>{t(stateKey(idea, "state"))}</b></small>
        <small>{t(stateKey(idea, "next"))}</small>
        {(idea.waits || idea.sending) && <small class="waits" data-testid="idea-waits">{t("idea.waits")}</small>}
      </a>
    </li>
  );
}

function Challenges({ all, base, small }: { all: IdeaMine["challenges"]; base: string; small: boolean }) {
  if (!all.length) return null;
  return (
    <section aria-labelledby="challenges">
      <h2 id="challenges">{t("idea.challenges")}</h2>
      <p class="hint">{t("idea.challenges.text")}</p>
      {all.map((one) => (
        <details key={one.id} class="card more" data-testid="challenge">
          <summary>{one.title}</summary>
          <p class="lines-kept">{one.problem}</p>
          <p class="hint">{t("idea.challenge.by", { by: one.ordered_by, unit: one.unit, day: day(one.closes_on) })}</p>
          <div class="actions">
            {small && <a class="button plain" href={`#${base}/small/${one.id}`} data-testid="answer-small">{t("idea.challenge.small")}</a>}
            <a class="button plain" href={`#${base}/formal/${one.id}`}>{t("idea.challenge.formal")}</a>
          </div>
        </details>
      ))}
    </section>
  );
}

// What the node did not take: why, and the words themselves, until the person puts them away.
export function Refused({ own: { view, putAway } }: { own: OwnIdeas }) {
  if (!view.refused.length) return null;
  return (
    <section class="banner bad" aria-labelledby="refused" data-testid="ideas-refused">
      <strong id="refused">{t("idea.refused")}</strong>
      {view.refused.map((row) => (
        <div key={row.id} class="refused">
          <p><b>{named(`action.${row.action}`)}</b>: {row.message ?? maybe(`reason.${row.reason}`) ?? t("reason.unknown")}</p>
          {wordsOf(row) && <p class="said">{wordsOf(row)}</p>}
          <Button look="plain" data-testid="put-away" onClick={() => putAway(row.id)}>{t("idea.refused.away")}</Button>
        </div>
      ))}
    </section>
  );
}

function wordsOf(row: OutboxRow): string {
  const { title, problem, solution, effect, words } = bodyOf<Record<"title" | "problem" | "solution" | "effect" | "words", string | undefined>>(row);
  return [title, problem, solution, effect, words].filter(Boolean).join("\n");
}
