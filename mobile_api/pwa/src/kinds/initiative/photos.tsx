// Photos of an idea: taken in on the phone, drawn anew without place and time, and sent when there is signal.
import { useEffect, useId, useState } from "preact/hooks";
import { PhotoRefused, addPhoto, dropPhoto, photoUrl } from "../../sync/field";
import { t } from "../../text";
import { usePhotos } from "../../ui/field";
import { named } from "./pieces";

const MOST = 10;
const BIGGEST = 40 * 1024 * 1024; // before it is drawn anew; a bigger one fells a small phone

interface Props {
  digests: string[];
  sent: Record<string, string>; // those the node knows of stay on the phone until it has them
  onDigests: (digests: string[]) => void;
}

export function Photos({ digests, sent, onDigests }: Props) {
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  async function take(files: File[]): Promise<void> {
    setFailed(null);
    setBusy(true);
    const added: string[] = [];
    for (const file of files.slice(0, MOST - digests.length)) {
      await kept(file).then((digest) => added.push(digest), (error: unknown) => setFailed(whyNot(file, error)));
    }
    onDigests([...new Set([...digests, ...added])]);
    setBusy(false);
  }
  const drop = (digest: string) => [!(digest in sent) && void dropPhoto(digest), onDigests(digests.filter((one) => one !== digest))];
  return (
    <div class="field">
      <p class="hint">{t("idea.photo.text")}</p>
      <ul class="photos">
        {digests.map((digest, at) => <li key={digest}>{t("idea.photo.n", { n: at + 1 })}<button type="button" aria-label={t("idea.photo.remove", { n: at + 1 })} data-testid="drop-photo" onClick={() => drop(digest)}>×</button></li>)}
      </ul>
      {digests.length < MOST && (
        <label class={`button plain file ${busy ? "busy" : ""}`} for={id}>
          {busy && <span class="spinner" aria-hidden="true" />}{t("idea.photo.add")}
          <input id={id} type="file" accept="image/*" multiple class="visually-hidden" data-testid="photo" onChange={(event) => [void take([...(event.currentTarget.files ?? [])]), (event.currentTarget.value = "")]} />
        </label>
      )}
      {failed && <p class="error" role="alert" data-testid="photo-failed">{failed}</p>}
    </div>
  );
}

async function kept(file: File): Promise<string> {
  if (file.size > BIGGEST) throw new PhotoRefused("too_big");
  return addPhoto(file);
}

function whyNot(file: File, error: unknown): string {
  const code = error instanceof PhotoRefused ? error.code : "not_here";
  const heic = code === "no_picture" && /\.(heic|heif)$/i.test(file.name);
  return t(heic ? "idea.photo.heic" : `idea.photo.${code}`, { name: file.name });
}

// Each picture with how far it is; it is drawn where its bytes still lie on this phone.
export function PhotoList({ photos }: { photos: Record<string, string> }) {
  const here = usePhotos();
  const digests = Object.keys(photos);
  if (!digests.length) return null;
  return (
    <ul class="pictures">
      {digests.map((digest, at) => {
        const local = here.find((one) => one.digest === digest);
        const state = photos[digest] === "waiting" && local?.state === "sent" ? "complete" : local?.state === "refused" ? "refused" : photos[digest];
        return <li key={digest} data-testid="picture" data-state={state}><Thumb digest={digest} alt={t("idea.photo.n", { n: at + 1 })} /><small>{named(`idea.photo.state.${state}`)}</small></li>;
      })}
    </ul>
  );
}

function Thumb({ digest, alt }: { digest: string; alt: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let alive = true;
    void photoUrl(digest).then((found) => alive && setUrl(found), () => undefined);
    return () => void (alive = false);
  }, [digest]);
  return url ? <img src={url} alt={alt} /> : <span>{alt}</span>;
}
