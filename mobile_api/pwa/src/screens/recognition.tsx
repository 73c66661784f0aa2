// Everything the person was thanked for, honoured with, and holds a paper of. One award has a page of its own.
import { useState } from "preact/hooks";
import { readMe, recallMine } from "../api/calls";
import type { Issued, Me, OwnAward, Recognition } from "../api/types";
import { Appeal } from "../kinds/award/appeal";
import { chooseWall, readRecognition, recallRecognition } from "../kinds/award/calls";
import { PaperLinks } from "../kinds/award/paper-links";
import { ThankYou } from "../kinds/award/thank-you";
import { current } from "../store/persons";
import { activitiesMoved } from "../sync";
import { count, day, t } from "../text";
import { BackLink, Banner, Button, Check, Failed, Loading, Stale, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead, type Read } from "../ui/read";
import { useOutbox } from "../ui/status";
import { useTexts } from "../ui/texts";
import { useLive } from "../ui/use";
import { ConsentBody } from "./consent";
import "../text/award-vi";
import "../ui/forms.css";

export function RecognitionScreen({ entry }: { entry: string }) {
  const person = useLive(current)!;
  const turn = useLive(activitiesMoved);
  const answered = useOutbox().filter((row) => row.action === "award.appeal" && row.state === "receipt").length;
  const read = useRead(readRecognition, recallRecognition, `${person.id}:${person.token}:${turn}:${answered}`);
  if (!entry) return <All read={read} />;
  const one = read.value?.awards.find((award) => award.entry === entry);
  return one ? <One award={one} read={read} /> : read.value && !read.loading ? <Gone /> : <><BackLink to="/recognition" /><Stale read={read} />{read.loading && <Loading />}</>;
}

function All({ read }: { read: Read<Recognition> }) {
  const all = read.value;
  const papers = all?.certificates.filter((one) => one.tier !== "thanks") ?? []; // letters stand with their thank-yous
  return (
    <>
      <BackLink to="/me" />
      <Title>{t("award.title")}</Title>
      <Stale read={read} />
      {!all && read.loading && <Loading />}
      {all && !(all.awards.length || all.thanks.length || all.certificates.length) && <p class="empty" data-testid="no-recognition">{t("award.none")}</p>}
      {all && <p class="hint">{t("award.text")}</p>}
      {all && all.awards.length > 0 && <Awards awards={all.awards} />}
      {papers.length > 0 && <Papers papers={papers} />}
      {all && all.thanks.length > 0 && <ThankYous all={all} again={read.again} />}
    </>
  );
}

function Awards({ awards }: { awards: OwnAward[] }) {
  return (
    <section aria-labelledby="awards">
      <h2 id="awards">{t("award.awards")}</h2>
      <nav class="rows card" aria-labelledby="awards">
        {awards.map((one) => (
          <a key={one.entry} href={`#/recognition/${one.entry}`} data-testid="award">
            <strong>{one.achievement}</strong>
            <small>{t("award.given", { unit: one.unit, form: one.form })}</small>
            {one.revoked_at && <small class="tag off">{t("award.revoked", { day: day(one.revoked_at) })}</small>}
          </a>
        ))}
      </nav>
    </section>
  );
}

function Papers({ papers }: { papers: Issued[] }) {
  return (
    <section class="card" aria-labelledby="papers">
      <h2 id="papers">{t("award.certificates")}</h2>
      <ul class="lines">{papers.map((one) => (
        <li key={one.number} data-testid="paper" data-number={one.number}>
          <strong>{one.title}</strong>
          <p class="hint">{one.name} · <span class="code">{one.number}</span> · {day(one.issued_at)}</p>
          <PaperLinks paper={one} />
        </li>
      ))}</ul>
      <p class="hint">{t("award.certificates.more")}</p>
    </section>
  );
}

function ThankYous({ all, again }: { all: Recognition; again: () => Promise<void> }) {
  const letters = new Map(all.certificates.map((one) => [one.number, one]));
  return (
    <section class="card" aria-labelledby="thanks">
      <h2 id="thanks">{t("award.thanks")}</h2>
      <ul class="lines">{all.thanks.map((one) => <ThankYou key={one.id} one={one} letter={letters.get(one.letter ?? "")} whose={all} again={again} />)}</ul>
      <p class="hint">{t("award.thanks.note")}</p>
    </section>
  );
}

const Gone = () => <><BackLink to="/recognition" /><p class="empty">{t("award.missing")}</p></>;

function One({ award, read }: { award: OwnAward; read: Read<Recognition> }) {
  return (
    <>
      <BackLink to="/recognition" />
      <p class="over">{award.form}</p>
      <Title>{award.achievement}</Title>
      <Stale read={read} />
      {award.revoked_at && <Banner tone="warn" testid="award-revoked"><strong>{t("award.revoked", { day: day(award.revoked_at) })}</strong>{award.revoked_why && <p>{t("award.revoked.why", { why: award.revoked_why })}</p>}</Banner>}
      <Facts award={award} />
      <Wall award={award} again={read.again} />
      <section class="card" aria-labelledby="appeal"><h2 id="appeal">{t("award.appeal")}</h2><Appeal activity={award.activity} entry={award.entry} told={award.appeal} /></section>
    </>
  );
}

function Facts({ award }: { award: OwnAward }) {
  return (
    <dl class="card pairs" data-testid="award-facts">
      <div><dt>{t("award.name")}</dt><dd>{award.name}</dd></div>
      {award.decision && award.day && <div><dt>{t("award.decision")}</dt><dd>{t("award.decision.is", { number: award.decision, day: day(award.day) })} · {award.unit}</dd></div>}
      <div><dt>{t("award.register")}</dt><dd>{t("award.register.is", { register: award.register })}</dd></div>
      {award.prize && <div><dt>{t("award.prize")}</dt><dd>{award.amount ? t("award.prize.amount", { prize: award.prize, amount: count(award.amount) }) : award.prize}<p class="hint">{award.handed_over_on ? t("award.handed", { day: day(award.handed_over_on) }) : t("award.handed.not")}</p></dd></div>}
    </dl>
  );
}

function Wall({ award, again }: { award: OwnAward; again: () => Promise<void> }) {
  const me = useRead(readMe, () => recallMine<Me>("me"), award.entry).value;
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  async function set(shown: boolean, version: number | null): Promise<void> {
    setBusy(true);
    await chooseWall(award.entry, shown, version).then(() => [setFailed(null), setAsking(false)], (failure) => setFailed(problemText(failure)));
    await again();
    setBusy(false);
  }
  const { may, shown, until } = award.wall;
  return (
    <section class="card" aria-labelledby="wall" data-testid="wall">
      <h2 id="wall">{t("award.wall")}</h2>
      {failed && <Banner tone="bad" alert testid="wall-failed">{failed}</Banner>}
      {!may ? <p class="hint">{t("award.wall.not")}</p>
        : me && me.age_group !== "adult" ? <p class="hint" data-testid="wall-minor">{t("award.wall.minor")}</p>
        : shown ? <><p data-testid="wall-on">{t("award.wall.on", { day: until ? day(until) : "" })}</p><p class="hint">{t("award.wall.hide.text")}</p><Button look="plain" busy={busy} data-testid="wall-hide" onClick={() => void set(false, null)}>{t("award.wall.hide")}</Button></>
        : asking ? <Agree busy={busy} onAgree={(version) => void set(true, version)} onNot={() => setAsking(false)} />
        : <><p data-testid="wall-off">{t("award.wall.off")}</p><Button look="plain" data-testid="wall-ask" onClick={() => setAsking(true)}>{t("award.wall.show")}</Button></>}
      {award.wall_page && <p class="links"><a href={award.wall_page} data-testid="wall-page">{t("award.wall.page")}</a></p>}
    </section>
  );
}

function Agree({ busy, onAgree, onNot }: { busy: boolean; onAgree: (version: number) => void; onNot: () => void }) {
  const texts = useTexts();
  const text = texts.value?.find((one) => one.purpose === "honour_name");
  const [ticked, setTicked] = useState(false); // never ticked beforehand: silence is not consent
  const [pressed, setPressed] = useState(false);
  if (!text) return texts.error || texts.value ? <Failed text={texts.error ?? t("problem.unknown")} again={() => void texts.again()} /> : <Loading />;
  return (
    <>
      <ConsentBody text={text} />
      <Check label={t("award.wall.check")} checked={ticked} onChecked={setTicked} testid="consent-check" error={pressed && !ticked ? t("consent.check.first") : null} />
      <div class="actions">
        <Button busy={busy} data-testid="wall-show" onClick={() => [setPressed(true), ticked && onAgree(text.version)]}>{t("award.wall.show")}</Button>
        <Button look="quiet" onClick={onNot}>{t("app.cancel")}</Button>
      </div>
      <p class="hint">{t("award.wall.free")}</p>
    </>
  );
}
