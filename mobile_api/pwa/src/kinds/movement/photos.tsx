// Photos that show how far a firm is: drawn anew on the phone without place and time, sent when there is signal.
import { useState } from "preact/hooks";
import { addPhoto, dropPhoto } from "../../sync/field";
import { t, type Key } from "../../text";
import { Chooser, Thumb, kept, whyNot } from "../../ui/pictures";

const MOST = 5;

interface Props {
  digests: string[];
  sent: string[]; // those the node knows of stay on the phone until it has them
  onDigests: (digests: string[]) => void;
  testid: string;
}

export function Photos({ digests, sent, onDigests, testid }: Props) {
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function take(files: File[]): Promise<void> {
    setFailed(null);
    setBusy(true);
    const added: string[] = [];
    for (const file of files.slice(0, MOST - digests.length)) {
      await kept(file, addPhoto).then((digest) => added.push(digest), (error: unknown) => setFailed(t(`movement.photo.${whyNot(file, error)}` as Key, { name: file.name })));
    }
    onDigests([...new Set([...digests, ...added])]);
    setBusy(false);
  }
  const drop = (digest: string) => [!sent.includes(digest) && void dropPhoto(digest), onDigests(digests.filter((one) => one !== digest))];
  return (
    <div class="field">
      {digests.length > 0 && (
        <ul class="pictures">
          {digests.map((digest, at) => <li key={digest} data-testid="picture"><Thumb digest={digest} alt={t("movement.photo.n", { n: at + 1 })} /><button type="button" aria-label={t("movement.photo.remove", { n: at + 1 })} data-testid="drop-photo" onClick={() => drop(digest)}>×</button></li>)}
        </ul>
      )}
      {digests.length < MOST && <Chooser label={t("movement.photo.add")} accept="image/*" busy={busy} onFiles={(files) => void take(files)} testid={testid} />}
      {failed && <p class="error" role="alert" data-testid="photo-failed">{failed}</p>}
    </div>
  );
}
