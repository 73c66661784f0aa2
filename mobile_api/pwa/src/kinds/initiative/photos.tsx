// Photos of an idea: taken in on the phone, drawn anew without place and time, and sent when there is signal.
import { useState } from "preact/hooks";
import { addPhoto, dropPhoto } from "../../sync/field";
import { t, type Key } from "../../text";
import { usePhotos } from "../../ui/field";
import { Chooser, Thumb, kept, stateOf, whyNot } from "../../ui/pictures";
import { named } from "./pieces";

const MOST = 10;

interface Props {
  digests: string[];
  sent: Record<string, string>; // those the node knows of stay on the phone until it has them
  onDigests: (digests: string[]) => void;
}

export function Photos({ digests, sent, onDigests }: Props) {
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function take(files: File[]): Promise<void> {
    setFailed(null);
    setBusy(true);
    const added: string[] = [];
    for (const file of files.slice(0, MOST - digests.length)) {
      await kept(file, addPhoto).then((digest) => added.push(digest), (error: unknown) => setFailed(t(`idea.photo.${whyNot(file, error)}` as Key, { name: file.name })));
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
        <Chooser label={t("idea.photo.add")} accept="image/*" busy={busy} onFiles={(files) => void take(files)} testid="photo" />
      )}
      {failed && <p class="error" role="alert" data-testid="photo-failed">{failed}</p>}
    </div>
  );
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
        const state = stateOf(photos[digest]!, local);
        return <li key={digest} data-testid="picture" data-state={state}><Thumb digest={digest} alt={t("idea.photo.n", { n: at + 1 })} /><small>{named(`idea.photo.state.${state}`)}</small></li>;
      })}
    </ul>
  );
}
