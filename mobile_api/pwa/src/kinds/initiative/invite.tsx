// An invitation for a co-author: a picture to point a camera at, an address to send, a code to read out.
import { useEffect, useState } from "preact/hooks";
import { t } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { codeOf } from "./state";
import type { OwnIdeas } from "./use-ideas";

export function Invite({ own: { base, view }, author }: { own: OwnIdeas; author: string }) {
  const idea = view.ideas.find((one) => one.authors.some(({ id }) => id === author));
  const invited = idea?.authors.find(({ id }) => id === author);
  const [note, setNote] = useState<string | null>(null);
  if (!idea || !invited) return <><BackLink to={base} /><Banner tone="warn">{t("idea.gone")}</Banner></>;
  const link = `${location.origin}${location.pathname}#${base}/invited/${author}`;
  async function give(): Promise<void> {
    const words = t("idea.invite.message", { title: idea!.title });
    if (navigator.share) return navigator.share({ text: words, url: link }).catch(() => undefined);
    await navigator.clipboard.writeText(`${words} ${link}`).then(() => setNote(t("idea.invite.copied")), () => setNote(t("idea.invite.not-copied")));
  }
  return (
    <>
      <BackLink to={`${base}/idea/${idea.id}`} />
      <p class="over">{idea.title}</p>
      <Title>{t("idea.invite.title", { name: invited.name })}</Title>
      {idea.waits && <Banner tone="warn" testid="invite-waits">{t("idea.invite.waits")}</Banner>}
      <section class="card centre">
        <Qr text={link} />
        <p>{t("idea.invite.scan")}</p>
        <p class="code invitation" data-testid="invitation-code">{codeOf(author)}</p>
      </section>
      <Button class="wide" data-testid="give-link" onClick={() => void give()}>{t("idea.invite.give")}</Button>
      <p class="hint" role="status">{note ?? t("idea.invite.text")}</p>
    </>
  );
}

const QUIET = 4; // light squares around a code, so that readers find its edge

function Qr({ text }: { text: string }) {
  const [squares, setSquares] = useState<boolean[][]>([]);
  useEffect(() => {
    let alive = true;
    void import("./qr-maker").then(({ encodeQR }) => alive && setSquares(encodeQR(text, "raw", { border: QUIET })), () => undefined);
    return () => void (alive = false);
  }, [text]);
  if (!squares.length) return null;
  const path = squares.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return <svg class="qr" viewBox={`0 0 ${squares.length} ${squares.length}`} role="img" aria-label={t("idea.invite.qr")} data-testid="qr" shape-rendering="crispEdges"><path d={path} /></svg>;
}
