// The agent's desk: calls appear by themselves, and no word that was typed is lost. Every page works without it.
//
// What is typed goes to the server each moment, and before that into this browser's own database, sealed under a key that the page of the
// call brings along and nothing here stores: a killed browser or a dead line costs no word, and a stolen disk tells none. Signing out
// clears it.

const patience = 5_000;
const pause = 600;
const longest = 1_800;
const again = 3_000;
const day = 86_400_000;
const own = new Set(["csrf", "key", "do", "version", "q"]);

const form = document.querySelector("form[data-draft]");
const live = document.querySelector("[data-desk-live]");

// --- keys -----------------------------------------------------------------------------------------------------------------------------

const places = {
  s: "caller_safe", n: "narrative", c: "find-category", p: "reporter-relation", r: "respondent-kind",
  b: "safe_contact-may_call", k: "find-article", e: "disposition",
};
const isTyping = (target) => target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !isTyping(event.target)) {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = true;
    keys.querySelector("summary").focus();
  } else if (event.altKey && !event.ctrlKey && form) {
    // An access key of the browser would choose the first answer: a question is only gone to.
    const place = document.getElementById(places[event.key.toLowerCase()] ?? "");
    if (!place || place.closest("[hidden]")) return;
    event.preventDefault();
    (document.querySelector(`[name="${place.name}"]:checked`) ?? place).focus();
  }
});

// --- the live desk --------------------------------------------------------------------------------------------------------------------

if (live) watch(live);

function watch(place) {
  const state = place.querySelector("[data-live-state]");
  const title = document.title.replace(/^\(\S+\) /, "");
  const say = (words, stopped) => {
    state.textContent = words;
    state.classList.toggle("app-live__state--stopped", stopped);
  };
  let alarm;
  document.body.addEventListener("htmx:afterSettle", settled);
  settled();
  connect();

  function settled() {
    const desk = document.getElementById("desk");
    document.title = desk.dataset.waiting ? `(${desk.dataset.waiting}) ${title}` : title;
    const call = desk.dataset.pop;
    // A call that this agent has just answered opens by itself, once: whoever goes back to the desk stays there.
    if (call && sessionStorage.getItem("popped") !== call) {
      sessionStorage.setItem("popped", call);
      location.assign(call);
    }
  }

  function connect() {
    const source = new EventSource(place.dataset.deskLive);
    source.addEventListener("desk", () => {
      clearTimeout(alarm);
      say(place.dataset.wordsLive, false);
      window.htmx?.trigger("#desk", "changed");
    });
    source.addEventListener("error", () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => say(place.dataset.wordsBroken, true), patience);
      if (source.readyState === EventSource.CLOSED) setTimeout(comeBack, patience);
    });
  }

  async function comeBack() {
    const answer = await fetch("/session/alive", { method: "POST", cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) {
      clearTimeout(alarm);
      say(place.dataset.wordsEnded, true);
    } else connect();
  }
}

// --- the journal of this computer -----------------------------------------------------------------------------------------------------

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function openJournal() {
  const request = indexedDB.open("desk", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("journal", { keyPath: "call" });
  const database = await asked(request);
  // Strict: on the disk when it says so. Chromium keeps localStorage in memory for seconds.
  const store = (mode) => database.transaction("journal", mode, { durability: "strict" }).objectStore("journal");
  return {
    read: (call) => asked(store("readonly").get(call)),
    write: (entry) => asked(store("readwrite").put(entry)),
    forget: (call) => asked(store("readwrite").delete(call)),
    async forgetOld() {
      for (const entry of await asked(store("readonly").getAll())) if (Date.now() - entry.at > day) await this.forget(entry.call);
    },
  };
}

const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

async function sealer(key) {
  const known = await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]);
  return {
    async seal(value) {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, known, new TextEncoder().encode(JSON.stringify(value)));
      return { nonce, sealed };
    },
    async open({ nonce, sealed }) {
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, known, sealed)));
    },
  };
}

for (const done of document.querySelectorAll("[data-journal-forget]")) {
  openJournal().then((journal) => journal.forget(done.dataset.journalForget)).catch(() => {});
}

// --- the page of a call ---------------------------------------------------------------------------------------------------------------

if (form) log(form);

function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (!own.has(name)) (fields[name] ??= []).push(value);
  return fields;
}

function put(form, fields) {
  for (const control of form.elements) {
    if (!control.name || own.has(control.name) || control.name === "stamp") continue;
    const values = fields[control.name] ?? [];
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else if (control.type !== "submit") control.value = values[0] ?? "";
  }
}

async function log(form) {
  const words = form.dataset;
  const state = document.querySelector("[data-draft-state]");
  const aside = document.querySelector("[data-draft-aside]");
  const page = crypto.randomUUID?.() ?? String(Math.random());
  const before = form.elements.stamp.value;
  let journal, seal;
  let number = 0;
  let saved = 0;
  let timer, first;
  let sending = false;
  let writing = false;
  let stopped = false;

  help(form);
  // Listened to before anything is waited for: the first word counts too.
  document.addEventListener("input", (event) => event.target.form === form && changed(pause));
  document.addEventListener("change", (event) => event.target.form === form && changed(0));
  form.querySelector("[value=save]").addEventListener("click", (event) => {
    event.preventDefault();
    send();
  });
  document.addEventListener("visibilitychange", () => document.hidden && send());
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });

  try {
    journal = await openJournal();
    seal = await sealer(form.dataset.journalKey);
    await restore();
    await journal.forgetOld();
  } catch {
    journal = undefined; // a browser that keeps nothing: the server still does
  }
  if (number) keep();

  function changed(wait) {
    number += 1;
    form.elements.stamp.value = `${page}.${number}`;
    keep();
    first ??= Date.now();
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(0, Math.min(wait, longest - (Date.now() - first))));
  }

  // One write at a time, and always of the newest words.
  async function keep() {
    if (!journal || !seal || writing) return;
    writing = true;
    let kept;
    do {
      kept = number;
      try {
        const content = await seal.seal({ fields: fieldsOf(form), before, isSaved: kept === saved });
        if (document.documentElement.dataset.leaving) return;
        await journal.write({ call: form.dataset.journal, at: Date.now(), ...content });
      } catch {
        break;
      }
    } while (kept !== number);
    writing = false;
  }

  async function restore() {
    const entry = await journal.read(form.dataset.journal);
    if (!entry) return;
    const { fields, before: its, isSaved } = await seal.open(entry);
    const [itsPage, itsNumber] = (fields.stamp?.[0] ?? "").split(".");
    const [here, hereNumber] = before.split(".");
    if (isSaved || fields.stamp?.[0] === before) return;
    // Newer than what the server has, of the same typing: put it back. Of another typing: show it, and let the agent choose.
    const follows = itsPage === here ? Number(itsNumber) > Number(hereNumber) : its === before;
    if (follows && !number) {
      put(form, fields);
      changed(0);
      say(words.wordsBack);
    } else if (follows || itsPage !== here) {
      aside.hidden = false;
      aside.querySelector("[data-draft-aside-text]").textContent = fields.narrative?.[0] ?? "";
      aside.querySelector("[data-draft-restore]").addEventListener("click", () => {
        put(form, fields);
        aside.hidden = true;
        changed(0);
        form.elements.narrative.focus();
      });
    }
  }

  async function send() {
    clearTimeout(timer);
    if (stopped || number === saved) return;
    if (sending) {
      timer = setTimeout(send, 100);
      return;
    }
    sending = true;
    first = undefined;
    const sent = number;
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, cache: "no-store", keepalive: String(body).length < 60_000 });
      await heard(answer, sent);
    } catch {
      trouble(words.wordsAway);
      timer = setTimeout(send, again);
    } finally {
      sending = false;
    }
    if (number !== sent && !stopped && saved === sent) timer = setTimeout(send, pause);
  }

  async function heard(answer, sent) {
    if (answer.ok) {
      form.elements.version.value = (await answer.json()).version;
      saved = sent;
      say(words.wordsSaved);
      keep();
    } else if (answer.status === 401) {
      trouble(words.wordsSession, words.wordsSignin);
      timer = setTimeout(send, again * 5);
    } else if (answer.status === 412) {
      stopped = true;
      trouble(words.wordsStale);
    } else if (answer.status === 409) {
      stopped = true;
      trouble((await answer.json()).words);
    } else {
      trouble(words.wordsAway);
      timer = setTimeout(send, again);
    }
  }

  function say(text) {
    state.classList.remove("app-saved--trouble");
    state.textContent = text;
  }

  function trouble(text, link) {
    state.classList.add("app-saved--trouble");
    state.textContent = text;
    if (!link) return;
    const way = document.createElement("a");
    way.href = `/sign-in?next=${location.pathname}`;
    way.textContent = link;
    state.append(" ", way);
  }
}

// Finders that need this script show themselves; what they find goes into the fields that are there without it.
function help(form) {
  for (const finder of document.querySelectorAll("[data-finder]")) finder.hidden = false;
  const script = form.querySelector("[data-script]");
  const unsafe = () => form.elements.caller_safe.value === "no";
  script.open = unsafe();
  document.addEventListener("change", (event) => {
    if (event.target.name === "caller_safe") script.open = unsafe();
    const article = event.target.closest("#articles-found [data-article]");
    if (article && event.target.checked) {
      document.getElementById("articles-chosen").append(article);
      event.target.focus();
    }
  });
  const compared = ["category", "country", "reporter.name", "reporter.phone", "victim.name", "victim.phone", "respondent.name", "respondent.licence"];
  document.addEventListener("change", (event) => {
    if (event.target.form === form && compared.includes(event.target.name)) document.dispatchEvent(new Event("compare"));
  });
  const likely = document.getElementById("likely");
  const offer = () => likely.querySelectorAll("[data-same]").forEach((button) => (button.hidden = false));
  likely.addEventListener("htmx:afterSettle", offer);
  offer();
  likely.addEventListener("click", (event) => {
    const same = event.target.closest("[data-same]");
    if (!same) return;
    form.elements.reference.value = same.dataset.same;
    form.elements.disposition.value = "follow_up";
    form.elements.reference.dispatchEvent(new Event("change", { bubbles: true }));
    form.elements.reference.focus();
  });
  form.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-category]");
    if (!chosen) return;
    form.elements.category.value = chosen.dataset.category;
    form.elements.category.dispatchEvent(new Event("change", { bubbles: true }));
    form.elements.country.focus();
  });
}
