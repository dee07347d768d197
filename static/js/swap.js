// Puts new parts of a page in place of old ones: what is typed, focused, unfolded or being read stays where it is.
window.FirebreakSwap = (() => {
  const FIELDS = "textarea, select, input:not([type=hidden], [type=submit], [type=button])";
  const WITHIN = "a[href], button, summary, input, select, textarea";
  const waiting = new Map();

  // --- what a person has begun ---

  function changed(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    const chosen = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(chosen, 0);
  }

  const typed = (within) => [...within.querySelectorAll(FIELDS)].filter((field) => field.form?.method === "post" && changed(field));
  const busy = (within) => within.querySelector(`:is(${FIELDS}):focus`) !== null || typed(within).length > 0;

  // --- one element ---

  function parse(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    return made.content;
  }

  // How to find the like of an element in what takes its place.
  function like(element) {
    if (element.id) return `#${CSS.escape(element.id)}`;
    const named = ["name", "value", "formaction", "href"].filter((name) => element.hasAttribute(name));
    return element.tagName.toLowerCase() + named.map((name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`).join("");
  }

  function unfolded(old, fresh) {
    const [before, after] = [old, fresh].map((part) => [...(part.matches("details") ? [part] : []), ...part.querySelectorAll("details")]);
    before.forEach((part, place) => {
      const same = part.id ? after.find((other) => other.id === part.id) : before.length === after.length && after[place];
      if (same) same.open = part.open;
    });
  }

  function put(old, fresh) {
    const focused = old.contains(document.activeElement) ? like(document.activeElement) : "";
    unfolded(old, fresh);
    old.replaceWith(fresh);
    if (!focused) return;
    const place = fresh.matches(focused) ? fresh : fresh.querySelector(focused) ?? fresh.querySelector(WITHIN);
    place?.focus({ preventScroll: true });
  }

  function part(id, html) {
    const old = document.getElementById(id);
    const fresh = parse(html).firstElementChild;
    waiting.delete(id);
    if (!old || !fresh || old.isEqualNode(fresh)) return false;
    if (busy(old)) return void waiting.set(id, html);
    put(old, fresh);
    return true;
  }

  // --- many ---

  // What is being read does not move: a row of the log under the top edge, else what stands there.
  function read() {
    if (scrollY < 1) return null;
    const list = document.getElementById("log-rows");
    const edge = list?.getBoundingClientRect();
    if (edge && edge.top < 0 && edge.bottom > 0) return [...list.children].find((row) => row.id && row.getBoundingClientRect().top >= 0);
    return document.elementFromPoint(innerWidth / 2, Math.min(innerHeight / 3, 200))?.closest("main [id]");
  }

  function steady(work) {
    const before = read();
    const top = before?.getBoundingClientRect().top;
    const done = work();
    const after = before && document.getElementById(before.id);
    const moved = after ? after.getBoundingClientRect().top - top : 0;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
    return done;
  }

  const parts = (all) => Object.entries(all).filter(([id, html]) => part(id, html)).map(([id]) => id);
  const number = (row) => Number(row.id.slice("entry-".length));

  // Rows that the page shows are put in place; new ones go in by number, where the whole log is shown. New ids.
  function rows(html) {
    const list = document.getElementById("log-rows");
    return [...parse(html).children].filter((row) => {
      const old = document.getElementById(row.id);
      if (old) return void put(old, row);
      if (!list) return false;
      row.classList.add("entry-new");
      list.insertBefore(row, [...list.children].find((other) => !other.id || number(other) < number(row)) ?? null);
      return true;
    }).map((row) => row.id);
  }

  // The whole of a page, with what was typed put back into the fields of the same form and name.
  function page(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("content");
    const old = document.getElementById("content");
    const path = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
    const kept = typed(old).map((field) => [path(field.form), field]);
    if (!fresh) return false;
    put(old, document.adoptNode(fresh));
    for (const [action, field] of kept) {
      const same = [...fresh.querySelectorAll(FIELDS)].find((other) => other.name === field.name && other.type === field.type
        && (!/checkbox|radio/.test(other.type) || other.value === field.value) && other.form && path(other.form) === action);
      if (!same) continue;
      if (/checkbox|radio/.test(same.type)) same.checked = field.checked;
      else same.value = field.value;
      same.dispatchEvent(new Event("input", { bubbles: true }));
    }
    waiting.clear();
    return true;
  }

  const told = (ids) => ids.length && document.dispatchEvent(new CustomEvent("firebreak:swapped", { detail: { ids } }));
  document.addEventListener("focusout", () => setTimeout(() => told(steady(() => parts(Object.fromEntries(waiting))))));

  return { busy, typed, parts, rows, page, steady, told, put, parse };
})();
