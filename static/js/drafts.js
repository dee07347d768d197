// What somebody types stays in this browser until the desk has accepted it: through a reload, a crash, a lost session.
// Kept by account, by the address the form is sent to, and by field. Never a password or a code; a week at most.
(() => {
  const owner = document.body.dataset.account;
  const words = document.getElementById("draft-line");
  if (!owner || !words) return;
  const START = "firebreak-draft ";
  const WEEK = 7 * 24 * 3600 * 1000;
  const FIELDS = "form[method=post] :is(textarea, input:not([type]), input[type=text], input[type=url], input[type=email])";
  const NEVER = /password|passcode|secret|token|code|csrf|^key$/i;
  const waiting = new Map();
  const lines = new WeakMap();
  let writing = false;

  const kept = (field) => field.matches?.(FIELDS) && !field.readOnly && !NEVER.test(field.name) && field.name && !field.closest("[data-no-drafts]");
  const path = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const seen = (field) => field.form.elements.seen;  // of a form that says which text it began with
  const name = (field) => `${START}${owner} ${path(field.form)} ${field.name}`;
  const all = () => Object.keys(localStorage).filter((key) => key.startsWith(START));
  const attempt = (job) => { try { return job(); } catch { return null; } };  // storage may be full or forbidden

  function save(field) {
    waiting.delete(field);
    if (!field.form) return;
    if (field.value === field.defaultValue || !field.value.trim()) return forget(field);
    const draft = { text: field.value, base: field.defaultValue, at: Date.now(), seen: seen(field)?.value };
    attempt(() => localStorage.setItem(name(field), JSON.stringify(draft)));
  }

  function forget(field) {
    attempt(() => localStorage.removeItem(name(field)));
  }

  const saveAll = () => { for (const [field, timer] of waiting) { clearTimeout(timer); save(field); } };

  document.addEventListener("input", (event) => {
    if (writing || !kept(event.target)) return;
    clearTimeout(waiting.get(event.target));
    waiting.set(event.target, setTimeout(save, 250, event.target));
  });
  window.addEventListener("pagehide", saveAll);
  document.addEventListener("visibilitychange", saveAll);
  document.addEventListener("submit", saveAll, true);

  // The desk names the form it accepted last in a cookie; a form that came back with errors is not named.
  function accepted() {
    const found = /(?:^|; )firebreak_accepted=([^;]*)/.exec(document.cookie);
    if (!found) return;
    document.cookie = "firebreak_accepted=; max-age=0; path=/";
    const start = `${START}${owner} ${decodeURIComponent(found[1])} `;
    for (const key of all()) if (key.startsWith(start)) localStorage.removeItem(key);
  }

  function old(key) {
    const draft = attempt(() => JSON.parse(localStorage.getItem(key)));
    return !draft || Date.now() - draft.at > WEEK;
  }

  function restore() {
    for (const field of document.querySelectorAll(FIELDS)) {
      const draft = kept(field) && attempt(() => JSON.parse(localStorage.getItem(name(field))));
      if (!draft || draft.text === field.value || field.value !== field.defaultValue) continue;
      // A short value that somebody else changed meanwhile is not put back over theirs.
      if (field.tagName === "INPUT" && draft.base !== field.defaultValue) forget(field);
      else bring(field, draft);
    }
  }

  function bring(field, draft) {
    write(field, draft.text);
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    lines.get(field)?.remove();
    const line = words.content.firstElementChild.cloneNode(true);
    line.querySelector("[data-words]").textContent = line.querySelector("[data-words]").dataset.words.replace("{}", time(draft.at));
    const began = seen(field)?.value;
    if (began !== undefined && draft.seen !== undefined) seen(field).value = draft.seen;
    line.querySelector("button").addEventListener("click", () => discard(field, line, began));
    field.after(line);
    lines.set(field, line);
  }

  function discard(field, line, began) {
    forget(field);
    if (began !== undefined) seen(field).value = began;
    write(field, field.defaultValue);
    line.remove();
    field.focus();
  }

  function write(field, text) {
    writing = true;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    writing = false;
  }

  // The reader's zone and clock, as the page shows times; another day is named.
  function time(at) {
    const { zone, hours } = words.dataset;
    const form = { hour: "2-digit", minute: "2-digit", timeZone: zone, hourCycle: hours === "12h" ? "h12" : "h23" };
    const day = Date.now() - at > 12 * 3600 * 1000 ? { month: "short", day: "numeric" } : {};
    return new Date(at).toLocaleString(document.documentElement.lang, { ...day, ...form });
  }

  // Who signs out leaves nothing behind.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-sign-out]")) return;
    waiting.forEach(clearTimeout);
    waiting.clear();
    for (const key of all()) if (key.startsWith(`${START}${owner} `)) localStorage.removeItem(key);
  });

  attempt(accepted);
  attempt(() => all().filter(old).forEach((key) => localStorage.removeItem(key)));
  attempt(restore);
  document.addEventListener("firebreak:swapped", () => attempt(restore));
})();
