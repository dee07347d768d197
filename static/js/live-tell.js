// What an open page says of itself: what is new, to those who cannot see it; whether the desk can be reached.
window.FirebreakTell = (() => {
  const box = document.getElementById("live");
  const line = document.getElementById("connection");
  if (!box || !line) return null;
  const button = box.querySelector("[data-new]");
  let quiet, news = [], heard = 0;

  // Everything is read once, however often it is fetched; nobody is read what they did themselves.
  // Several things at once are one sentence: a reader must not be talked over.
  function say({ title, seq, said = [], alarms = [] }) {
    if (title) document.title = title + (document.title.match(/ · [^·]*$/)?.[0] ?? "");
    const alarmed = alarms.filter((each) => each.seq > heard);
    const fresh = said.filter((each) => each.seq > heard && String(each.by) !== document.body.dataset.person);
    heard = seq ?? heard;
    if (alarmed.length) document.getElementById("alarm").textContent = alarmed.map((each) => each.text).join(" ");
    if (!fresh.length) return;
    news.push(...fresh);
    clearTimeout(quiet);
    quiet = setTimeout(announce, 600);
  }

  function announce() {
    const full = news.length <= 3 && news.every((each) => each.text);
    const many = news.length === 1 ? box.dataset.one : box.dataset.many.replace("{}", news.length);
    document.getElementById("announcer").textContent = full ? news.map((each) => each.text).join(" ") : many;
    news = [];
  }

  // Whoever reads further down is told of new rows and not moved.
  const top = () => document.getElementById("log-rows")?.getBoundingClientRect().top ?? 0;

  function below(count) {
    if (!count || top() >= 0) return;
    const all = count + (button.hidden ? 0 : Number(button.dataset.count));
    button.dataset.count = all;
    button.textContent = all === 1 ? box.dataset.one : box.dataset.many.replace("{}", all);
    button.hidden = false;
  }

  button.addEventListener("click", () => {
    button.hidden = true;
    document.getElementById("log")?.scrollIntoView();
    document.querySelector("#log-rows a")?.focus({ preventScroll: true });
  });
  addEventListener("scroll", () => (button.hidden ||= top() >= 0), { passive: true });

  // The page has another shape now, and something is typed here: when to show it is for the reader to say.
  function offer(take) {
    const place = box.querySelector("[data-changed]");
    place.hidden = !take;
    place.querySelector("button").onclick = take;
  }

  // --- the connection ---

  function show(text, state) {
    line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text;
    line.hidden = !text;
  }

  // The reader's zone and clock, as the page shows times.
  function time(at) {
    const { zone, hours } = box.dataset;
    const form = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone, hourCycle: hours === "12h" ? "h12" : "h23" };
    return new Date(at).toLocaleTimeString(document.documentElement.lang, form);
  }

  const lost = (contact) => show(line.dataset.lost.replace("{}", time(contact)), "lost");
  const out = () => show(box.dataset.out, "out");

  function back() {
    if (line.dataset.state !== "lost") return;
    show(line.dataset.back, "back");
    setTimeout(() => line.dataset.state === "back" && show("", ""), 4000);
  }

  return { box, say, below, offer, lost, back, out };
})();
