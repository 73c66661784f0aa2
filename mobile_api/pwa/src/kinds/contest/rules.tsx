import type { Activity } from "../../api/types";
import { t } from "../../text";
import { BackLink, Title } from "../../ui/parts";
import { Listen } from "../../ui/speech";

export const plainRule = (rule: string): string => rule.replace(/^\d+[.)]\s*/, ""); // the list numbers them itself

export function Rules({ activity, back }: { activity: Activity; back: "paper" | "" }) {
  const rules = activity.rules.map(plainRule);
  return (
    <article>
      <BackLink to={`/activity/${activity.id}${back && `/${back}`}`} />
      <p class="over">{activity.title}</p>
      <Title>{t("contest.rules")}</Title>
      <Listen parts={() => [t("contest.rules"), ...rules]} />
      <section class="card">
        <ol class="rules" data-testid="rules">{rules.map((rule) => <li key={rule}>{rule}</li>)}</ol>
      </section>
      <p class="hint">{t("contest.rules.version", { version: activity.rules_version })}</p>
    </article>
  );
}
