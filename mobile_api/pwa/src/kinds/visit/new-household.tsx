// A household met for the first time: what it is, how the team calls it, and the hamlet. Nothing else is asked.
import { useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { fold } from "../../lib/fold";
import { uuid7 } from "../../lib/ids";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Field, Title } from "../../ui/parts";
import { Pick } from "./pieces";
import { KINDS, hidesNumber, type HouseKind } from "./records";
import { useDeed, type DayState } from "./use-day";

const LONGEST = 60;

export function NewHousehold({ activity, day }: { activity: Activity; day: DayState }) {
  const only = day.areas.length === 1 ? day.areas[0]!.id : null;
  const [kind, setKind] = useState<HouseKind>("household");
  const [nickname, setNickname] = useState("");
  const [hamlet, setHamlet] = useState<string | null>(only);
  const [tried, setTried] = useState(false);
  const { busy, failed, act } = useDeed(activity);
  const name = nickname.trim().normalize("NFC");
  const bad = !name || name.length > LONGEST ? t("visit.new.nickname.bad") : hidesNumber(name) ? t("visit.new.nickname.number") : null;
  const alike = name && day.houses.find((house) => fold(house.nickname) === fold(name) && (!hamlet || house.hamlet.id === hamlet));
  async function save(): Promise<void> {
    setTried(true);
    if (bad || !hamlet) return;
    const household = uuid7();
    const row = await act("visit.household", { household, kind, nickname: name, hamlet }, name);
    if (row) go(`/activity/${activity.id}/visit/${household}`, true);
  }
  return (
    <>
      <BackLink to={`/activity/${activity.id}/households`} />
      <Title>{t("visit.new")}</Title>
      <p>{t("visit.new.text")}</p>
      <Field label={t("visit.new.nickname")} hint={t("visit.new.nickname.hint")} error={tried ? bad : null} value={nickname} onValue={setNickname} maxLength={LONGEST} autocomplete="off" data-testid="nickname" />
      {alike && <Banner tone="warn" testid="alike">{t("visit.new.same", { name: alike.nickname })}</Banner>}
      {day.areas.length > 1 || !only ? <Pick label={t("visit.new.hamlet")} options={day.areas.map((area) => [area.id, area.name] as const)} value={hamlet} onValue={setHamlet} testid="hamlet" error={tried && !hamlet ? t("visit.new.hamlet.bad") : null} /> : null}
      <Pick label={t("visit.new.kind")} options={KINDS.map((code) => [code, t(`visit.kind.${code}`)] as const)} value={kind} onValue={setKind} testid="kind" />
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <Button class="wide" busy={busy} data-testid="save-house" onClick={() => void save()}>{t("visit.new.save")}</Button>
    </>
  );
}
