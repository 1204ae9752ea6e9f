// Registering where there is no signal. A finished registration is sealed for the service at once: this device cannot read it any more, nor
// can whoever takes it. The form being typed lies behind a PIN. The queue is sent when the line is back and somebody is signed in.

import { generate } from "built:qr.js";
import { faultsOf, fieldsOf, put, registrationOf, showFaults } from "built:field-form.js";
import { isReference, keyOfPin, locked, newReference, newSalt, sealedFor, unlocked } from "built:field-seal.js";
import { openStore } from "built:field-store.js";
import { sendQueue } from "built:field-sync.js";

const language = document.documentElement.lang;
const words = document.body.dataset;
const at = (name) => document.querySelector(`[data-${name}]`);
const form = at("registration");
const idle = 180_000;
const pause = 400;
const each = 60_000;
const mostTries = 5;
const asciiDigits = (typed) => typed.replace(/[০-৯]/g, (digit) => String(digit.codePointAt(0) - 0x9e6));
const numerals = (value) => (language === "bn" ? String(value).replace(/\d/g, (digit) => "০১২৩৪৫৬৭৮৯"[digit]) : String(value));
const clock = new Intl.DateTimeFormat(language === "bn" ? "bn-BD" : "en-GB", { dateStyle: "medium", timeStyle: "short", hour12: false, timeZone: "Asia/Dhaka" });

let store;
let pinKey; // in memory only, while the form is open
let saving;
let idling;

if (navigator.serviceWorker) navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" }).catch(() => {});
// One tab at a time: two would write one draft.
if (navigator.locks) navigator.locks.request("field-page", { ifAvailable: true }, (lock) => (lock ? run() : say(words.wordsTab, true)));
else run();

function show(...names) {
  for (const name of ["lock", "desk", "slip"]) at(name).hidden = !names.includes(name);
}

function say(text, trouble = false) {
  at("state").hidden = false;
  at("say").textContent = text;
  at("state").classList.toggle("app-field-state--trouble", trouble);
}

// Never settles: the lock on the page is held as long as the page is open.
async function run() {
  store = await openStore();
  navigator.storage?.persist?.();
  if (!(await store.read("device"))) await store.write("device", crypto.randomUUID());
  at("state").hidden = at("entries").hidden = false;
  listen();
  await askPin();
  await list();
  window.addEventListener("online", sync);
  setInterval(sync, each);
  await sync();
  await new Promise(() => {});
}

function listen() {
  at("pin-form").addEventListener("submit", enterPin);
  at("pin-forget").addEventListener("click", () => forgetPin("").catch(failed));
  at("lock-now").addEventListener("click", () => lock("").catch(failed));
  at("send").addEventListener("click", sync);
  at("print-slip").addEventListener("click", () => window.print());
  at("next").addEventListener("click", next);
  form.addEventListener("submit", finish);
  for (const kind of ["input", "change"]) form.addEventListener(kind, typed);
  document.addEventListener("keydown", stir);
  document.addEventListener("pointerdown", stir);
  document.addEventListener("visibilitychange", () => document.hidden && pinKey && keep().catch(failed));
}

const failed = () => say(words.wordsDamaged, true);

// --- the PIN --------------------------------------------------------------------------------------------------------------------------

async function askPin(said = "") {
  const known = await store.read("pin");
  for (const part of document.querySelectorAll("[data-pin-new]")) part.hidden = Boolean(known);
  at("pin-old").hidden = !known;
  at("pin-said").textContent = said;
  at("pin-form").reset();
  show("lock");
}

async function enterPin(event) {
  event.preventDefault();
  const [pin, again] = ["pin", "again"].map((name) => asciiDigits(at("pin-form").elements[name].value));
  const known = await store.read("pin");
  if (known) return tryPin(known, pin);
  if (!/^\d{6,}$/.test(pin)) return askPin(words.wordsShort);
  if (isEasy(pin)) return askPin(words.wordsOften);
  if (pin !== again) return askPin(words.wordsPins);
  const salt = newSalt();
  pinKey = await keyOfPin(pin, salt);
  await store.write("pin", { salt, proof: await locked(pinKey, "pin"), tries: 0 });
  return open({});
}

function isEasy(pin) {
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])));
  return steps.size === 1 && Math.abs([...steps][0]) <= 1;
}

async function tryPin(known, pin) {
  // Counted before it is tried: pulling the plug gives no further try.
  await store.write("pin", { ...known, tries: known.tries + 1 });
  const key = await keyOfPin(pin, known.salt);
  try {
    await unlocked(key, known.proof);
  } catch {
    const left = mostTries - known.tries - 1;
    return left > 0 ? askPin(`${words.wordsWrong} ${numerals(left)}`) : forgetPin(words.wordsDropped);
  }
  await store.write("pin", { ...known, tries: 0 });
  pinKey = key;
  const draft = await store.read("draft");
  return open(draft ? await unlocked(pinKey, draft) : {});
}

async function forgetPin(said) {
  pinKey = undefined;
  await store.forget("pin", "draft");
  wipe();
  await askPin(said);
}

async function lock(said) {
  if (pinKey) await keep();
  pinKey = undefined;
  wipe();
  await askPin(said);
}

// --- the form -------------------------------------------------------------------------------------------------------------------------

function open(fields) {
  put(form, fields);
  show("desk");
  stir();
}

function wipe() {
  clearTimeout(saving);
  clearTimeout(idling);
  form.reset();
  showFaults(form, at("faults"), {}, "");
}

function stir() {
  clearTimeout(idling);
  if (pinKey) idling = setTimeout(() => lock(words.wordsIdle).catch(failed), idle);
}

function typed() {
  clearTimeout(saving);
  saving = setTimeout(() => keep().catch(failed), pause);
}

async function keep() {
  clearTimeout(saving);
  if (!pinKey || at("desk").hidden) return;
  await store.write("draft", await locked(pinKey, fieldsOf(form)));
}

async function finish(event) {
  event.preventDefault();
  const fields = fieldsOf(form);
  const faults = faultsOf(fields, words);
  showFaults(form, at("faults"), faults, words.wordsError);
  if (Object.keys(faults).length) return;
  const button = form.querySelector("button:not([type=button])");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await seal(fields);
  } catch {
    failed();
  } finally {
    button.disabled = false;
  }
}

async function seal(fields) {
  const key = await store.read("key");
  if (!key) return say(words.wordsKey, true);
  const registration = registrationOf(fields);
  const [id, device, written] = [crypto.randomUUID(), await store.read("device"), new Date().toISOString()];
  const reference = registration.of && isReference(asciiDigits(registration.of)) ? registration.of : newReference();
  const content = { registration, reference: registration.of ? null : reference, written_at: written };
  const sealed = await sealedFor(key, content, `${key.key_id}|${device}|${id}`);
  clearTimeout(saving);
  await store.finish({ id, key_id: key.key_id, sealed, at: written, reference });
  wipe();
  await slip(reference, Boolean(registration.neutral_slip));
  await list();
  sync();
}

async function slip(reference, neutral) {
  at("reference").textContent = reference;
  for (const part of document.querySelectorAll("[data-neutral]")) part.hidden = !neutral;
  for (const part of document.querySelectorAll("[data-not-neutral]")) part.hidden = neutral;
  at("square").src = squareOf(reference);
  at("square").alt = reference;
  show("slip");
  at("slip").focus();
}

function squareOf(content) {
  const code = generate(content);
  const canvas = document.createElement("canvas");
  code.toCanvas(canvas, { on: [11, 12, 12, 255], off: [255, 255, 255, 255], pad: 2, scale: 5 });
  return canvas.toDataURL();
}

function next() {
  if (pinKey) open({});
  else askPin();
  window.scrollTo(0, 0);
  document.getElementById("flags")?.focus();
}

// --- the queue ------------------------------------------------------------------------------------------------------------------------

async function list() {
  const [queue, told] = [await store.queue(), await store.told()];
  at("waiting").textContent = numerals(queue.length);
  const lines = [
    ...queue.map((entry) => ({ ...entry, words: entry.trouble?.[language] ?? words.wordsWaits, removable: Boolean(entry.trouble) })),
    ...told.sort((one, other) => other.at.localeCompare(one.at)).map((line) => ({ ...line, words: wordsOf(line), removable: true })),
  ];
  at("list").replaceChildren(...lines.map(lineOf));
}

function wordsOf(line) {
  return [line.message[language], line.again ? words.wordsAgain : "", ...line.urgent.map((one) => one[language]), ...line.notes.map((one) => one[language])].filter(Boolean).join(" ");
}

function lineOf(line) {
  const item = document.createElement("li");
  item.className = "govuk-body-s";
  item.dataset.outcome = line.outcome ?? (line.trouble ? "trouble" : "waits");
  const number = Object.assign(document.createElement("strong"), { className: "app-reference", textContent: line.reference });
  item.append(number, ` ${clock.format(new Date(line.written ?? line.at))} · ${line.words} `);
  if (line.outcome === "to_mend") item.append(Object.assign(document.createElement("a"), { className: "govuk-link", href: "/returnees/mend", textContent: words.wordsMend }), " ");
  if (line.removable) item.append(removal(line));
  return item;
}

function removal(line) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "app-link-button govuk-link", textContent: words.wordsRemove });
  button.append(Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: ` ${line.reference}` }));
  button.addEventListener("click", async () => {
    if (line.trouble && !window.confirm(words.wordsSure)) return;
    await store.remove(line.id);
    await list();
  });
  return button;
}

let syncing = false;

async function sync() {
  if (syncing) return;
  syncing = true;
  try {
    await fetchKey();
    if ((await store.queue()).some((entry) => !entry.trouble)) {
      say(words.wordsSending);
      await tell(await sendQueue(store, heard));
    }
  } catch {
    say(words.wordsAway, true);
  } finally {
    syncing = false;
    await list();
  }
}

let clockIsOff = false;
let refused = 0;

function heard(told) {
  if (told.failed) refused += 1;
  else clockIsOff = Boolean(told.clock_off_s);
  list();
}

function tell(end) {
  at("sign-in").hidden = end !== "signin";
  const said = { done: words.wordsSent, away: words.wordsAway, signin: words.wordsSignin, forbidden: words.wordsForbidden }[end];
  const more = [refused ? words.wordsFailed : "", clockIsOff ? words.wordsClock : ""].filter(Boolean);
  say([end === "done" && refused ? "" : said, ...more].filter(Boolean).join(" "), end !== "done" || more.length > 0);
  refused = 0;
}

// The newest key is asked for each time there is a line; what was sealed with an older one still opens.
async function fetchKey() {
  const answer = await fetch("/field/key", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) await store.write("key", await answer.json());
}
