import type { CardWords, PhoneKind } from "..";
import type { ActivityCard } from "../../api/types";
import { attempts as attemptsAllowed, count, t, type Key } from "../../text";
import { lazily } from "../../ui/lazy";
import { rest, wake } from "./deeds";

const ACTS: Partial<Record<ActivityCard["mine"]["state"], Key>> = { none: "card.act.none", running: "card.act.running" };

interface InShort {
  questions: number;
  minutes: number;
  attempts: number | null;
}

function card({ in_short, mine, state }: ActivityCard): CardWords {
  const { questions, minutes, attempts } = in_short as InShort;
  return {
    short: [t("fact.questions.n", { n: questions }), t("fact.minutes.n", { n: count(minutes) }), attemptsAllowed(attempts)].join(" · "),
    act: ACTS[mine.state] ?? "card.act.see",
    tag: state === "open" || mine.state !== "none" ? t(`card.mine.${mine.state}`) : null,
    links: state === "scheduled" ? [["rules", "contest.rules"]] : [["rules", "contest.rules"], ["boards", "boards.title"]],
  };
}

export const contest: PhoneKind = { kind: "contest", Screen: lazily(() => import("./screen").then((found) => found.ContestScreen)), wake, rest, card };
