// What the screens of recognition ask the node, kept for the times without signal.
import { recallMine } from "../../api/calls";
import { ask } from "../../api/http";
import type { Issued, Recognition, WallChoice } from "../../api/types";
import { remember } from "../../store/known";
import { current } from "../../store/persons";

const WHAT = "recognition";

export async function readRecognition(): Promise<Recognition> {
  const person = current.get(); // asked before the answer comes: another person may hold the phone by then
  const told = await ask<Recognition>("/me/recognition", { token: person?.token ?? null });
  if (person) await remember(person.id, WHAT, told);
  return told;
}

export const recallRecognition = () => recallMine<Recognition>(WHAT);

export const chooseWall = (entry: string, shown: boolean, version: number | null) =>
  ask<WallChoice>(`/me/recognition/awards/${entry}/wall`, { method: "PUT", body: { shown, version }, token: current.get()?.token ?? null });

export const askForLetter = (thanks: string, name: string) =>
  ask<Issued>(`/me/recognition/thanks/${thanks}/letter`, { method: "POST", body: { name }, token: current.get()?.token ?? null });
