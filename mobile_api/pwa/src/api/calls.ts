// Everything the phone asks that is not a deed. Deeds go through src/sync.ts and nowhere else.
import { current, keepRelay } from "../store/persons";
import { PUBLIC, recall, remember } from "../store/known";
import { ask, language, type Ask } from "./http";
import type { Activity, Boards, Certificate, CodeSent, Consent, ConsentText, ContestMine, Home, Issued, Me, Membership, Node_, Proof, ReceiptView, Session, Unit } from "./types";

const mine = <T>(path: string, options: Ask = {}) => ask<T>(path, { ...options, token: current.get()?.token ?? null });

export const readNode = () => kept(PUBLIC, "node", () => ask<Node_>("/node"));
export const readConsentTexts = () =>
  kept(PUBLIC, `consent-texts-${language.get()}`, async () => (await ask<{ texts: ConsentText[] }>("/consent-texts")).texts);
export const searchUnits = async (query: string) =>
  (await ask<{ units: Unit[] }>(`/units?kind=hamlet&limit=100&q=${encodeURIComponent(query)}`)).units;

export const sendCode = (phone: string) => ask<CodeSent>("/sign-in/codes", { method: "POST", body: { phone } });
export const proveCode = (phone: string, code: string) => ask<Proof>("/sign-in/proofs", { method: "POST", body: { phone, code } });
export const openSession = (body: { ticket: string; device_id: string; person_id: string; pin: string }) =>
  ask<Session>("/sign-in/sessions", { method: "POST", body });
export const createPerson = (body: { ticket: string; device_id: string; person_id: string; name: string; birth_year: number; pin: string; unit_id: string }) =>
  ask<Session>("/sign-in/persons", { method: "POST", body });
export const endSession = (token = current.get()?.token ?? null) => ask<void>("/sign-in/session", { method: "DELETE", token });

export const readMe = () => keptMine("me", readMeNow);
export const readHome = () => keptMine("home", () => mine<Home>("/home"));
export const readActivity = (id: string) => keptMine(`activity:${id}`, () => mine<Activity>(`/activities/${id}`));
export const readContestMine = (id: string, token: string | null) => ask<ContestMine>(`/activities/${id}/mine`, { token });
export const readBoards = (id: string) => keptMine(`boards:${id}`, () => mine<Boards>(`/activities/${id}/boards`));
export const readCertificate = (id: string) => keptMine(`certificate:${id}`, () => mine<Certificate>(`/activities/${id}/certificate`));
export const askForCertificate = (id: string, name: string) => mine<Issued>(`/activities/${id}/certificate`, { method: "POST", body: { name } });
export const readReceipt = (receipt: string) => mine<ReceiptView>(`/receipts/${encodeURIComponent(receipt)}`);
export const readMyData = () => mine<unknown>("/me/data");

export const changeMe = (body: { name?: string; unit_id?: string }) => mine<Me>("/me", { method: "PATCH", body });
export const giveConsent = (purpose: string, version: number) => mine<Consent>("/me/consents", { method: "POST", body: { purpose, version } });
export const withdrawConsent = (id: string) => mine<void>(`/me/consents/${id}`, { method: "DELETE" });
export const sendGuardianCode = () => mine<CodeSent>("/me/guardian-codes", { method: "POST", body: {} });
export const giveGuardianConsent = (body: { code: string; guardian_name: string; relation: string; version: number; campaign_id: string }) =>
  mine<Consent>("/me/guardian-consents", { method: "POST", body });
export const joinClass = (class_code: string) => mine<Membership>("/me/classes", { method: "POST", body: { class_code } });
export const joinGroup = (code: string) => mine<Membership>("/me/memberships", { method: "POST", body: { code } });
export const showBoardName = (name: string, version: number) => mine<unknown>("/me/board-name", { method: "PUT", body: { name, version } });
export const hideBoardName = () => mine<void>("/me/board-name", { method: "DELETE" });
export const eraseMe = (pin: string) => mine<void>("/me", { method: "DELETE", body: { pin } });

async function readMeNow(): Promise<Me> {
  const person = current.get()?.id;
  const me = await mine<Me>("/me");
  if (person) await keepRelay(person, me);
  return me;
}

async function kept<T>(person: string, what: string, read: () => Promise<T>): Promise<T> {
  const value = await read();
  await remember(person, what, value);
  return value;
}

async function keptMine<T>(what: string, read: () => Promise<T>): Promise<T> {
  const person = current.get()?.id; // asked before the answer comes: another person may hold the phone by then
  return person ? kept(person, what, read) : read();
}

export const recallPublic = <T>(what: string) => recall<T>(PUBLIC, what);
export const recallMine = <T>(what: string) => recall<T>(current.get()?.id ?? "-", what);
