// One stream of wake-ups for all tabs of this browser. The tab that holds the lock listens to the desk and tells the
// others; when it closes, the next one takes over. Where a browser has no locks, each visible tab has its own stream.
// FirebreakStream(address, tell): tell(kind, data), of kind hello, changed, here, beat, or down (data "refused" or "").
window.FirebreakStream = (address, tell) => {
  const NAME = "firebreak-live";
  const KINDS = ["hello", "changed", "here", "beat"];
  const SILENCE = 22_000; // a beat comes every 10 seconds
  const RETRY = 20_000;
  const shared = Boolean(navigator.locks && window.BroadcastChannel);
  let channel, source, watch, retry, letGo;
  let [running, up, heard] = [false, false, 0];

  function hear(kind, data) {
    if (kind === "down") up = false;
    else [up, heard] = [true, Date.now()];
    tell(kind, data);
  }

  function say(kind, data) {
    channel?.postMessage({ kind, data });
    hear(kind, data);
  }

  // --- the tab that listens ---

  function open() {
    close();
    source = new EventSource(address);
    const mine = source;
    for (const kind of KINDS) mine.addEventListener(kind, (event) => mine === source && say(kind, event.data));
    mine.addEventListener("error", () => mine === source && broken(mine));
  }

  // Browsers come back to a stream that broke, and give one up that was refused.
  function broken(mine) {
    const refused = mine.readyState === EventSource.CLOSED;
    say("down", refused ? "refused" : "");
    if (refused) retry = setTimeout(open, RETRY * (0.75 + Math.random() / 2));
  }

  function close() {
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  // Holds the lock until it is let go, or another tab takes it.
  function hold() {
    return new Promise((resolve) => {
      letGo = resolve;
      open();
    });
  }

  function queue(options = {}) {
    navigator.locks.request(NAME, options, () => (running ? hold() : null)).catch(() => {
      close();
      letGo = null;
      if (running) queue();
    });
  }

  // --- every tab ---

  function onMessage({ data: { kind, data } }) {
    if (kind === "who") return source && up && channel.postMessage({ kind: "welcome" });
    if (kind !== "welcome") hear(kind, data);
    else if (!up) hear("hello", "");
  }

  // A listening tab that sleeps says nothing and lets nobody else: whoever is looked at takes over.
  function look() {
    if (!up || Date.now() - heard < SILENCE) return;
    hear("down", "");
    kick();
  }

  function kick() {
    if (!running || up) return;
    if (source || !shared) open();
    else if (document.visibilityState === "visible") queue({ steal: true });
  }

  function start() {
    if (running) return;
    running = true;
    watch = setInterval(look, 2000);
    if (!shared) return open();
    channel = new BroadcastChannel(NAME);
    channel.onmessage = onMessage;
    channel.postMessage({ kind: "who" });
    queue();
  }

  // A page that is put away keeps neither stream nor lock: else the browser could not keep the page.
  function stop() {
    running = up = false;
    clearInterval(watch);
    close();
    channel?.close();
    channel = null;
    letGo?.();
    letGo = null;
  }

  if (!shared) document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  return { start, stop, kick };
};
