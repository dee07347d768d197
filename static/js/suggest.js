/* The opening form: asks for advice at every pause in the typing and puts it beside the text. */
"use strict";
(() => {
  const form = document.querySelector("form[data-suggest]");
  const place = document.getElementById("suggestions");
  const status = document.getElementById("suggestions-status");
  const PAUSE = 400;
  let waiting, running, pressed;
  let plain = false;
  let said = new Set();

  document.querySelectorAll("[data-without-script]").forEach((each) => { each.hidden = true; });

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };

  async function ask() {
    running?.abort();
    const mine = running = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    if (pressed) body.set(pressed.name, pressed.value);
    const headers = { "X-CSRFToken": body.get("csrf_token"), "X-Requested-With": "fetch" };
    try {
      const answer = await fetch(form.dataset.suggest, { method: "POST", body, headers, signal: mine.signal });
      const html = await answer.text();
      if (mine !== running) return;
      running = undefined;
      if (answer.ok && !answer.redirected) show(html);
      else if (pressed?.isConnected) withoutScript();
    } catch (error) {
      /* Aborted, or the network is away: the form works without advice. An answer goes with the next attempt. */
    }
  }

  /* An answer that cannot be taken here goes the way it goes without a script. */
  function withoutScript() {
    plain = true;
    form.requestSubmit(pressed);
  }

  function show(html) {
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    place.innerHTML = html;
    if (focused) like(focused)?.focus();
    pressed = undefined;
    apply(place.firstElementChild.dataset);
  }

  /* What takes the place of an element that had the focus. Of a question's buttons: the one that takes the answer
  back, or, once it was taken back, the first of the question, where it is asked again. */
  function like(gone) {
    const named = `[name="${CSS.escape(gone.name)}"]`;
    if (gone.type === "radio") return place.querySelector(`${named}[value="${CSS.escape(gone.value)}"]`);
    if (gone.type !== "submit") return place.querySelector(named);
    const asked = place.querySelectorAll(`${named}[value^="${CSS.escape(gone.value.split(":")[0])}:"]`);
    return [...asked].find((button) => button.value === gone.value) ?? asked[0] ?? place.querySelector(":checked");
  }

  function apply(advice) {
    form.elements.title.placeholder = advice.title;
    for (const code of advice.channels.split(",")) tick(code);
    propose(place.querySelector("[name=playbook]:checked")?.dataset.severity || advice.severity);
    say();
  }

  /* Read out what was not there before. */
  function say() {
    const now = [...place.querySelectorAll("[data-say]")];
    const fresh = now.filter((each) => !said.has(each.dataset.say)).map((each) => each.innerText.trim());
    said = new Set(now.map((each) => each.dataset.say));
    if (fresh.length) status.textContent = fresh.join(" ");
  }

  function tick(code) {
    const box = code && form.querySelector(`[name="channels"][value="${code}"]`);
    if (box) box.checked = true;
  }

  function propose(text) {
    if (text) form.elements.severity.options[0].textContent = text;
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "another") document.getElementById("playbook-another").checked = true;
    if (event.target.closest("#suggestions")) chosen(event.target);
    else later();
  });

  /* A person's choice is theirs: the desk no longer moves it. */
  function chosen(radio) {
    form.elements.auto.value = "";
    propose(radio.dataset.severity);
    if (running) later();
    running?.abort();
  }

  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    running?.abort();
    if (plain || event.submitter?.name !== "suggest") return;
    event.preventDefault();
    pressed = event.submitter;
    ask();
  });

  if (form.elements.report.value.trim()) later();
})();
