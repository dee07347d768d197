// A form sent without a connection stays on the page instead of leaving it for the browser's error.
(() => {
  const words = document.getElementById("draft-line")?.dataset;
  if (!words) return;
  let sure = null;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || navigator.serviceWorker?.controller) return; // offline.js says it where its worker runs
    if (event.defaultPrevented || form.method !== "post" || sure === form) return;
    event.preventDefault();
    look(form, event.submitter);
  });

  // Browsers also call themselves offline beside a desk that can be reached: ask it.
  async function look(form, button) {
    try {
      await fetch("/healthz", { cache: "no-store" });
      sure = form;
      form.requestSubmit(button);
      sure = null;
    } catch {
      say(form, button);
    }
  }

  function say(form, button) {
    const place = button ?? form.lastElementChild;
    const line = place.parentElement.querySelector(".held") ?? document.createElement("p");
    line.className = "held notice notice-warn";
    line.setAttribute("role", "alert");
    line.textContent = form.querySelector("textarea, input[type=text], input[type=url]") ? words.held : words.lost;
    place.after(line);
  }

  window.addEventListener("online", () => {
    for (const line of document.querySelectorAll(".held")) line.textContent = words.again;
  });
})();
