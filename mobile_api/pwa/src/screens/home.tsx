import { useState } from "preact/hooks";
import { readHome, readMe, recallMine } from "../api/calls";
import type { ActivityCard, Home as HomeData, Me, Standing } from "../api/types";
import { serverNow } from "../clock";
import { cardWords } from "../kinds";
import { dismissInstall, installDismissed } from "../settings";
import { current } from "../store/persons";
import { activitiesMoved, net } from "../sync";
import { capital, count, day, percent, t, until } from "../text";
import { Button, Loading, Stale, Title } from "../ui/parts";
import { useRead } from "../ui/read";
import { useLive } from "../ui/use";
import { installPrompt } from "../ui/updates";

const PAST_SHOWN = 3;

// An elder is Ông/Bà with the full name; a pupil is em with the given name, which comes last in Vietnamese.
function greeting(name: string, me: Me | undefined): string {
  if (me?.age_group === "adult") return t("home.hello", { name });
  const given = name.replace(/\(.*\)/, "").trim().split(/\s+/).at(-1) || name; // demo people carry "(hư cấu)" behind their names
  return t(me?.age_group === "minor" ? "home.hello.minor" : "home.hello.neutral", { name: given });
}

export function Home() {
  const person = useLive(current)!;
  const turn = useLive(activitiesMoved);
  const away = useLive(net) === "away";
  const me = useRead(readMe, () => recallMine<Me>("me"), person.id);
  const home = useRead(readHome, () => recallMine<HomeData>("home"), `${turn}:${away}:${person.token}`);
  return (
    <>
      <Title>{greeting(person.name, me.value)}</Title>
      {!person.revoked && <Stale read={home} />}
      {!home.value && home.loading && <Loading />}
      {home.value && <Cards cards={home.value.activities} />}
      {home.value?.hamlet && <HamletStanding standing={home.value.hamlet} boards={standingOf(home.value.activities)} />}
      <InstallHint />
    </>
  );
}

// What is read about stands behind what one takes part in.
const isRead = (card: ActivityCard): number => Number(card.kind === "award");

// Running first: that is what people come for. Then what comes, then what was.
function Cards({ cards }: { cards: ActivityCard[] }) {
  const [all, setAll] = useState(false);
  const open = cards.filter((card) => card.state === "open").sort((a, b) => a.closes_at.localeCompare(b.closes_at) || isRead(a) - isRead(b));
  const coming = cards.filter((card) => card.state === "scheduled").sort((a, b) => a.opens_at.localeCompare(b.opens_at));
  const past = cards.filter((card) => card.state === "closed" || card.state === "settled").sort((a, b) => b.closes_at.localeCompare(a.closes_at));
  return (
    <>
      <section aria-labelledby="open">
        <h2 id="open">{t("home.open")}</h2>
        {open.length ? open.map((card) => <OpenCard key={card.id} card={card} />) : <p class="empty">{t(coming.length ? "home.none.coming" : "home.none")}</p>}
      </section>
      {coming.length > 0 && (
        <section aria-labelledby="coming">
          <h2 id="coming">{t("home.coming")}</h2>
          {coming.map((card) => <SmallCard key={card.id} card={card} when={t("card.opens", { time: until(card.opens_at, serverNow()) })} />)}
        </section>
      )}
      {past.length > 0 && (
        <section aria-labelledby="past">
          <h2 id="past">{t("home.past")}</h2>
          {past.slice(0, all ? undefined : PAST_SHOWN).map((card) => <SmallCard key={card.id} card={card} when={t(card.state === "settled" ? "card.settled" : "card.closed", { time: day(card.closes_at) })} />)}
          {!all && past.length > PAST_SHOWN && <Button look="quiet" class="wide" onClick={() => setAll(true)}>{t("home.past.more", { n: past.length - PAST_SHOWN })}</Button>}
        </section>
      )}
    </>
  );
}

function OpenCard({ card }: { card: ActivityCard }) {
  const { short, act, tag } = cardWords(card);
  return (
    <article class="card link open">
      <a class="whole" href={`#/activity/${card.id}`} data-testid="activity-card" data-kind={card.kind} data-state={card.state}>
        <span class="over">{card.campaign.title}</span>
        <strong>{card.title}</strong>
        {short && <span class="short">{short}</span>}
        <span class="foot"><span>{card.paused ? t("card.paused") : t("card.closes", { time: until(card.closes_at, serverNow()) })}</span>{tag && <span class={`tag ${card.mine.state}`}>{tag}</span>}</span>
        <span class="button main wide" aria-hidden="true">{t(act)}</span>
      </a>
      <Links card={card} />
    </article>
  );
}

function SmallCard({ card, when }: { card: ActivityCard; when: string }) {
  const { tag } = cardWords(card);
  return (
    <article class={`card link ${card.state}`}>
      <a class="whole" href={`#/activity/${card.id}`} data-testid="activity-card" data-kind={card.kind} data-state={card.state}>
        <span class="over">{card.campaign.title}</span>
        <strong>{card.title}</strong>
        <span class="foot"><span>{when}</span>{tag && <span class={`tag ${card.mine.state}`}>{tag}</span>}</span>
      </a>
      <Links card={card} />
    </article>
  );
}

function Links({ card }: { card: ActivityCard }) {
  const { links } = cardWords(card);
  if (!links.length && !card.published) return null;
  return (
    <p class="links">
      {links.map(([where, word]) => <a key={where} href={`#/activity/${card.id}/${where}`} data-testid={`card-${where}`}>{t(word)}<span class="visually-hidden">: {card.title}</span></a>)}
      {card.published && <a href={card.published.url} data-testid="card-published">{t("results.published")}<span class="visually-hidden">: {card.title}</span></a>}
    </p>
  );
}

// The figures are those of the newest contest that has opened.
const standingOf = (cards: ActivityCard[]): string | undefined =>
  cards.filter((card) => card.kind === "contest" && card.state !== "scheduled").sort((a, b) => b.opens_at.localeCompare(a.opens_at))[0]?.id;

function HamletStanding({ standing, boards }: { standing: Standing; boards: string | undefined }) {
  return (
    <section class="card" aria-labelledby="standing">
      <h2 id="standing">{t("home.hamlet", { name: capital(standing.name) })}</h2>
      {standing.hidden ? <p class="hint">{t("home.hamlet.hidden")}</p> : <Figures standing={standing} />}
      {boards && <p class="links"><a href={`#/activity/${boards}/boards`} data-testid="hamlet-boards">{t("home.hamlet.boards")}</a></p>}
    </section>
  );
}

// Null is not zero: no figure is said in words.
function Figures({ standing: { entrants, headcount, rate } }: { standing: Standing }) {
  if (entrants === null) return <p class="hint">{t("home.hamlet.empty")}</p>;
  return (
    <>
      <p class="big">{t("home.hamlet.people", { entrants: count(entrants) })}</p>
      {headcount !== null && rate !== null && <><i class="rate" aria-hidden="true"><i style={{ width: `${Math.min(100, rate)}%` }} /></i><p>{t("home.hamlet.of", { headcount: count(headcount), rate: percent(rate / 100) })}</p></>}
    </>
  );
}

function InstallHint() {
  const prompt = useLive(installPrompt);
  const dismissed = useLive(installDismissed);
  if (!prompt || dismissed) return null;
  return (
    <section class="card install">
      <p>{t("home.install")}</p>
      <div class="actions">
        <Button look="plain" onClick={() => [void prompt.prompt(), installPrompt.set(null)]}>{t("home.install.do")}</Button>
        <Button look="quiet" onClick={dismissInstall}>{t("home.install.later")}</Button>
      </div>
    </section>
  );
}
