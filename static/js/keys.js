// Single keys. An element says which key stands for it: data-key="n" or, one after the other, data-key="g i".
// Nothing happens while somebody types, composes (Chinese input), holds another key, or has a dialog open.
(() => {
  const LINES = ".step, .incident, [data-line]";
  const TARGET = ".tick:is(button, a), .step-title, .incident-title, [data-line-link], a[href]";
  const FIELD = "input, textarea, select";
  const WAIT = 1500;
  const sheet = document.getElementById("keys-sheet");
  let first = "", ends = 0;

  const typing = (place) => place.closest?.("input, textarea, select, [contenteditable]");
  const shown = (element) => element.getClientRects().length > 0;
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (pressed(event)) event.preventDefault();
  });

  function pressed(event) {
    const before = Date.now() < ends ? first : "";
    first = "";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "?") return open();
    if (!before && /^Arrow(Up|Down)$/.test(key)) return Boolean(line()) && move(key === "ArrowDown" ? 1 : -1);
    if (!before && (key === "j" || key === "k")) return move(key === "j" ? 1 : -1);
    if (!before && (key === "x" || key === "o")) return act(key);
    return named(before ? `${before} ${key}` : key) || begins(key);
  }

  // The first key of two, when an element of this page waits for it.
  function begins(key) {
    if (!document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) return false;
    [first, ends] = [key, Date.now() + WAIT];
    return true;
  }

  function named(keys) {
    const all = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)];
    const element = all.find(shown) ?? all[0];
    if (!element) return false;
    reveal(element);
    if (element.matches("a[href], button, summary")) element.click();
    else settle(element);
    return true;
  }

  function reveal(element) {
    for (let part = element; part; part = part.parentElement) if (part.tagName === "DETAILS" && part !== element) part.open = true;
  }

  function settle(place) {
    const field = place.matches(FIELD) ? place : [...place.querySelectorAll("textarea")].find(shown) ?? place.querySelector("h2") ?? place;
    if (!field.matches(FIELD)) field.tabIndex = -1;
    field.focus({ preventScroll: true });
    place.scrollIntoView({ block: place.clientHeight > innerHeight ? "start" : "nearest", behavior: reduced.matches ? "auto" : "smooth" });
  }

  const line = () => document.activeElement?.closest(LINES);

  function move(by) {
    const lines = [...document.querySelectorAll(LINES)].filter(shown);
    if (!lines.length) return false;
    const here = lines.indexOf(line());
    const next = here < 0 ? nearest(lines) : lines[Math.min(lines.length - 1, Math.max(0, here + by))];
    const target = next.querySelector(TARGET);
    target?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  // The first line that is on the screen, else the first of all.
  function nearest(lines) {
    return lines.find((each) => each.getBoundingClientRect().top >= 0 && each.getBoundingClientRect().top < innerHeight) ?? lines[0];
  }

  function act(key) {
    const target = line()?.querySelector(key === "x" ? ".tick:is(button, a)" : ".step-title, .incident-title, [data-line-link]");
    target?.click();
    return Boolean(target);
  }

  // The list of keys comes from the server when it is first asked for.
  function open() {
    if (!sheet) return false;
    const place = sheet.querySelector("[data-body]");
    if (place.childElementCount) sheet.showModal();
    else load(place);
    return true;
  }

  async function load(place) {
    try {
      const answer = await fetch(sheet.dataset.from);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(page.getElementById("keys"));
      sheet.showModal();
    } catch {
      location.href = sheet.dataset.from;
    }
  }

  sheet?.addEventListener("click", (event) => {
    if (event.target === sheet || event.target.matches("[data-close]")) sheet.close();
  });
})();
