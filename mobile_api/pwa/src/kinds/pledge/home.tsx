// The own pledge at a glance: where it stands, what comes next, the deeds, and who has read it.
import { useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { current } from "../../store/persons";
import { day, t } from "../../text";
import { BackLink, Banner, Button, Stale, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { HandIn } from "./hand-in";
import { Classes, Dates, Readers, Refused } from "./sections";
import { DeedLine, stateKey, today } from "./pieces";
import { DIGITAL, isInForce, mayReview, mayWrite, type Settings, type View } from "./state";
import { saveForm, type FormEnding, type OwnPledge } from "./use-pledge";

export const settingsOf = (activity: Activity): Settings => (activity.settings ?? {}) as Settings;

export function PledgeHome({ own, read }: { own: OwnPledge; read: Read<Activity> }) {
  const { activity, mine, view } = own;
  const person = useLive(current)!;
  const over = activity.state !== "open";
  const returned = view.state === "returned" && !view.sending && mine?.pledge?.versions.find((one) => one.state === "returned");
  const writes = mayWrite(view.state) && !over && !mine?.exempt;
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      {!person.revoked && <Stale read={own.read.value ? own.read : read} />}
      {over && <Banner>{t(activity.state === "scheduled" ? "pledge.not-open" : "pledge.over")}</Banner>}
      {mine?.exempt && <Banner testid="exempt"><strong>{t("pledge.exempt")}</strong><p>{t(mine.exempt === "deceased" ? "pledge.exempt.other" : `pledge.exempt.${mine.exempt as "ill"}`)}</p></Banner>}
      <Refused own={own} />
      {returned && (
        <Banner tone="warn" testid="returned">
          <strong>{t("pledge.returned")}</strong>
          <p class="said" data-testid="cell-words">{returned.words}</p>
          <p>{t("pledge.returned.text")}</p>
        </Banner>
      )}
      <Standing own={own} />
      {writes && <HandIn own={own} />}
      <Deeds own={own} writes={writes} />
      {mine && <Dates mine={mine} late={view.late} registered={view.number > 0} />}
      {mine && <Classes mine={mine} />}
      <Further own={own} />
      {view.state !== "none" && <Readers mine={mine} />}
    </>
  );
}

function Standing({ own: { mine, view } }: { own: OwnPledge }) {
  const amended = isInForce(view.state) && view.number > (view.in_force ?? 0);
  return (
    <section class="card standing" aria-labelledby="standing" data-testid="standing" data-state={view.state}>
      <span class="over">{mine?.cell ?? t("pledge.cell.unknown")}</span>
      <p class="big" id="standing">{t(view.sending ? "pledge.state.sending" : stateKey(view.state, "state"))}</p>
      <p>{t(view.sending ? "pledge.next.sending" : stateKey(view.state, "next"))}</p>
      {amended && !view.sending && <p data-testid="amended">{t("pledge.amended", { n: view.number, m: view.in_force ?? 0 })}</p>}
      {view.late && <p class="hint">{t("pledge.late")}</p>}
      {view.unsent && view.number > 0 && <p class="tag running" data-testid="unsent">{t("pledge.unsent")}</p>}
    </section>
  );
}

function Deeds({ own: { activity, base, view }, writes }: { own: OwnPledge; writes: boolean }) {
  const settings = settingsOf(activity);
  const digital = settings.digital_required === false || view.items.some((item) => item.theme === DIGITAL);
  return (
    <section aria-labelledby="deeds">
      <h2 id="deeds">{t("pledge.deeds", { n: view.items.length })}</h2>
      {view.items.length > 0 && <ul class="houses deeds-promised" data-testid="deeds">{view.items.map((item) => <DeedLine key={item.id} item={item} base={base} done={isDone(view, item.id)} />)}</ul>}
      {!view.items.length && <p class="empty">{t("pledge.deeds.none")}</p>}
      {view.items.length > 0 && !digital && writes && <Banner tone="warn" testid="no-digital">{t("pledge.no-digital")}</Banner>}
      {writes && (
        <div class="actions">
          <a class={`button ${view.items.length ? "plain" : "main"}`} href={`#${base}/menu`} data-testid="open-menu">{t("pledge.add.menu")}</a>
          <a class="button plain" href={`#${base}/new/own`} data-testid="add-own">{t("pledge.add.own")}</a>
        </div>
      )}
    </section>
  );
}

export const isDone = (view: View, item: string): boolean => view.evidence.some((one) => one.item === item && one.progress === "done");

// What is there besides: looking back, earlier versions, and the form for paper.
function Further({ own: { activity, base, mine, view } }: { own: OwnPledge }) {
  const [busy, setBusy] = useState<FormEnding | null>(null);
  const [note, setNote] = useState<string | null>(null);
  async function save(ending: FormEnding): Promise<void> {
    setBusy(ending);
    setNote(null);
    await saveForm(activity.id, ending).then(() => setNote(t("pledge.word.saved")), (failure) => setNote(problemText(failure)));
    setBusy(null);
  }
  if (view.state === "none") return null;
  const looks = mayReview(view.state) || view.reviews.length > 0;
  const soon = (on: string | undefined) => (on && today() < on ? t("pledge.from", { day: day(on) }) : "");
  return (
    <>
      <nav class="rows card after" aria-label={t("pledge.further")}>
        {looks && <a href={`#${base}/midyear`} data-testid="open-midyear"><strong>{t("pledge.midyear")}</strong><small>{soon(mine?.dates.midyear_from) || t("pledge.midyear.text")}</small></a>}
        {looks && <a href={`#${base}/year-end`} data-testid="open-year-end"><strong>{t("pledge.yearend")}</strong><small>{soon(mine?.dates.review_from) || t("pledge.yearend.text")}</small></a>}
        {mine?.shared && <a href={`#${base}/fellows`} data-testid="open-fellows"><strong>{t("pledge.fellows")}</strong><small>{t("pledge.fellows.text")}</small></a>}
        {view.number > 0 && <a href={`#${base}/versions`} data-testid="open-versions"><strong>{t("pledge.versions")}</strong><small>{t("pledge.versions.text", { n: view.number })}</small></a>}
      </nav>
      <div class="actions">
        <Button look="plain" busy={busy === "pdf"} data-testid="save-pdf" onClick={() => void save("pdf")}>{t("pledge.pdf")}</Button>
        <Button look="plain" busy={busy === "docx"} data-testid="save-word" onClick={() => void save("docx")}>{t("pledge.word")}</Button>
      </div>
      <p class="hint" role="status">{note ?? t("pledge.word.text")}</p>
    </>
  );
}

