// What a person still lacks before entering, one screen each, in the order the node names them.
import { readActivity, readMe } from "../api/calls";
import { go } from "../route";

export function needPath(activity: string, need: string): string {
  if (need === "class_code") return `/class/${activity}`;
  if (need === "group") return `/join/${activity}`;
  if (need === "guardian_consent") return `/guardian/${activity}`;
  return `/consent/${activity}/${need.replace(/^consent:/, "")}`;
}

export async function nextNeed(activity: string): Promise<void> {
  void readMe().catch(() => undefined); // so that "Của tôi" shows the new consent even when the signal goes now
  const needs = (await readActivity(activity)).needs;
  go(needs[0] ? needPath(activity, needs[0]) : `/activity/${activity}`, true);
}
