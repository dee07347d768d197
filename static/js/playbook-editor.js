// The editor of playbooks: check and preview follow the typing, a finding leads to its line, Ctrl+S saves, and nobody
// leaves unsaved text by mistake. Tab stays the browser's own: it leaves the field.
(() => {
  const form = document.getElementById("editor");
  const area = form.elements.text;
  const beside = document.getElementById("checked");
  const status = document.getElementById("checked-status");
  const cursor = document.getElementById("cursor-line");
  const PAUSE = 1000;
  const PLACE = `firebreak-place ${form.getAttribute("action")}`;
  let waiting, running, sending = false;

  const dirty = () => !sending && (form.hasAttribute("data-unsaved") || area.value !== area.defaultValue);
  const say = (words) => { if (status.textContent !== words) status.textContent = words; };

  // --- check and preview ---------------------------------------------------------------------------

  async function check() {
    clearTimeout(waiting);
    running?.abort();
    const mine = running = new AbortController();
    const body = new URLSearchParams({ text: area.value });
    const headers = { "X-CSRFToken": form.elements.csrf_token.value, "X-Requested-With": "fetch" };
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body, headers, signal: mine.signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const html = await answer.text();
      if (mine === running) show(html);
    } catch (error) {
      if (error.name !== "AbortError") say(form.dataset.away);
    }
  }

  // While a text has errors the last good preview stays: one half-typed line must not take the page away.
  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const focused = beside.contains(document.activeElement) ? document.activeElement.dataset.goTo : "";
    const status = fresh.getElementById("findings").dataset.status;
    swap("findings", fresh);
    const before = document.getElementById("preview-old");
    if (before && fresh.querySelector("[data-without]")) before.hidden = false;
    else swap("preview", fresh);
    if (focused) beside.querySelector(`[data-go-to="${focused}"]`)?.focus();
    say(status);
  }

  function swap(id, fresh) {
    const old = document.getElementById(id);
    const scrolled = old.scrollTop;
    const held = document.activeElement === old;
    old.replaceWith(document.adoptNode(fresh.getElementById(id)));
    const put = document.getElementById(id);
    put.scrollTop = scrolled;
    for (const table of put.querySelectorAll("table")) if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    if (held) put.focus({ preventScroll: true });
  }

  area.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(check, PAUSE);
  });

  // --- lines ---------------------------------------------------------------------------------------

  beside.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go-to]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.goTo));
  });

  function goTo(line) {
    const lines = area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    area.scrollTop = Math.max(0, height(area.value.slice(0, start)) - area.clientHeight / 3);
  }

  // How far down a text reaches in the field: long lines wrap, so a copy of the field is asked.
  function height(text) {
    const copy = area.cloneNode();
    copy.removeAttribute("id");
    copy.removeAttribute("name");
    copy.rows = 1;
    copy.className = "editor-measure";
    copy.tabIndex = -1;
    area.after(copy);
    copy.style.width = `${area.offsetWidth}px`;
    copy.value = text;
    const found = copy.scrollHeight;
    copy.remove();
    return found;
  }

  function tellLine() {
    const line = area.value.slice(0, area.selectionStart).split("\n").length;
    cursor.textContent = cursor.dataset.words.replace("{}", line);
    cursor.hidden = false;
  }

  document.addEventListener("selectionchange", () => { if (document.activeElement === area) tellLine(); });

  // --- saving and leaving --------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    if (!event.repeat) form.requestSubmit(document.getElementById("save"));
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "check") {
      event.preventDefault();
      check();
      return;
    }
    clearTimeout(waiting);
    running?.abort();
    sending = true;
    setTimeout(() => { sending = false; }, 10_000);  // the answer never came: the text is still only here
    try { sessionStorage.setItem(PLACE, JSON.stringify([area.selectionStart, area.scrollTop])); } catch { /* no storage: the page opens at its top */ }
  });

  window.addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });

  // After a save one goes on where one was.
  function back() {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
    sessionStorage.removeItem(PLACE);
    if (!kept || document.querySelector("[data-focus]")) return;
    area.focus({ preventScroll: true });
    area.setSelectionRange(kept[0], kept[0]);
    area.scrollTop = kept[1];
  }

  try { back(); } catch { /* no storage */ }
})();
