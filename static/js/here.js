// Says every 25 seconds that somebody looks at this room, and shows who else does.
(() => {
  const address = document.getElementById("live")?.dataset.here;
  const act = document.getElementById("act");
  if (!address || !act) return;
  const EVERY = 25_000;
  let soon;

  const body = (more) => new URLSearchParams({ ...Object.fromEntries(new FormData(act)), ...more });

  async function come() {
    if (document.hidden) return;
    try {
      const answer = await fetch(address, { method: "POST", body: body(), redirect: "manual" });
      if (answer.status === 200) put(await answer.text());
    } catch {
      // The connection's own line says so.
    }
  }

  function put(html) {
    const old = document.getElementById("here");
    const fresh = document.createRange().createContextualFragment(html).firstElementChild;
    if (old && fresh && !old.isEqualNode(fresh)) old.replaceWith(fresh);
  }

  function leave() {
    navigator.sendBeacon(address, body({ gone: "yes" }));
  }

  // Not all at once: a room may be full.
  document.addEventListener("firebreak:here", (event) => {
    if (event.detail !== document.querySelector(".room[data-reference]")?.dataset.reference || document.hidden) return;
    clearTimeout(soon);
    soon = setTimeout(come, 200 + Math.random() * 1300);
  });
  document.addEventListener("firebreak:swapped", (event) => event.detail.ids.includes("content") && come());
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : come()));
  addEventListener("pagehide", () => document.hidden || leave());
  addEventListener("pageshow", (event) => event.persisted && come());
  setInterval(come, EVERY);
  setTimeout(come, 300);
})();
