// A file over a bad line: parts of a quarter megabyte, each sent again from where the service says it stopped. What is remembered while the
// tab is open (sessionStorage, never longer) is which upload belongs to which file: after a reload the same file goes on where it was.

const form = document.querySelector("form[data-upload]");
const longestPause = 15_000;
// The browser would hold the whole file to take its digest.
const mostDigested = 32_000_000;
if (form && window.fetch) form.addEventListener("submit", begin);

function say(words) {
  form.querySelector("[data-upload-state]").textContent = words;
}

const memory = `upload:${form?.dataset.upload}`;
const nameOf = (file) => `${file.size}:${file.lastModified}:${file.type}`;

if (form && sessionStorage.getItem(memory)) say(form.dataset.wordsAgain);

async function begin(event) {
  const file = form.querySelector("input[type=file]").files[0];
  if (!file) return; // the form's own way says what is missing
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const bar = form.querySelector("progress");
  bar.hidden = false;
  try {
    const upload = await known(file) ?? await fresh(file);
    await sendAll(file, upload, bar);
    await answered(`${form.dataset.upload}/${upload.id}/completion`, { method: "POST" });
    sessionStorage.removeItem(memory);
    say(form.dataset.wordsDone);
    location.assign(form.dataset.done.replace("{id}", upload.id));
  } catch (error) {
    sessionStorage.removeItem(memory);
    say(error.message || form.dataset.wordsFailed);
    button.disabled = false;
    bar.hidden = true;
  }
}

async function fresh(file) {
  const wanted = { length: file.size, name: file.name.slice(0, 200) };
  const kind = form.querySelector("select")?.value;
  if (kind) wanted.kind = kind;
  for (const one of form.querySelectorAll("[data-upload-field]")) if (one.value) wanted[one.name] = one.value;
  const digest = file.size > mostDigested ? "" : await digestOf(file);
  if (digest) wanted.sha256 = digest;
  const answer = await answered(form.dataset.upload, { method: "POST", body: JSON.stringify(wanted), headers: { "Content-Type": "application/json" } });
  const upload = await answer.json();
  sessionStorage.setItem(memory, JSON.stringify({ file: nameOf(file), id: upload.id, part: upload.part_size }));
  return { id: upload.id, part: upload.part_size, offset: 0 };
}

async function known(file) {
  const kept = JSON.parse(sessionStorage.getItem(memory) ?? "null");
  if (kept?.file !== nameOf(file)) return null;
  const answer = await patient(() => fetch(`${form.dataset.upload}/${kept.id}`, { method: "HEAD", cache: "no-store" }));
  return answer.ok ? { id: kept.id, part: kept.part, offset: Number(answer.headers.get("Upload-Offset")) } : null;
}

async function digestOf(file) {
  if (!window.crypto?.subtle) return "";
  const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sendAll(file, upload, bar) {
  let { offset } = upload;
  say(form.dataset.wordsGoing);
  while (offset < file.size) {
    const part = file.slice(offset, offset + upload.part);
    const answer = await patient(() => fetch(`${form.dataset.upload}/${upload.id}`, {
      method: "PATCH",
      body: part,
      headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) },
    }));
    const here = answer.headers.get("Upload-Offset");
    if (!answer.ok && !(answer.status === 409 && here)) throw new Error(await reason(answer));
    offset = Number(here);
    bar.value = (100 * offset) / file.size;
  }
}

// Tries until there is an answer: a line that is gone, a service that restarts and a door that asks to wait are waited for.
async function patient(call) {
  for (let pause = 500; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      const answer = await call();
      if (answer.status < 500 && answer.status !== 429) {
        say(form.dataset.wordsGoing);
        return answer;
      }
    } catch {
      // no line: below
    }
    say(form.dataset.wordsWaiting);
    await new Promise((done) => {
      const timer = setTimeout(done, pause);
      window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
    });
  }
}

async function answered(address, options) {
  const answer = await patient(() => fetch(address, options));
  if (!answer.ok) throw new Error(await reason(answer));
  return answer;
}

async function reason(answer) {
  try {
    const problem = await answer.json();
    return problem.detail || problem.title || "";
  } catch {
    return "";
  }
}
