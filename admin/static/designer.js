// Draws the paper anew a moment after something was typed. Without this file the button "Xem trước" does the same.
const WAIT_MS = 500;
const form = document.getElementById("design");
const canvas = document.getElementById("drawn");
const still = document.getElementById("still");
const told = document.getElementById("told");
const calm = told.textContent;
let waiting = 0;
let asked = 0;

async function draw() {
  const mine = ++asked;
  told.textContent = told.dataset.busy;
  try {
    const answer = await fetch(form.dataset.draw, { method: "POST", body: new FormData(form), headers: { Accept: "image/png, application/problem+json" } });
    if (mine !== asked) return;
    if (!answer.ok) {
      told.textContent = await reason(answer);
      return;
    }
    const picture = await createImageBitmap(await answer.blob());
    if (mine !== asked) return;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    canvas.hidden = false;
    still.hidden = true;
    told.textContent = calm;
  } catch {
    if (mine === asked) told.textContent = told.dataset.lost;
  }
}

// The page that says what is wrong carries the sentence in its banner.
async function reason(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector('main [data-testid="problem"]')?.textContent.trim() || told.dataset.lost;
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(draw, WAIT_MS);
}

form.addEventListener("input", soon);
form.addEventListener("change", soon);
