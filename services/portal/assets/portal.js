// What a page does by itself where scripts run. Every page works without it.

const sessionEnded = 401;
const minute = 60_000;
// A stream is renewed each few minutes: only a longer silence is worth a word.
const patience = 5_000;

// To the list of faults first: a screen reader then begins there.
document.querySelector("[data-focus]")?.focus();

// On a phone the tasks stand in one line that is pushed sideways: the present one in sight.
document.querySelector(".app-navigation [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// The second press of an impatient finger is one too many (the service would make one record of both all the same).
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

// Who leaves a shared computer leaves nothing of the desk's behind. Registrations that wait for a line stay: they are sealed.
for (const form of document.querySelectorAll("form[action='/sign-out'], form[action='/switch']")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    document.documentElement.dataset.leaving = "yes"; // the desk writes nothing any more: its journal is about to be emptied
    sessionStorage.clear();
    const patience = new Promise((done) => setTimeout(done, 1_000));
    await Promise.race([forgetJournal().catch(() => {}), patience]);
    form.submit();
  }, { once: true });
}

async function forgetJournal() {
  const known = await indexedDB.databases();
  if (!known.some((one) => one.name === "desk")) return;
  await new Promise((done, failed) => {
    const request = indexedDB.open("desk");
    request.onerror = failed;
    request.onsuccess = () => {
      const emptied = request.result.transaction("journal", "readwrite");
      emptied.objectStore("journal").clear();
      emptied.oncomplete = done;
      emptied.onabort = failed;
    };
  });
}

const alive = () => fetch("/session/alive", { method: "POST", cache: "no-store" });

// A long call must not end the session under a form that is being filled in.
for (const form of document.querySelectorAll("form[data-keep-alive]")) {
  let last = Date.now();
  form.addEventListener("input", () => {
    if (Date.now() - last < minute) return;
    last = Date.now();
    alive().catch(() => {});
  });
}

const live = document.querySelector("[data-live]");
if (live) watch(live);

function watch(place) {
  const state = place.querySelector("[data-live-state]");
  const title = document.title.replace(/^\(\S+\) /, "");
  const say = (words, stopped) => {
    state.textContent = words;
    state.classList.toggle("app-live__state--stopped", stopped);
  };
  const part = place.dataset.livePart ?? "#alerts";
  const refresh = () => window.htmx?.trigger(part, "changed");
  document.body.addEventListener("htmx:afterSettle", () => {
    const waiting = document.querySelector(part).dataset.waiting;
    document.title = waiting ? `(${waiting}) ${title}` : title;
  });
  // What was told but could not be fetched is not forgotten: the line may come and go between the two.
  for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.body.addEventListener(failed, () => setTimeout(refresh, 2_000));
  }

  // From where the page was drawn: what changed before the first connection is told by it. A browser then remembers by itself, a new source does not.
  let last = place.dataset.liveAfter;
  let missed = false;
  let alarm;
  connect();

  function connect() {
    const source = new EventSource(last ? `${place.dataset.live}?after=${last}` : place.dataset.live);
    source.addEventListener("open", () => {
      clearTimeout(alarm);
      say(place.dataset.wordsLive, false);
      if (missed) refresh();
      missed = false;
    });
    source.addEventListener("alert", (event) => {
      last &&= event.lastEventId;
      refresh();
    });
    source.addEventListener("error", () => {
      missed = true;
      clearTimeout(alarm);
      alarm = setTimeout(() => say(place.dataset.wordsBroken, true), patience);
      if (source.readyState === EventSource.CLOSED) setTimeout(again, 5_000);
    });
  }

  // A stream that was refused does not come back by itself: ask why.
  async function again() {
    const answer = await alive().catch(() => null);
    if (answer?.status === sessionEnded) {
      clearTimeout(alarm);
      say(place.dataset.wordsEnded, true);
    } else connect();
  }
}

// The way out for somebody who is watched: the page is blank at once, and *back* does not lead here again.
for (const exit of document.querySelectorAll("[data-exit]")) {
  const leave = (event) => {
    event?.preventDefault();
    document.body.hidden = true;
    location.replace(exit.href);
  };
  exit.addEventListener("click", leave);
  let pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { pressed = []; return; }
    pressed = [...pressed, event.timeStamp].slice(-3);
    if (pressed.length === 3 && pressed[2] - pressed[0] < 5_000) leave();
  });
}

// Whoever leaves a shared computer for the next person, or just leaves it, finds again what stood half written: it goes along, for them alone.
const leaving = document.querySelector('form[action="/switch"]');
if (leaving) {
  const writing = document.querySelector("main form[data-keep-alive]");
  let written = false;
  writing?.addEventListener("input", () => { written = true; });
  leaving.addEventListener("submit", () => {
    if (!written) return;
    const pairs = [...new FormData(writing)].filter(([, value]) => typeof value === "string");
    const draft = Object.assign(document.createElement("input"), { type: "hidden", name: "draft" });
    draft.value = JSON.stringify([new URL(writing.action).pathname, pairs]);
    leaving.append(draft);
  });
  if (leaving.dataset.lock) lockAfter(Number(leaving.dataset.lock) * minute);
}

// A touch in any tab counts. By the clock, not by a count of ticks: a computer that slept is locked when it wakes.
function lockAfter(span) {
  let last = 0;
  const touched = () => {
    if (Date.now() - last > 1_000) localStorage.setItem("touched", String(last = Date.now()));
  };
  touched();
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) document.addEventListener(kind, touched, { passive: true });
  const look = () => {
    if (Date.now() - Number(localStorage.getItem("touched")) < span) return;
    document.querySelector("main").hidden = true;
    leaving.requestSubmit();
  };
  setInterval(look, Math.min(5_000, span / 2));
  document.addEventListener("visibilitychange", look);
}
