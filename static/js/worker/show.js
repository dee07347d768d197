// Showing: the network first, what was kept when it fails. Streams, fetches of scripts, files and the API pass untouched.
const PATIENCE = 3000; // milliseconds until a copy is shown in place of an answer that does not come
const AFTER_SENDING = 15000; // for so long no copy goes before an answer: it would hide what was just sent
const AWAY = [502, 503, 504]; // said by a proxy, or by the desk when its records are away
const NOT_OURS = /^\/(api|live|link|setup|account|people|settings)\b|\/(files|export|pdf)\b|\.(csv|zip|pdf|txt|json)$/;
const NO_WORDS = /^\/(api|link|setup|sign-in|forgotten|language)\b/; // pages that could not say that a form was not sent
let sent = 0;

async function find(address) {
  const whose = await account();
  if (whose === NOBODY) return undefined;
  const cache = await caches.open(pagesOf(whose));
  const copy = await cache.match(address, { ignoreVary: true });
  if (copy && !fresh(copy)) await cache.delete(address);
  return fresh(copy) ? copy : undefined;
}

// The page learns that it is a copy, and says so (offline.js). Its clocks run from the time that it is now.
async function show(copy) {
  const kept = copy.headers.get("X-Firebreak-Kept");
  const from = new Date(copy.headers.get("Date") ?? kept).toISOString();
  const age = Date.now() - Date.parse(kept);
  const aged = (said, then) => `data-now="${new Date(Date.parse(then) + age).toISOString()}"`;
  const text = (await copy.text()).replace("<html", `<html data-from="${from}"`).replace(/data-now="([^"]+)"/, aged);
  return new Response(text, { headers: copy.headers });
}

async function page(event) {
  const answering = fetch(event.request);
  answering.catch(() => {});
  const path = new URL(event.request.url).pathname;
  const copy = await find(path === "/" ? "/incidents" : path);
  const inTime = copy && Date.now() - sent > AFTER_SENDING ? [later(PATIENCE)] : [];
  try {
    const answer = await Promise.race([answering, ...inTime]);
    if (copy && (!answer || AWAY.includes(answer.status))) return show(copy);
    event.waitUntil(watch(answer));
    return answer;
  } catch {
    const shown = copy ?? (await find("/offline"));
    return shown ? show(shown) : Response.error();
  }
}

// An address with the hash of its file in it (?v=) always means the same bytes.
async function file(request) {
  const copy = await caches.match(request, { cacheName: FILES, ignoreVary: true });
  if (copy && new URL(request.url).searchParams.has("v")) return copy;
  const answering = fetch(request);
  if (!copy) return answering;
  return Promise.race([answering, later(PATIENCE).then(() => copy)]).catch(() => copy);
}

// A form that cannot be sent leaves the page as it is (204), with what was typed, and the page says so. Nothing is sent
// later by itself: hours old, a word for the public or a tick would do harm.
async function send(event) {
  const path = new URL(event.request.url).pathname;
  sent = Date.now();
  if (path === "/sign-out") await become(NOBODY);
  try {
    return await fetch(event.request);
  } catch {
    for (const client of await clients.matchAll({ type: "window" })) client.postMessage({ unsent: path });
    return new Response(null, { status: 204 });
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  const walks = request.mode === "navigate";
  if (request.method === "POST" && walks && !NO_WORDS.test(pathname)) event.respondWith(send(event));
  else if (request.method === "GET" && walks && !NOT_OURS.test(pathname)) event.respondWith(page(event));
  else if (request.method === "GET" && pathname.startsWith("/static/")) event.respondWith(file(request));
});
