// Without this file the page prints all the same, from the browser's own menu.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
