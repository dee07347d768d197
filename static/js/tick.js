// A tick shows at once, is sent without leaving the page, and can be taken back for ten seconds.
// It never pretends: what the desk refused or did not answer turns back, and says so.
(() => {
  const bar = document.getElementById("told");
  const act = document.getElementById("act");
  if (!bar || !act) return;
  const words = bar.dataset;
  const OFFERED = 10_000, PATIENCE = 15_000;
  const [text, undo, again, enter] = ["text", "undo", "again", "enter"].map((part) => bar.querySelector(`[data-${part}]`));
  const busy = new Set();
  let timer, offer, retry;

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".step button[form=act]");
    if (!button || event.defaultPrevented) return;
    event.preventDefault();
    tick(button.closest(".step").id, button.getAttribute("formaction"), button.name, button.value);
  });

  async function tick(id, action, name, value) {
    if (busy.has(id)) return;
    busy.add(id);
    const title = () => document.getElementById(id)?.querySelector(".step-title")?.textContent.trim() ?? "";
    mark(id, "saving");
    const answer = await send(action, name ? { [name]: value } : {});
    busy.delete(id);
    mark(id, answer.fine ? "done" : "");
    if (!answer.fine) return refuse(answer, () => tick(id, action, name, value));
    if (answer.said) say(answer.said);
    else say(words.done.replace("{}", title()), { undo: () => reopen(id, action, title()) });
    look(id);
  }

  async function reopen(id, action, title) {
    mark(id, "saving");
    const answer = await send(action.replace(/\/done$/, "/reopen"), { "again-reason": words.reason });
    mark(id, "");
    if (!answer.fine) return refuse(answer, () => reopen(id, action, title));
    say(words.open.replace("{}", title));
    look(id);
  }

  // {fine, said}: said is a word of the desk's own, such as who was quicker; or {lost} when nobody answered.
  async function send(action, fields, renewed = false) {
    const body = new URLSearchParams({ ...Object.fromEntries(new FormData(act)), ...fields });
    const headers = { "X-Requested-With": "fetch", Accept: "application/json" };
    try {
      const answer = await fetch(action, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.ok && answer.headers.get("Content-Type").startsWith("application/json")) return { fine: true, ...(await answer.json()) };
      if (answer.status === 400 && !renewed && (await renew())) return send(action, fields, true);
      return { status: answer.status, said: reason(await answer.text()) };
    } catch (error) {
      return { lost: true, late: error.name === "TimeoutError" };
    }
  }

  // Who signed in again, in another tab, has another token.
  async function renew() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector("#act [name=csrf_token]")?.value;
    if (token) act.elements.csrf_token.value = token;
    return Boolean(token);
  }

  // An error page says what happened in its heading and what to do in the line below it.
  function reason(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const parts = [...page.querySelectorAll("main h1, main h1 + p, .error-summary li")].map((part) => part.textContent.trim());
    return parts.slice(0, 2).join(". ");
  }

  function refuse(answer, repeat) {
    if (answer.lost) return say(answer.late ? words.late : words.lost, { again: repeat, alarm: true });
    say(`${words.refused} ${answer.said}`, { enter: answer.status === 401, alarm: true, again: answer.status === 401 || answer.status >= 500 ? repeat : null });
  }

  function mark(id, state) {
    const row = document.getElementById(id);
    if (!row) return;
    row.classList.toggle("step-saving", state === "saving");
    row.classList.toggle("step-ticked", state === "done");
    row.setAttribute("aria-busy", String(state === "saving"));
  }

  // LIVE, where it runs, fetches the row as it is now; focus that sat in it goes to its title.
  function look(id) {
    const had = document.getElementById(id)?.contains(document.activeElement);
    if (had) document.getElementById(id).querySelector(".step-title")?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("firebreak:look"));
  }

  function say(words, offers = {}) {
    clearTimeout(timer);
    [offer, retry] = [offers.undo, offers.again];
    bar.classList.toggle("told-alarm", Boolean(offers.alarm));
    for (const [element, wanted] of [[undo, offer], [again, retry], [enter, offers.enter]]) element.hidden = !wanted;
    // A place that was not shown when it was filled is not read.
    text.setAttribute("role", offers.alarm ? "alert" : "status");
    bar.hidden = false;
    text.textContent = words;
    if (!offers.alarm) wait();
  }

  // It stays while somebody points at it or has it focused.
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => (bar.matches(":hover, :focus-within") ? wait() : close()), OFFERED);
  }

  function close() {
    clearTimeout(timer);
    bar.hidden = true;
    offer = retry = null;
  }

  undo.addEventListener("click", () => { const back = offer; close(); back?.(); });
  again.addEventListener("click", () => { const repeat = retry; close(); repeat?.(); });
  bar.querySelector("[data-close]").addEventListener("click", close);
})();
