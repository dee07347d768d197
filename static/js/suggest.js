/* The opening form: asks for advice at every pause in the typing and puts it beside the text. */
"use strict";
(() => {
  const form = document.querySelector("form[data-suggest]");
  const place = document.getElementById("suggestions");
  const status = document.getElementById("suggestions-status");
  const PAUSE = 400;
  let waiting, running;

  document.querySelectorAll("[data-without-script]").forEach((each) => { each.hidden = true; });

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };

  async function ask() {
    running?.abort();
    const mine = running = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    const headers = { "X-CSRFToken": body.get("csrf_token"), "X-Requested-With": "fetch" };
    try {
      const answer = await fetch(form.dataset.suggest, { method: "POST", body, headers, signal: mine.signal });
      if (answer.ok && !answer.redirected && mine === running) show(await answer.text());
    } catch (error) {
      /* Aborted, or the network is away: the form works without advice. */
    }
  }

  function show(html) {
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const same = focused && `[name="${focused.name}"]` + (focused.type === "radio" ? `[value="${focused.value}"]` : "");
    place.innerHTML = html;
    if (same) place.querySelector(same)?.focus();
    apply(place.firstElementChild.dataset);
  }

  function apply(advice) {
    form.elements.title.placeholder = advice.title;
    for (const code of advice.channels.split(",")) tick(code);
    propose(place.querySelector("[name=playbook]:checked")?.dataset.severity || advice.severity);
    if (status.textContent !== advice.status) status.textContent = advice.status;
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
  }

  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    running?.abort();
  });

  if (form.elements.report.value.trim()) later();
})();
