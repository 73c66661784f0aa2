// Asks for the figures again every few seconds and puts them in place, keeping focus and opened tables.
// Without this file the page is the same, only still.
const EVERY_MS = 5000;
const place = document.querySelector("[data-live]");
const status = document.getElementById("live");
const state = () => place.querySelector("[data-state]")?.dataset.state;
const first = state();
let last = "";

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
  const answer = await fetch(place.dataset.live, { headers: { Accept: "text/html" } });
  if (answer.redirected || answer.status === 401 || answer.status === 403) return false;
  if (!answer.ok) throw new Error(String(answer.status));
  put(await answer.text());
  say("");
  return true;
}

function say(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

async function keepAsking() {
  let goOn = true;
  if (!document.hidden) {
    try {
      goOn = await ask();
    } catch {
      say(status.dataset.stale);
    }
  }
  if (goOn) setTimeout(keepAsking, EVERY_MS);
  else say(status.dataset.over);
}

setTimeout(keepAsking, EVERY_MS);
