// For every page: what is wrong is looked at first, menus close, prints show what was folded.
const wrong = document.querySelector("[data-focus]");
if (wrong) wrong.focus();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// A double tap sends once.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button) return;
  if (button.dataset.sent) event.preventDefault();
  button.dataset.sent = "yes";
  setTimeout(() => delete button.dataset.sent, 4000);
});

// A table wider than the screen scrolls by keyboard too.
for (const table of document.querySelectorAll(".markdown table")) if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.phase:not([open]), details.channel:not([open])")];
  for (const part of opened) part.open = true;
});
window.addEventListener("afterprint", () => opened.forEach((part) => (part.open = false)));

// A link to something folded away unfolds it.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  if (target) target.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();
