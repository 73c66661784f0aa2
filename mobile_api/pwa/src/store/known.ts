// What I know: the last answer of the node to each question, so that every screen opens without signal.
import { database } from "./db";

export const PUBLIC = "public";

export async function remember(person: string, what: string, value: unknown): Promise<void> {
  await (await database()).put("known", { key: `${person}:${what}`, value, at: Date.now() });
}

export async function recall<T>(person: string, what: string): Promise<T | undefined> {
  return (await (await database()).get("known", `${person}:${what}`))?.value as T | undefined;
}

export async function forget(person: string, what: string): Promise<void> {
  await (await database()).delete("known", `${person}:${what}`);
}
