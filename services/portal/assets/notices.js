// Warnings as notifications of this browser: asked only by a tap, taken back as easily. Where a browser has none of it, the page says nothing.

const block = document.querySelector("[data-notices]");
const scope = "/notices/";
const at = (name) => block.querySelector(`[data-notices-${name}]`);
const say = (words) => { at("state").textContent = words; };

if (block && navigator.serviceWorker && window.PushManager && window.Notification) begin();

async function begin() {
  block.hidden = false;
  at("turn-on").addEventListener("click", () => once(turnOn));
  at("turn-off").addEventListener("click", () => once(turnOff));
  if (await current()) {
    at("turn-off").hidden = false;
    say(block.dataset.wordsOther);
  }
}

// One at a time: a second tap while the first is under way would ask twice.
async function once(work) {
  if (block.ariaBusy === "true") return;
  block.ariaBusy = "true";
  try {
    await work();
  } catch {
    say(block.dataset.wordsFailed);
  } finally {
    block.ariaBusy = "false";
  }
}

async function current() {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  return registration?.pushManager.getSubscription();
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return say(block.dataset.wordsDenied);
  const registration = await active(await navigator.serviceWorker.register(`${scope}sw.js`, { scope }));
  const { endpoint, keys } = (await subscribed(registration.pushManager)).toJSON();
  await send({ endpoint, ...keys });
  at("turn-off").hidden = false;
  say(block.dataset.wordsOn);
}

async function turnOff() {
  const subscription = await current();
  // First here, whatever the line does: a browser that is over is told to us by its push service.
  await subscription?.unsubscribe();
  at("turn-off").hidden = true;
  say(block.dataset.wordsOff);
  if (subscription && !at("form").elements.token) await send({ endpoint: subscription.endpoint, off: "yes" }).catch(() => {});
}

async function subscribed(manager) {
  const options = { userVisibleOnly: true, applicationServerKey: bytes(block.dataset.notices) };
  try {
    return await manager.subscribe(options);
  } catch (error) {
    // Under an older key of ours: that one is over.
    if (error.name !== "InvalidStateError") throw error;
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(options);
  }
}

async function send(said) {
  const form = new FormData(at("form"));
  for (const [name, value] of Object.entries(said)) form.set(name, value);
  const answer = await fetch("/notices", { method: "POST", body: new URLSearchParams(form) });
  if (!answer.ok) throw new Error(answer.status);
}

function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return registration;
  return new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "activated" && resolve(registration)));
}

function bytes(written) {
  const text = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.codePointAt(0));
}
