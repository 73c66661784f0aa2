// Photos and PDFs of evidence: taken in on the phone, photos drawn anew without place and time, and sent when there is signal.
import { useEffect, useId, useState } from "preact/hooks";
import { PaperRefused, PhotoRefused, addPaper, addPhoto, dropPhoto, photoUrl } from "../../sync/field";
import { maybe, t } from "../../text";
import { usePhotos } from "../../ui/field";
import { named } from "./pieces";

const MOST = 5;
const BIGGEST = 40 * 1024 * 1024; // before it is drawn anew; a bigger one fells a small phone

interface FilesProps {
  digests: string[];
  papers: string[];
  onDigests: (digests: string[]) => void;
}

export function Photos({ digests, papers, onDigests }: FilesProps) {
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState<"photo" | "paper" | null>(null);
  const names = useNames(digests, papers);
  async function take(files: File[], kind: "photo" | "paper"): Promise<void> {
    setFailed(null);
    setBusy(kind);
    const added: string[] = [];
    for (const file of files.slice(0, MOST - digests.length)) {
      await kept(file, kind).then((digest) => added.push(digest), (error: unknown) => setFailed(whyNot(file, error)));
    }
    onDigests([...new Set([...digests, ...added])]);
    setBusy(null);
  }
  const drop = (digest: string) => [void dropPhoto(digest), onDigests(digests.filter((one) => one !== digest))];
  return (
    <div class="field">
      <span class="label">{t("pledge.photo")}</span>
      <p class="hint">{t("pledge.photo.text")}</p>
      <ul class="photos">
        {digests.map((digest) => <li key={digest}>{names[digest]}<button type="button" aria-label={t("pledge.photo.remove", { what: names[digest]! })} data-testid="drop-photo" onClick={() => drop(digest)}>×</button></li>)}
      </ul>
      {digests.length < MOST && (
        <div class="actions">
          <Chooser label={t("pledge.photo.add")} accept="image/*" busy={busy === "photo"} onFiles={(files) => void take(files, "photo")} testid="photo" />
          <Chooser label={t("pledge.paper.add")} accept="application/pdf,.pdf" busy={busy === "paper"} onFiles={(files) => void take(files, "paper")} testid="paper" />
        </div>
      )}
      {digests.length < MOST && <p class="hint">{t("pledge.paper.text")}</p>}
      {failed && <p class="error" role="alert" data-testid="photo-failed">{failed}</p>}
    </div>
  );
}

function Chooser({ label, accept, busy, onFiles, testid }: { label: string; accept: string; busy: boolean; onFiles: (files: File[]) => void; testid: string }) {
  const id = useId();
  return (
    <label class={`button plain file ${busy ? "busy" : ""}`} for={id}>
      {busy && <span class="spinner" aria-hidden="true" />}{label}
      <input id={id} type="file" accept={accept} multiple class="visually-hidden" data-testid={testid} onChange={(event) => [onFiles([...(event.currentTarget.files ?? [])]), (event.currentTarget.value = "")]} />
    </label>
  );
}

async function kept(file: File, kind: "photo" | "paper"): Promise<string> {
  if (file.size > BIGGEST) throw new PhotoRefused("too_big");
  return kind === "paper" ? addPaper(file) : addPhoto(file);
}

function whyNot(file: File, error: unknown): string {
  const code = error instanceof PhotoRefused || error instanceof PaperRefused ? error.code : "not_here";
  const heic = code === "no_picture" && /\.(heic|heif)$/i.test(file.name);
  return t(heic ? "pledge.photo.heic" : `pledge.photo.${code}`, { name: file.name });
}

// "Photo 1", "PDF 1": each kind is counted by itself. What was chosen here is known before the node has it.
function useNames(digests: string[], papers: string[]): Record<string, string> {
  const here = usePhotos();
  const isPaper = (digest: string): boolean => papers.includes(digest) || here.some((one) => one.digest === digest && one.paper);
  const counts = { photo: 0, paper: 0 };
  return Object.fromEntries(digests.map((digest) => {
    const kind = isPaper(digest) ? "paper" : "photo";
    return [digest, t(`pledge.${kind}.n`, { n: ++counts[kind] })];
  }));
}

// Each file with how far it is; a picture is drawn where its bytes still lie on this phone.
export function PhotoList({ photos, papers }: { photos: Record<string, string>; papers: string[] }) {
  const here = usePhotos();
  const digests = Object.keys(photos);
  const names = useNames(digests, papers);
  if (!digests.length) return null;
  return (
    <ul class="pictures">
      {digests.map((digest) => {
        const local = here.find((one) => one.digest === digest);
        const state = photos[digest] === "waiting" && local?.state === "sent" ? "complete" : local?.state === "refused" ? "refused" : photos[digest];
        const why = state === "refused" && local?.reason ? maybe(`pledge.photo.why.${local.reason}`) : null;
        const drawn = !local?.paper && !papers.includes(digest);
        return <li key={digest} data-testid="picture" data-state={state}>{drawn ? <Thumb digest={digest} alt={names[digest]!} /> : <span>{names[digest]}</span>}<small>{named(`pledge.photo.state.${state}`)}{why && `. ${why}`}</small></li>;
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
