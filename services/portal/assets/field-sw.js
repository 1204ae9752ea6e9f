// Keeps the page of registrations without a connection, and nothing else: its scope is /field/, and whatever is not in its list passes by
// as if it were not there. The same worker under /notices/ keeps nothing and shows notifications.
// `version`, `pages` and `files` are put before this by the server.

const name = `field-${version}`;
const keeps = pages.length > 0;

self.addEventListener("install", (event) => {
  if (!keeps) return event.waitUntil(self.skipWaiting());
  // All of it or nothing: a page with half of its scripts would be worse than the older one.
  event.waitUntil(caches.open(name).then((cache) => cache.addAll([...pages.map((page) => new Request(page, { cache: "reload" })), ...files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  if (!keeps) return;
  const older = caches.keys().then((names) => Promise.all(names.filter((one) => one.startsWith("field-") && one !== name).map((one) => caches.delete(one))));
  event.waitUntil(older.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin, search } = new URL(event.request.url);
  if (!keeps || event.request.method !== "GET" || origin !== self.location.origin || search) return;
  const wanted = pathname === "/field/" ? "/field/bn" : pathname;
  if (!pages.includes(wanted) && !files.includes(wanted)) return;
  event.respondWith(caches.open(name).then((cache) => cache.match(wanted)).then((found) => found ?? fetch(event.request)));
});

// What came late no longer holds; something has to be shown all the same, or the browser shows words of its own.
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

// A second copy of what is shown already takes its place in silence; what follows in a chain rings.
async function show(told) {
  const isLate = told.ends && Date.parse(told.ends) < Date.now();
  const { tag = "", lang = "bn", path = "/", reference = "" } = told;
  const shown = tag ? await self.registration.getNotifications({ tag }) : [];
  const renotify = Boolean(tag) && !(reference && shown.some((one) => one.data?.reference === reference));
  const options = { body: isLate ? "" : told.body ?? "", tag, renotify, lang, data: { path, reference } };
  return self.registration.showNotification((isLate ? told.late : told.title) ?? "প্রবাসী", options);
}

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

// To the page of the person, in this site alone.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = /^\/c\/[0-9A-Z]{16}$/.test(event.notification.data?.path) ? event.notification.data.path : "/";
  event.waitUntil(self.clients.openWindow(path));
});
