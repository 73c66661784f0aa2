import { render } from "preact";
import { App } from "./app";
import { startClock, watchSleep } from "./clock";
import { restKinds, wakeKinds } from "./kinds";
import { watchRoute } from "./route";
import { applySettings } from "./settings";
import { phoneGet, phoneSet } from "./store/db";
import { dropOld } from "./store/outbox";
import { current, lockIfIdle, restoreCurrent, touched } from "./store/persons";
import { kick, observe, performed, probe } from "./sync";
import { doAfterwards } from "./sync/cycle";
import { joinRounds } from "./sync/fieldwork";
import { renewTrust } from "./sync/trust";
import { askForBackgroundSync, registerWorker } from "./ui/updates";
import "./styles.css";

async function start(): Promise<void> {
  await applySettings();
  startClock(await phoneGet("anchor"), (anchor) => void phoneSet("anchor", anchor).catch(() => undefined)); // a full phone still knows the time
  watchSleep();
  observe();
  joinRounds();
  doAfterwards(renewTrust);
  watchRoute();
  await restoreCurrent();
  render(<App />, document.getElementById("app")!);
  registerWorker();
  wake();
  await dropOld();
}

function wake(): void {
  addEventListener("online", () => kick());
  // The probe, not the browser, decides what that means; it does not wait for a round that may still hang on an answer.
  addEventListener("offline", () => [void probe(), kick()]);
  document.addEventListener("visibilitychange", () => (document.hidden ? settle() : stir()));
  addEventListener("pagehide", settle);
  performed.watch(() => void askForBackgroundSync());
  current.watch((person) => person?.id !== last && ((last = person?.id), stir()));
  setInterval(() => !document.hidden && wakePerson(), 15_000); // a paper may run out while another screen is open
  for (const what of ["pointerdown", "keydown"]) addEventListener(what, touch, { passive: true });
  stir();
}

let last: string | undefined;
let touchedAt = 0;

function touch(): void {
  if (Date.now() - touchedAt < 60_000 || !current.get()) return;
  touchedAt = Date.now();
  void touched().catch(() => undefined);
}

function wakePerson(): void {
  const person = current.get();
  if (person) void wakeKinds(person.id).then(lockIfIdle).catch(() => undefined); // tried again in a moment
}

function settle(): void {
  const person = current.get();
  if (person) void restKinds(person.id).catch(() => undefined);
}

function stir(): void {
  wakePerson();
  kick();
}

void start();
