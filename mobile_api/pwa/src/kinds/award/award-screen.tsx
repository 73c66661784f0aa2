// The awards of one campaign: the own ones, the prizes that were published, and the way to ask for another look.
import { recallMine } from "../../api/calls";
import { ask } from "../../api/http";
import type { Activity, AwardMine } from "../../api/types";
import { remember } from "../../store/known";
import { current } from "../../store/persons";
import { activitiesMoved } from "../../sync";
import { count, t } from "../../text";
import { BackLink, Loading, Stale, Title } from "../../ui/parts";
import { useRead, type Read } from "../../ui/read";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { Appeal } from "./appeal";
import "../../text/award-vi";
import "../../ui/forms.css";

async function readMine(activity: string): Promise<AwardMine> {
  const person = current.get();
  const told = await ask<AwardMine>(`/activities/${activity}/mine`, { token: person?.token ?? null });
  if (person) await remember(person.id, `award-mine:${activity}`, told);
  return told;
}

export function AwardScreen({ activity, read }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const turn = useLive(activitiesMoved);
  const answered = useOutbox().filter((row) => row.activity === activity.id && row.state === "receipt").length;
  const own = useRead(() => readMine(activity.id), () => recallMine<AwardMine>(`award-mine:${activity.id}`), `${activity.id}:${turn}:${answered}`);
  const mine = own.value;
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <Stale read={read} />
      <p>{t("award.activity.text")}</p>
      {!mine && own.loading && <Loading />}
      {mine && (
        <>
          <section class="card" aria-labelledby="own"><h2 id="own">{t("award.activity.own")}</h2>
            {!mine.awards.length && <p class="hint" data-testid="no-award">{t("award.activity.own.none")}</p>}
            <ul class="lines">{mine.awards.map((one) => <li key={one.entry}><a href={`#/recognition/${one.entry}`} data-testid="own-award"><strong>{one.achievement}</strong></a><p class="hint">{one.form_words}</p></li>)}</ul>
            <p class="links"><a href="#/recognition" data-testid="all-recognition">{t("award.title")}</a></p>
          </section>
          {mine.prizes.length > 0 && <Prizes activity={activity.id} prizes={mine.prizes} />}
          {(mine.may_appeal || mine.appeals.some((one) => !one.entry)) && <ListAppeal activity={activity} mine={mine} />}
        </>
      )}
      {activity.rules.length > 0 && <section class="card"><h2>{t("award.rules")}</h2><ol class="rules">{activity.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol></section>}
    </>
  );
}

function Prizes({ activity, prizes }: { activity: string; prizes: AwardMine["prizes"] }) {
  return (
    <section class="card" aria-labelledby="prizes" data-testid="prizes">
      <h2 id="prizes">{t("award.activity.prizes")}</h2>
      <ul class="lines">{prizes.map((one) => (
        <li key={one.words}>
          <strong>{one.words}</strong>
          <p>{t("award.activity.prize", { most: count(one.most), amount: count(one.amount), given: count(one.given), handed: count(one.handed_over) })}</p>
          {one.source && <p class="hint">{t("award.activity.source", { source: one.source })}</p>}
        </li>
      ))}</ul>
      <p class="links"><a href={`/giai-thuong/${activity}`} data-testid="prizes-page">{t("award.activity.prizes.page")}</a></p>
    </section>
  );
}

function ListAppeal({ activity, mine }: { activity: Activity; mine: AwardMine }) {
  const own = mine.appeals.find((one) => !one.entry);
  const told = own ? { id: own.appeal, words: own.words, at: own.at, state: own.state, answer: own.answer } : null;
  return <section class="card" aria-labelledby="appeal"><h2 id="appeal">{t("award.appeal")}</h2><Appeal activity={activity.id} entry={null} told={told} /></section>;
}
