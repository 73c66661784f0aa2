// The parts of a visit that most visits do not need.
import { useId, useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { addPhoto, dropPhoto } from "../../sync/field";
import { t } from "../../text";
import { Check } from "../../ui/parts";
import { settingsOf } from "./catalogue";
import { Note, Pick, shortDay } from "./pieces";
import { DEVICES, PLACES, plusDays, type VisitBody } from "./records";

interface Props {
  activity: Activity;
  body: VisitBody;
  set: (change: Partial<VisitBody>) => void;
  today: string;
  adult: boolean;
  most: number;
}

export function Extra({ activity, body, set, today, adult, most }: Props) {
  return (
    <>
      <FollowUp day={body.follow_up_on} today={today} onDay={(follow_up_on) => set({ follow_up_on })} />
      {adult && <Pick label={t("visit.device")} options={DEVICES.map((code) => [code, t(`visit.device.${code}`)] as const)} value={body.device} onValue={(device) => set({ device: device === body.device ? null : device })} testid="device" three />}
      <Pick label={t("visit.place")} options={PLACES.map((code) => [code, t(`visit.place.${code}`)] as const)} value={body.place} onValue={(place) => set({ place })} testid="place" />
      {(settingsOf(activity).photos ?? true) && <Photos digests={body.photos} onDigests={(photos) => set({ photos })} />}
      <Note value={body.note ?? ""} onValue={(note) => set({ note })} most={most} />
      <Check label={t("visit.no-more")} checked={body.no_further_visit} onChecked={(no_further_visit) => set({ no_further_visit })} testid="no-more" />
      <p class="hint">{t("visit.no-more.text")}</p>
    </>
  );
}

const WEEKS = [1, 2, 4];

function FollowUp({ day, today, onDay }: { day: string | null; today: string; onDay: (day: string | null) => void }) {
  const id = useId();
  return (
    <div class="field">
      <span class="label" id={id}>{t("visit.follow")}{day && `: ${shortDay(day)}`}</span>
      <div role="group" aria-labelledby={id} class="picks three">
        {WEEKS.map((n) => {
          const then = plusDays(today, 7 * n);
          return <button key={n} type="button" aria-pressed={day === then} data-testid={`follow-${n}`} onClick={() => onDay(day === then ? null : then)}>{n === 1 ? t("visit.follow.week") : t("visit.follow.weeks", { n })}</button>;
        })}
      </div>
      <label class="below" for={`${id}-day`}>{t("visit.follow.date")}</label>
      <input id={`${id}-day`} type="date" min={today} value={day ?? ""} data-testid="follow-day" onInput={(event) => onDay(event.currentTarget.value || null)} />
    </div>
  );
}

const MOST_PHOTOS = 5;

function Photos({ digests, onDigests }: { digests: string[]; onDigests: (digests: string[]) => void }) {
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const id = useId();
  async function take(files: FileList | null): Promise<void> {
    setFailed(false);
    setBusy(true);
    const added: string[] = [];
    for (const file of [...(files ?? [])].slice(0, MOST_PHOTOS - digests.length)) {
      await addPhoto(file).then((digest) => added.push(digest), () => setFailed(true));
    }
    onDigests([...new Set([...digests, ...added])]);
    setBusy(false);
  }
  const drop = (digest: string) => [void dropPhoto(digest), onDigests(digests.filter((one) => one !== digest))];
  return (
    <div class="field">
      <span class="label">{t("visit.photo")}</span>
      <p class="hint">{t("visit.photo.text")}</p>
      <ul class="photos">
        {digests.map((digest, at) => <li key={digest}>{t("visit.photo.n", { n: at + 1 })}<button type="button" aria-label={t("visit.photo.remove", { n: at + 1 })} data-testid="drop-photo" onClick={() => drop(digest)}>×</button></li>)}
      </ul>
      {digests.length < MOST_PHOTOS && (
        <label class={`button plain file ${busy ? "busy" : ""}`} for={id}>
          {busy && <span class="spinner" aria-hidden="true" />}{t("visit.photo.add")}
          <input id={id} type="file" accept="image/*" class="visually-hidden" data-testid="photo" onChange={(event) => void take(event.currentTarget.files)} />
        </label>
      )}
      {failed && <p class="error" role="alert">{t("visit.photo.failed")}</p>}
    </div>
  );
}
