// The organiser's thank-you: asked for by the person, with the name the person wants printed, checked by anyone who gets it.
import { useState } from "preact/hooks";
import { askForCertificate, readActivity, readCertificate, recallMine } from "../api/calls";
import type { Activity, Certificate, Issued } from "../api/types";
import { day, t } from "../text";
import { BackLink, Banner, Button, Field, Loading, Stale, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead } from "../ui/read";

export function CertificateScreen({ activity }: { activity: string }) {
  const about = useRead(() => readActivity(activity), () => recallMine<Activity>(`activity:${activity}`), activity).value;
  const read = useRead(() => readCertificate(activity), () => recallMine<Certificate>(`certificate:${activity}`), activity);
  const found = read.value;
  return (
    <>
      <BackLink to={`/activity/${activity}`} />
      {about && <p class="over">{about.title}</p>}
      <Title>{t("certificate.title")}</Title>
      <Stale read={read} />
      {!found && read.loading && <Loading />}
      {found && (found.issued ? <Shown issued={found.issued} /> : found.earned ? <AskFor activity={activity} found={found} done={read.again} /> : <p class="empty" data-testid="certificate-none">{t("certificate.none")}</p>)}
    </>
  );
}

function AskFor({ activity, found, done }: { activity: string; found: Certificate; done: () => Promise<void> }) {
  const [name, setName] = useState(found.printed_name_default);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    setError(null);
    const printed = name.trim().normalize("NFC");
    if (!printed) return setError(t("certificate.name.bad"));
    setBusy(true);
    await askForCertificate(activity, found.minor ? found.printed_name_default : printed).then(done, (failure) => setError(problemText(failure)));
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void ask(event)} noValidate>
      <p>{t("certificate.text")}</p>
      {found.minor ? <MinorName name={found.printed_name_default} error={error} />
        : <Field label={t("certificate.name")} hint={t("certificate.name.hint")} error={error} value={name} onValue={setName} autocomplete="name" maxLength={60} data-testid="certificate-name" />}
      <Button type="submit" class="wide" busy={busy} data-testid="certificate-ask">{t("certificate.ask")}</Button>
    </form>
  );
}

function MinorName({ name, error }: { name: string; error: string | null }) {
  return (
    <div class="field">
      <span class="label">{t("certificate.name")}</span>
      <p class="big" data-testid="certificate-name">{name}</p>
      <p class="hint">{t("certificate.minor")}</p>
      {error && <p class="error" role="alert">{error}</p>}
    </div>
  );
}

// The node writes whole addresses, for sharing; within the app the same paths on the node the app came from.
const here = (address: string): string => {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
};

function Shown({ issued }: { issued: Issued }) {
  const [note, setNote] = useState<string | null>(null);
  if (issued.revoked_at) {
    return <Banner tone="warn" testid="certificate-revoked"><strong>{t("certificate.revoked", { date: day(issued.revoked_at) })}</strong><p>{t("contest.sent.reason", { reason: issued.revoked_reason || t("reason.unknown") })}</p></Banner>;
  }
  async function share(): Promise<void> {
    if (!navigator.share) return copy();
    await navigator.share({ title: t("certificate.title"), url: issued.verify_url }).catch(() => undefined); // the person thought better of it
  }
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(issued.verify_url).then(() => setNote(t("certificate.copied")), () => setNote(issued.verify_url));
  }
  return (
    <>
      <a href={here(issued.png_url)} class="paper-picture" data-testid="certificate-open"><img src={here(issued.png_url)} alt={t("certificate.picture", { name: issued.name })} loading="lazy" width="1123" height="794" /></a>
      <dl class="card pairs">
        <div><dt>{t("certificate.name")}</dt><dd>{issued.name}</dd></div>
        <div><dt>{t("certificate.number")}</dt><dd class="code">{issued.number}</dd></div>
        <div><dt>{t("certificate.issued")}</dt><dd>{day(issued.issued_at)}</dd></div>
      </dl>
      {note && <Banner>{note}</Banner>}
      <div class="stack">
        <a class="button main" href={here(issued.png_url)} download={`giay-chung-nhan-${issued.number}.png`} data-testid="certificate-save">{t("certificate.save")}</a>
        <Button look="plain" data-testid="certificate-share" onClick={() => void share()}>{t(typeof navigator.share === "function" ? "certificate.share" : "certificate.copy")}</Button>
        <a class="button quiet" href={here(issued.pdf_url)} data-testid="certificate-pdf">{t("certificate.pdf")}</a>
        <a class="button quiet" href={here(issued.verify_url)} data-testid="certificate-verify">{t("certificate.verify")}</a>
      </div>
      <p class="hint">{t("certificate.share.text")}</p>
    </>
  );
}
