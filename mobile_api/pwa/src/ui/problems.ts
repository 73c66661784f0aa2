import { NoSignal, Problem } from "../api/http";
import { maybe, t } from "../text";

// The node's own sentence first: it knows more and speaks the chosen language. Ours is for what people meet most.
export function problemText(error: unknown): string {
  if (error instanceof NoSignal) return t("net.cannot");
  if (error instanceof DOMException) return t("store.failed"); // the phone's own database, not the node
  if (!(error instanceof Problem)) return t("problem.unknown");
  const left = error.extra.tries_left;
  if (typeof left === "number" && maybe(`problem.${error.code}.left`)) return maybe(`problem.${error.code}.left`)!.replace("{left}", String(left));
  if (error.code === "rate_limited" && error.retryAfterMs) return t("problem.rate_limited", { seconds: Math.ceil(error.retryAfterMs / 1_000) });
  return maybe(`problem.${error.code}`) ?? (error.message || t("problem.unknown"));
}

export const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : "");
