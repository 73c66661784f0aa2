// The shell: every built file by its revision. Old revisions go when the new worker takes over.
declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

const entries = self.__WB_MANIFEST;
const CACHE = `lantoa-shell-${entries.reduce((sum, { url, revision }) => hash(sum, url + revision), 5381).toString(36)}`;
const scope = new URL(self.registration.scope);
export const SHELL = new URL("index.html", scope).href;

function hash(sum: number, text: string): number {
  for (let at = 0; at < text.length; at++) sum = (sum * 33) ^ text.charCodeAt(at);
  return sum >>> 0;
}

export async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(entries.map(({ url }) => new Request(new URL(url, scope).href, { cache: "reload" })));
}

export async function dropOldShells(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("lantoa-shell-") && name !== CACHE).map((name) => caches.delete(name)));
}

export async function fromShell(request: Request): Promise<Response> {
  const wanted = request.mode === "navigate" ? SHELL : request.url;
  const held = await (await caches.open(CACHE)).match(wanted, { ignoreSearch: true });
  return held ?? fetch(request);
}
