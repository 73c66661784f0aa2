// Files a record names: chosen on the phone, shown while their bytes still lie here.
import { useEffect, useId, useState } from "preact/hooks";
import { PaperRefused, PhotoRefused, photoUrl } from "../sync/field";

const BIGGEST = 40 * 1024 * 1024; // before it is drawn anew; a bigger one fells a small phone

interface ChooserProps {
  label: string;
  accept: string;
  busy: boolean;
  onFiles: (files: File[]) => void;
  testid: string;
}

export function Chooser({ label, accept, busy, onFiles, testid }: ChooserProps) {
  const id = useId();
  return (
    <label class={`button plain file ${busy ? "busy" : ""}`} for={id}>
      {busy && <span class="spinner" aria-hidden="true" />}{label}
      <input id={id} type="file" accept={accept} multiple class="visually-hidden" data-testid={testid} onChange={(event) => [onFiles([...(event.currentTarget.files ?? [])]), (event.currentTarget.value = "")]} />
    </label>
  );
}

export async function kept(file: File, add: (file: File) => Promise<string>): Promise<string> {
  if (file.size > BIGGEST) throw new PhotoRefused("too_big");
  return add(file);
}

// The last part of the sentence's key: `heic`, or what the phone's own check said.
export function whyNot(file: File, error: unknown): string {
  const code = error instanceof PhotoRefused || error instanceof PaperRefused ? error.code : "not_here";
  return code === "no_picture" && /\.(heic|heif)$/i.test(file.name) ? "heic" : code;
}

// How far a file is: what this phone knows goes before what the node said when it was last asked.
export function stateOf(told: string, local: { state: string } | undefined): string {
  if (told === "waiting" && local?.state === "sent") return "complete";
  return local?.state === "refused" ? "refused" : told;
}

export function Thumb({ digest, alt }: { digest: string; alt: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let alive = true;
    void photoUrl(digest).then((found) => alive && setUrl(found), () => undefined);
    return () => void (alive = false);
  }, [digest]);
  return url ? <img src={url} alt={alt} /> : <span>{alt}</span>;
}
