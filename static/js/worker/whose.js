// The service worker, in three parts that the server joins (firebreak/web/offline.py), with VERSION before them.
// This part: whose copies these are. Only one account's are ever there; nobody's when nobody is signed in.
const OURS = `firebreak-${VERSION}-`;
const STATE = `${OURS}state`;
const FILES = `${OURS}files`;
const NOBODY = "none";

const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const pagesOf = (account) => `${OURS}pages-${account}`;
const drop = async (which) => Promise.all((await caches.keys()).filter(which).map((name) => caches.delete(name)));

async function recall(name) {
  const kept = await (await caches.open(STATE)).match(`/${name}`);
  return kept && kept.text();
}

async function note(name, value) {
  await (await caches.open(STATE)).put(`/${name}`, new Response(String(value)));
}

const account = async () => (await recall("account")) ?? NOBODY;

async function become(now) {
  if ((await account()) === now) return;
  await note("account", now);
  await note("looked", 0);
  await drop((name) => name.startsWith(pagesOf("")) && name !== pagesOf(now));
}

const refused = (answer) => answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;

// Each page says whose it is. One that is refused says that something was taken away: what, is not for us to guess.
async function watch(answer) {
  const theirs = answer.headers.get("X-Firebreak-Account");
  if (answer.status === 401 || answer.status === 403) await become(NOBODY);
  else if (theirs) await become(theirs);
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("firebreak-") && !name.startsWith(OURS);
  event.waitUntil(drop(old).then(() => clients.claim()));
});
