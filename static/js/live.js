// Keeps an open room or list true: fetches what changed when the stream says so, and asks by itself when there is none.
(() => {
  const { FirebreakSwap: Swap, FirebreakTell: Tell } = window;
  if (!Tell || !window.EventSource) return;
  const SHOWN = 4000, HIDDEN = 20_000, SLOWEST = 15_000, PATIENCE = 10_000; // of asking without a stream
  const UNSAID = 3000, ALONE = 5000;
  let [up, over, again] = [false, false, false];
  let [contact, asked, down, failed, looking, tries] = [Date.now(), 0, Date.now(), 0, 0, 0]; // times; 0 for not
  let timer, wanted = 0;

  const room = () => document.querySelector(".room[data-changes]");
  const list = () => document.querySelector("[data-list][data-changes]");
  const between = (least, most) => least + Math.random() * (most - least);

  // --- the stream ---

  const stream = window.FirebreakStream(Tell.box.dataset.stream, (kind, data) => {
    if (kind === "down") return lost(data === "refused");
    [up, down, contact] = [true, 0, Date.now()];
    if (kind === "hello") look();
    if (kind === "changed") changed(...data.split(" "));
    if (kind === "here") document.dispatchEvent(new CustomEvent("firebreak:here", { detail: data }));
  });

  function changed(reference, seq) {
    const here = room();
    if (here && (here.dataset.reference !== reference || Number(here.dataset.seq) >= Number(seq))) return;
    wanted = Number(seq);
    if (looking) return;
    if (document.hidden) setTimeout(look, between(0, 500));
    else look();
  }

  function lost(refused) {
    up = false;
    down ||= Date.now();
    plan(refused ? 0 : ALONE);
  }

  // --- asking ---

  function plan(wait = document.hidden ? HIDDEN : Math.min(SHOWN * 1.5 ** tries, SLOWEST)) {
    clearTimeout(timer);
    if (over || (up && !failed)) return;
    timer = setTimeout(look, wait * between(0.75, 1.25));
  }

  async function look() {
    if (over) return;
    if (looking) return void (again = true);
    [looking, again, wanted] = [Date.now(), false, 0];
    try {
      await (room() ? lookAtRoom() : lookAtList());
      [failed, tries] = [0, 0];
      contact = asked = Date.now();
    } catch {
      failed ||= looking;
      tries += 1;
    }
    looking = 0;
    if (again || wanted > Number(room()?.dataset.seq ?? 0)) look();
    else plan();
  }

  async function get(address, accept) {
    const headers = { Accept: accept, "X-Firebreak": "background", "X-Requested-With": "fetch" };
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.type === "opaqueredirect" || answer.status === 401) return signedOut();
    if (!answer.ok) throw new Error(answer.status);
    return answer.status === 204 ? null : answer;
  }

  function signedOut() {
    over = true;
    stream.stop();
    Tell.out();
    return null;
  }

  async function lookAtRoom() {
    const here = room();
    const answer = await get(`${here.dataset.changes}?after=${here.dataset.seq}`, "application/json");
    const found = answer && (await answer.json());
    if (!found || here !== room()) return;
    if (found.reload) return atHome(here) && !Swap.busy(document.getElementById("content")) ? renew(found) : offer(found, here);
    const fresh = Swap.steady(() => [...Swap.parts(found.parts), ...Swap.rows(found.rows)]);
    here.dataset.seq = found.seq;
    Swap.told(fresh);
    Tell.say(found);
    Tell.below(fresh.filter((id) => id.startsWith("entry-")).length);
  }

  async function lookAtList() {
    const here = list();
    const mark = encodeURIComponent(here?.dataset.mark ?? "");
    const answer = here && (await get(`${here.dataset.changes}${here.dataset.changes.includes("?") ? "&" : "?"}mark=${mark}`, "text/html"));
    const fresh = answer && Swap.parse(await answer.text()).firstElementChild;
    if (!fresh?.matches("[data-list]") || here !== list() || Swap.busy(here)) return;
    Swap.steady(() => Swap.put(here, fresh));
    Swap.told([fresh.id]);
    Tell.say({ title: fresh.dataset.title });
  }

  // A page of another shape than before is fetched whole.
  async function renew(found) {
    const answer = await get(location.pathname + location.search, "text/html");
    const html = answer && (await answer.text());
    if (!html || !Swap.steady(() => Swap.page(html))) return;
    Tell.offer(null);
    Swap.told(["content"]);
    Tell.say(found);
  }

  // A form that came back with errors is shown at its own address, where there is nothing to fetch.
  const home = (here) => here.dataset.changes.replace(/\/changes$/, "");
  const atHome = (here) => location.pathname === home(here);

  function offer(found, here) {
    Tell.offer(() => (atHome(here) ? renew({ title: found.title }).catch(look) : location.assign(home(here))));
    Tell.say(found);
  }

  // --- the connection ---

  // In trouble since: a question found no answer, or the stream is lost and none was answered since.
  function judge() {
    if (over) return;
    const troubles = [failed, looking, !up && asked < down ? down : 0].filter(Boolean);
    if (Date.now() - Math.min(...troubles) > UNSAID) Tell.lost(contact);
    else if (!troubles.length) Tell.back();
  }

  function kick() {
    if (over) return;
    stream.kick();
    look();
  }

  setInterval(judge, 500);
  document.addEventListener("firebreak:look", look);
  document.addEventListener("visibilitychange", () => document.hidden || kick());
  addEventListener("online", kick);
  addEventListener("offline", () => lost(false));
  addEventListener("pagehide", () => stream.stop());
  addEventListener("pageshow", (event) => {
    if (!event.persisted || over) return;
    stream.start();
    kick();
  });
  stream.start();
  plan(ALONE);
})();
