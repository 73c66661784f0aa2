// One deed of the pledge with what shows how far it is.
import { day, moment, t } from "../../text";
import { BackLink, Banner, Title } from "../../ui/parts";
import { isDone } from "./home";
import { PhotoList } from "./photos";
import { DueTag, ThemeTag } from "./pieces";
import { mayWrite, maySupport, type Evidence } from "./state";
import type { OwnPledge } from "./use-pledge";

export function DeedScreen({ own: { activity, base, mine, view }, id }: { own: OwnPledge; id: string }) {
  const item = view.items.find((one) => one.id === id);
  if (!item) return <><BackLink to={base} /><Banner tone="warn" testid="deed-gone">{t("pledge.deed.gone")}</Banner></>;
  const shown = view.evidence.filter((one) => one.item === id);
  const open = activity.state === "open" && !mine?.exempt;
  return (
    <>
      <BackLink to={base} />
      <span class="deed-tags"><ThemeTag theme={item.theme} /><DueTag due={item.due} done={isDone(view, id)} /></span>
      <Title>{item.what}</Title>
      <dl class="card pairs">
        <div><dt>{t("pledge.item.measure")}</dt><dd>{item.measure || t("pledge.measure.none")}</dd></div>
        <div><dt>{t("pledge.item.due")}</dt><dd>{item.due ? day(item.due) : t("pledge.due.none")}</dd></div>
        <div><dt>{t("pledge.deed.stands")}</dt><dd>{t(item.waits ? "pledge.waits" : item.in_force ? "pledge.deed.in-force" : view.number && !view.unsent ? "pledge.deed.handed-in" : "pledge.deed.draft")}</dd></div>
      </dl>
      {open && mayWrite(view.state) && <a class="button plain wide" href={`#${base}/item/${id}`} data-testid="change-item">{t("pledge.item.change")}</a>}
      <section aria-labelledby="evidence" class="evidence">
        <h2 id="evidence">{t("pledge.evidence")}</h2>
        {!shown.length && <p class="empty">{t("pledge.evidence.none")}</p>}
        {shown.map((one) => <Shown key={one.id} one={one} base={base} open={open && maySupport(view.state)} />)}
        {open && maySupport(view.state) && <a class="button main wide" href={`#${base}/evidence/${id}`} data-testid="add-evidence">{t("pledge.evidence.add")}</a>}
      </section>
    </>
  );
}

function Shown({ one, base, open }: { one: Evidence; base: string; open: boolean }) {
  return (
    <article class="card" data-testid="evidence" data-progress={one.progress}>
      <p class="foot"><strong>{t(`pledge.progress.${one.progress}`)}</strong><span class={`tag ${one.waits ? "waiting" : "noted"}`}>{t(one.waits ? "pledge.waits" : "pledge.noted")}</span></p>
      {one.words && <p class="said">{one.words}</p>}
      <PhotoList photos={one.photos} papers={one.papers} />
      {one.receipt && <p>{t("pledge.evidence.receipt")} <span class="code">{one.receipt}</span></p>}
      <p class="hint">{moment(one.at)}</p>
      {open && <a class="button quiet" href={`#${base}/evidence-fix/${one.id}`} data-testid="fix-evidence">{t("pledge.evidence.fix")}</a>}
    </article>
  );
}
