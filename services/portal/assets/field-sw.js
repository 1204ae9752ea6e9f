// Keeps the page of registrations without a connection, and nothing else: its scope is /field/, and whatever is not in its list passes by
// as if it were not there. `version` and `files` are put before this by the server.

const pages = ["/field/bn", "/field/en"];
const name = `field-${version}`;

self.addEventListener("install", (event) => {
  // All of it or nothing: a page with half of its scripts would be worse than the older one.
  event.waitUntil(caches.open(name).then((cache) => cache.addAll([...pages.map((page) => new Request(page, { cache: "reload" })), ...files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const older = caches.keys().then((names) => Promise.all(names.filter((one) => one.startsWith("field-") && one !== name).map((one) => caches.delete(one))));
  event.waitUntil(older.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin, search } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || search) return;
  const wanted = pathname === "/field/" ? "/field/bn" : pathname;
  if (!pages.includes(wanted) && !files.includes(wanted)) return;
  event.respondWith(caches.open(name).then((cache) => cache.match(wanted)).then((found) => found ?? fetch(event.request)));
});
