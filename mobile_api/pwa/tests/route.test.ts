// Where the app is and where it sends on to, with an address bar that tells of a change a moment later, as a browser's does.
import { beforeEach, expect, it, vi } from "vitest";

let hash = "";
let told: (() => void)[] = [];

const type = (path: string) => void (hash = `#${path}`); // somebody follows a link; the event comes later
const event = () => told.forEach((tell) => tell());

beforeEach(() => {
  [hash, told] = ["", []];
  vi.resetModules();
  vi.stubGlobal("location", { get hash() { return hash; }, set hash(to: string) { hash = to.startsWith("#") ? to : `#${to}`; } });
  vi.stubGlobal("history", { replaceState: (_: unknown, __: string, to: string) => void (hash = to) });
  vi.stubGlobal("addEventListener", (_: string, tell: () => void) => void told.push(tell));
});

it("a screen with nothing to show sends on", async () => {
  const { go, route } = await import("../src/route");
  go("/home", true);
  expect([hash, route.get()]).toEqual(["#/home", "/home"]);
});

it("a link followed while the app still starts is where it opens", async () => {
  const { route, watchRoute } = await import("../src/route");
  type("/activity/a1");
  watchRoute();
  expect(route.get()).toBe("/activity/a1");
});

it("a screen that sends on a moment late does not take back where somebody went", async () => {
  const { go, route, watchRoute } = await import("../src/route");
  watchRoute();
  type("/activity/a1");
  go("/home", true);
  event();
  expect([hash, route.get()]).toEqual(["#/activity/a1", "/activity/a1"]);
});
