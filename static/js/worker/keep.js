// Keeping: the desk lists what may be kept (/offline.json); each page of it is asked for by a request that says so, and
// only answers that say "keep" are stored. Nothing else that passes by ever is.
const AGE = 3 * 24 * 3600 * 1000;
const LARGEST = 1_000_000; // letters of a page
const PAUSE = 300; // milliseconds between two pages asked for
let looking = null;
let wanted = null;

const ask = (address) =>
  fetch(address, { headers: { "X-Firebreak-Offline": "ask" }, redirect: "manual", cache: "no-store" });
const fresh = (copy) => Boolean(copy) && Date.now() - Date.parse(copy.headers.get("X-Firebreak-Kept")) < AGE;

// At most every `gap` seconds; `only` one page for people who save data.
async function look({ gap, only }) {
  if (Date.now() - Number(await recall("looked")) < gap * 1000) return;
  await note("looked", Date.now());
  const answer = await ask("/offline.json");
  if (refused(answer)) await become(NOBODY);
  if (!answer.ok) return;
  const plan = await answer.json();
  // Another version of the pages has another worker, which is on its way.
  if (plan.version !== VERSION) return void (await registration.update());
  await become(plan.account);
  await note("looked", Date.now());
  await keepAll(plan, only);
}

async function keepAll(plan, only) {
  const cache = await caches.open(pagesOf(plan.account));
  const listed = new Set(plan.pages.map((page) => page.address));
  for (const request of await cache.keys()) if (!listed.has(new URL(request.url).pathname)) await cache.delete(request);
  for (const page of plan.pages) {
    const copy = await cache.match(page.address, { ignoreVary: true });
    const same = fresh(copy) && copy.headers.get("X-Firebreak-Mark") === page.mark;
    if (same || (only && only !== page.address)) continue;
    await keep(cache, page, plan.account);
    if ((await account()) !== plan.account) return void (await caches.delete(pagesOf(plan.account)));
    await later(PAUSE);
  }
}

async function keep(cache, { address, mark }, whose) {
  const answer = await ask(address);
  if (answer.status >= 500) return;
  if (refused(answer)) return become(NOBODY);
  await watch(answer);
  const may = answer.status === 200 && answer.headers.get("X-Firebreak-Offline") === "keep";
  const text = may && answer.headers.get("X-Firebreak-Account") === whose ? await answer.text() : "";
  if (!text || text.length > LARGEST) return void (await cache.delete(address));
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  headers.set("X-Firebreak-Mark", mark);
  headers.set("X-Firebreak-Kept", new Date().toISOString());
  await cache.put(address, new Response(text, { headers }));
  await keepFiles(text);
}

async function keepFiles(text) {
  const cache = await caches.open(FILES);
  const named = new Set([...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((found) => found[1]));
  for (const path of named) if (!(await cache.match(path, { ignoreVary: true }))) await cache.add(path).catch(() => {});
}

// One look after the other; who asks meanwhile is served by one more.
async function lookAround() {
  for (let now = wanted; now; now = wanted) {
    wanted = null;
    await look(now).catch(() => {});
  }
  looking = null;
}

addEventListener("message", (event) => {
  const asked = event.data?.look;
  if (!asked) return;
  wanted = wanted && wanted.gap <= asked.gap ? wanted : asked;
  looking ??= lookAround();
  event.waitUntil(looking);
});
