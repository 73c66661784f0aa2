// The pictures of a paper are kept on the phone when it begins, so that a question is whole without signal too.
import type { Question } from "../../api/types";
import { PICTURES } from "../../lib/pictures";

export async function keepPictures(all: Question[]): Promise<void> {
  const wanted = all.flatMap(({ picture }) => (picture ? [picture] : []));
  if (!globalThis.caches) return;
  const cache = await caches.open(PICTURES);
  for (const { url } of await cache.keys()) if (!wanted.includes(new URL(url).pathname)) await cache.delete(url); // of papers before
  await Promise.all(wanted.map(async (src) => (await cache.match(src)) ?? cache.add(src).catch(() => undefined)));
}
