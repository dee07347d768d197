// Starts the service worker, tells it when to look for what changed, and says on the page what is from this device only.
(() => {
  const box = document.getElementById("offline");
  if (!box || !("serviceWorker" in navigator)) return;
  const words = box.dataset;
  const root = document.documentElement;
  const GAP = 20; // seconds between two looks at what changed
  const TYPED = "textarea, input:not([type]), input[type=text], input[type=url], input[type=email]";
  let last = null; // the form sent last: [path, form, button]
  let waiting = null;

  // "Sat 22:41 (UTC+1)" in the page's language and the reader's zone and clock.
  function time(stamp) {
    const say = (parts) => new Intl.DateTimeFormat(root.lang, { timeZone: words.zone, ...parts }).format(new Date(stamp));
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: words.clock === "12h" ? "h12" : "h23" };
    const named = new Intl.DateTimeFormat("en", { timeZone: words.zone, timeZoneName: "shortOffset" });
    const zone = named.formatToParts(new Date(stamp)).find((part) => part.type === "timeZoneName").value;
    return `${say({ weekday: "short" })} ${say(parts)} (${zone.replace("GMT", "UTC")})`;
  }

  function tell(text) {
    box.querySelector("[data-said]").textContent = text;
    box.hidden = false;
  }

  function old() {
    const from = time(root.dataset.from);
    box.querySelector("[data-writing]").hidden = !document.querySelector("main form[method=post]");
    tell((navigator.onLine ? words.away : words.offline).replace("{}", from));
    window.addEventListener("online", () => {
      tell(words.back.replace("{}", from));
      box.querySelector("[data-anew]").hidden = false;
    });
    box.querySelector("[data-anew]").addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
  }

  // --- sending ---

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const address = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    last = [new URL(address, location.href).pathname, form, event.submitter];
  });

  function unsent(path) {
    if (!last || last[0] !== path) return;
    const [, form, button] = last;
    if (button?.hasAttribute("data-sign-out")) return tellOut();
    const typed = [...form.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
    const line = document.createElement("p");
    line.className = "held notice notice-warn";
    line.setAttribute("role", "alert");
    line.textContent = typed ? (navigator.onLine ? words.unsure : words.unsent) : words.undone;
    const place = button ?? form.lastElementChild;
    place.parentElement.querySelector(".held")?.remove();
    place.after(line);
  }

  function tellOut() {
    tell(words.out);
    box.querySelector("[data-rest]").hidden = true;
    box.scrollIntoView({ block: "center" });
  }

  // --- keeping ---

  function look() {
    waiting = null;
    if (!navigator.onLine || document.visibilityState !== "visible" || root.dataset.from) return;
    const only = navigator.connection?.saveData ? location.pathname : "";
    navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ look: { gap: GAP, only } }));
  }

  function soon(seconds) {
    waiting ??= setTimeout(look, seconds * 1000);
  }

  navigator.serviceWorker.addEventListener("message", ({ data }) => data?.unsent && unsent(data.unsent));
  if (root.dataset.from) old();
  document.addEventListener("firebreak:swapped", () => {
    delete root.dataset.from; // a copy that was brought up to date is none
    box.hidden = true;
    soon(3 * GAP);
  });
  window.addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").then(look, () => {});
    soon(GAP + 1);
  });
})();
