// In place of the service worker where this desk keeps nothing on devices: deletes what an earlier one kept, and goes.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => {
  const ours = (names) => names.filter((name) => name.startsWith("firebreak-"));
  const drop = caches.keys().then((names) => Promise.all(ours(names).map((name) => caches.delete(name))));
  event.waitUntil(drop.then(() => registration.unregister()));
});
