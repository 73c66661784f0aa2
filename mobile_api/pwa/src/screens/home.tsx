import { readHome, readMe, recallMine } from "../api/calls";
import type { ActivityCard, Home as HomeData, Me, Standing } from "../api/types";
import { dismissInstall, installDismissed } from "../settings";
import { current } from "../store/persons";
import { activitiesMoved, net } from "../sync";
import { moment, percent, t } from "../text";
import { Button, Loading, Stale, Title } from "../ui/parts";
import { useRead } from "../ui/read";
import { useLive } from "../ui/use";
import { installPrompt } from "../ui/updates";

// An elder is Ông/Bà with the full name; a pupil is em with the given name, which comes last in Vietnamese.
function greeting(name: string, me: Me | undefined): string {
  if (me?.age_group === "adult") return t("home.hello", { name });
  const given = name.trim().split(/\s+/).at(-1) ?? name;
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
      {home.value?.hamlet && <HamletStanding standing={home.value.hamlet} />}
      <InstallHint />
    </>
  );
}

function Cards({ cards }: { cards: ActivityCard[] }) {
  const open = cards.filter((card) => card.state === "open");
  const others = cards.filter((card) => card.state !== "open");
  return (
    <>
      <section aria-labelledby="open">
        <h2 id="open">{t("home.open")}</h2>
        {open.length ? open.map((card) => <Card key={card.id} card={card} />) : <p class="empty">{t("home.none")}</p>}
      </section>
      {others.length > 0 && (
        <section aria-labelledby="others">
          <h2 id="others">{t("home.coming")}</h2>
          {others.map((card) => <Card key={card.id} card={card} />)}
        </section>
      )}
    </>
  );
}

function Card({ card }: { card: ActivityCard }) {
  const when = card.state === "scheduled" ? t("card.opens", { time: moment(card.opens_at) })
    : t(card.state === "open" ? "card.closes" : "card.closed", { time: moment(card.closes_at) });
  return (
    <a class={`card link ${card.state}`} href={`#/activity/${card.id}`} data-testid="activity-card">
      <span class="over">{card.campaign.title}</span>
      <strong>{card.title}</strong>
      <span class="foot"><span>{when}</span>{(card.state === "open" || card.mine.state !== "none") && <span class={`tag ${card.mine.state}`}>{t(`card.mine.${card.mine.state}`)}</span>}</span>
    </a>
  );
}

function HamletStanding({ standing }: { standing: Standing }) {
  return (
    <section class="card" aria-labelledby="standing">
      <h2 id="standing">{t("home.hamlet", { name: standing.name.charAt(0).toUpperCase() + standing.name.slice(1) })}</h2>
      {standing.hidden ? <p class="hint">{t("home.hamlet.hidden")}</p> : <Figures standing={standing} />}
    </section>
  );
}

// Null is not zero: no figure is said in words.
function Figures({ standing: { entrants, headcount, rate } }: { standing: Standing }) {
  if (entrants === null) return <p class="hint">{t("home.hamlet.empty")}</p>;
  return (
    <>
      <p class="big">{t("home.hamlet.people", { entrants })}</p>
      {headcount !== null && rate !== null && <p>{t("home.hamlet.of", { headcount, rate: percent(rate / 100) })}</p>}
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
