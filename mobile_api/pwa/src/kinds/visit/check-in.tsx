// Being somewhere, as far as the hamlet goes: the code on the wall of its house, or simply chosen. Never coordinates.
import { useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { go } from "../../route";
import { clockTime, t } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { isRefused } from "./records";
import { Scan, canScan } from "../../ui/scan";
import { useDeed, type DayState } from "./use-day";

export function CheckIn({ activity, day }: { activity: Activity; day: DayState }) {
  const [scanning, setScanning] = useState(false);
  const [other, setOther] = useState<string | null>(null);
  const { busy, failed, act } = useDeed(activity);
  async function here(hamlet: string, code: string | null): Promise<void> {
    const name = day.areas.find((area) => area.id === hamlet)?.name ?? "";
    if (await act("visit.check_in", { hamlet, code }, name)) go(`/activity/${activity.id}`);
  }
  function scanned(code: string): void {
    setScanning(false);
    const [form, hamlet] = code.split(".");
    if (form !== "LTN1") return setOther(t("visit.scan.bad"));
    if (!day.areas.some((area) => area.id.replace(/-/g, "") === hamlet?.replace(/-/g, ""))) return setOther(t("visit.checkin.other"));
    void here(day.areas.find((area) => area.id.replace(/-/g, "") === hamlet?.replace(/-/g, ""))!.id, code);
  }
  const done = (hamlet: string) => day.checkIns.find((one) => one.day === day.today && one.body.hamlet === hamlet && !isRefused(one.row));
  return (
    <>
      <BackLink to={`/activity/${activity.id}`} />
      <Title>{t("visit.checkin")}</Title>
      <p>{t("visit.checkin.text")}</p>
      {other && <Banner tone="warn" alert>{other}</Banner>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      {canScan() && <Button class="wide" data-testid="scan-wall" onClick={() => [setOther(null), setScanning(true)]}>{t("visit.checkin.scan")}</Button>}
      {scanning && <Scan onText={scanned} onClose={() => setScanning(false)} />}
      <ul class="stack places">
        {day.areas.map((area) => {
          const before = done(area.id);
          return (
            <li key={area.id}>
              <Button look={before ? "quiet" : "plain"} class="wide" busy={busy} disabled={Boolean(before)} data-testid="here" onClick={() => before || void here(area.id, null)}>
                {before ? `${area.name}: ${t("visit.checkin.done", { time: clockTime(before.at) })}` : t("visit.checkin.here", { where: area.name })}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
