// The services and reasons of an activity. One without its own uses the standard ones, which the phone knows by the same codes.
import { language } from "../../api/http";
import type { Activity } from "../../api/types";
import { t, type Key } from "../../text";
import { STAGES, type Stage } from "./records";

export interface Choice {
  code: string;
  name: string;
}

export interface Service extends Choice {
  stages: readonly Stage[];
}

interface Told {
  code: string;
  vi: string;
  en?: string | null;
  stages?: Stage[];
}

export interface Settings {
  services?: Told[];
  reasons?: Told[];
  note_length?: number;
  photos?: boolean;
  follow_up_days?: number;
}

const SERVICES = ["vneid", "online_service", "cashless", "signature", "e_commerce", "scam_advice", "health_book", "provincial_app", "device_basics", "other"];
const REASONS = ["no_device", "old_device", "no_network", "papers_missing", "service_down", "needs_time", "not_wanted", "other"];
const SHORT: Stage[] = ["explained", "used_alone"]; // there is nothing to install
const STAGES_OF: Record<string, Stage[]> = { scam_advice: SHORT, device_basics: SHORT };

export const settingsOf = (activity: Activity): Settings => (activity.settings ?? {}) as Settings;
const named = (one: Told): string => (language.get() === "en" && one.en) || one.vi;

export function servicesOf(activity: Activity): Service[] {
  const told = settingsOf(activity).services ?? [];
  if (told.length) return told.map((one) => ({ code: one.code, name: named(one), stages: one.stages?.length ? one.stages : STAGES }));
  return SERVICES.map((code) => ({ code, name: t(`service.${code}` as Key), stages: STAGES_OF[code] ?? STAGES }));
}

export function reasonsOf(activity: Activity): Choice[] {
  const told = settingsOf(activity).reasons ?? [];
  if (told.length) return told.map((one) => ({ code: one.code, name: named(one) }));
  return REASONS.map((code) => ({ code, name: t(`why.${code}` as Key) }));
}

export const serviceName = (activity: Activity, code: string): string => servicesOf(activity).find((one) => one.code === code)?.name ?? code;
