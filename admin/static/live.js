// Asks for the figures again every few seconds and puts them in place, keeping focus, opened tables and what was scrolled.
// A lost connection is said, with the time of the last figures, and made good by itself. Without this file the page is
// the same, only still.
const EVERY_MS = 5000;
const PATIENCE_MS = 10000;
const SLOWEST_MS = 60000;
const BACK_SHOWN_MS = 6000;
const place = document.querySelector("[data-live]");
const status = document.getElementById("live");
const state = () => place.querySelector("[data-state]")?.dataset.state;
const first = state();
let last = "";
let failed = 0;
let seen = new Date();
let waiting = 0;

function put(text) {
  if (text === last) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = [...place.querySelectorAll("details[open]")].map((part) => part.id);
  place.innerHTML = text;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  last = text;
  // Opened, closed or settled meanwhile: the buttons above the figures are no longer the right ones.
  if (state() !== first) location.reload();
}

async function ask() {
  const answer = await fetch(place.dataset.live, {
    headers: { Accept: "text/html" },
    signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : undefined,
  });
  if (answer.redirected || answer.status === 401 || answer.status === 403) return false;
  if (!answer.ok) throw new Error(String(answer.status));
  put(await answer.text());
  return true;
}

// A status is read out when it changes, so it changes only when something happened.
function say(name, sentence) {
  status.dataset.state = name;
  if (status.textContent !== sentence) status.textContent = sentence;
}

function clock(time) {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function back() {
  say("back", status.dataset.back);
  setTimeout(() => status.dataset.state === "back" && say("live", ""), BACK_SHOWN_MS);
}

async function keepAsking() {
  clearTimeout(waiting);
  let goOn = true;
  if (!document.hidden) {
    try {
      goOn = await ask();
      seen = new Date();
      if (failed) back();
      failed = 0;
    } catch {
      failed += 1;
      say("stale", status.dataset.stale.replace("{when}", clock(seen)));
    }
  }
  clearTimeout(waiting);
  if (goOn) waiting = setTimeout(keepAsking, Math.min(SLOWEST_MS, EVERY_MS * 2 ** Math.min(failed, 4)));
  else say("over", status.dataset.over);
}

// Not waiting for the next turn: the signal is back, or somebody looks at the page again.
function soon() {
  if (status.dataset.state !== "over") keepAsking();
}

addEventListener("online", soon);
document.addEventListener("visibilitychange", () => document.hidden || soon());
waiting = setTimeout(keepAsking, EVERY_MS);
