// Photos and PDFs of evidence: taken in on the phone, photos drawn anew without place and time, and sent when there is signal.
import { useState } from "preact/hooks";
import { addPaper, addPhoto, dropPhoto } from "../../sync/field";
import { maybe, t, type Key } from "../../text";
import { usePhotos } from "../../ui/field";
import { Chooser, Thumb, kept, stateOf, whyNot } from "../../ui/pictures";
import { named } from "./pieces";

const MOST = 5;

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
      await kept(file, kind === "paper" ? addPaper : addPhoto).then((digest) => added.push(digest), (error: unknown) => setFailed(t(`pledge.photo.${whyNot(file, error)}` as Key, { name: file.name })));
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
        const state = stateOf(photos[digest]!, local);
        const why = state === "refused" && local?.reason ? maybe(`pledge.photo.why.${local.reason}`) : null;
        const drawn = !local?.paper && !papers.includes(digest);
        return <li key={digest} data-testid="picture" data-state={state}>{drawn ? <Thumb digest={digest} alt={names[digest]!} /> : <span>{names[digest]}</span>}<small>{named(`pledge.photo.state.${state}`)}{why && `. ${why}`}</small></li>;
      })}
    </ul>
  );
}
