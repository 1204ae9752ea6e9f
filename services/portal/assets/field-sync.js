// The queue, sent when the line is back: in parts, again after a failure, each entry taken once whatever happens on the way.

const most = 20;
const mostBytes = 300_000;
const longestPause = 90_000;
const mostTries = 20;
const kept = new Set(["unreadable", "too_large"]);

function parts(entries) {
  const made = [[]];
  let bytes = 0;
  for (const entry of entries) {
    if (made.at(-1).length && (made.at(-1).length >= most || bytes + entry.sealed.length > mostBytes)) {
      made.push([]);
      bytes = 0;
    }
    made.at(-1).push(entry);
    bytes += entry.sealed.length;
  }
  return made.filter((part) => part.length);
}

// Answers "done", "away", "signin" or "forbidden". `heard` is told of each part's answer.
export async function sendQueue(store, heard) {
  const device = await store.read("device");
  const waiting = parts((await store.queue()).filter((entry) => !entry.trouble).sort((one, other) => one.at.localeCompare(other.at)));
  let tries = 0;
  while (waiting.length) {
    const part = waiting.shift();
    const answer = await send(device, part);
    if (answer === null) return "away";
    if (answer.status === 401) return "signin";
    if (answer.status === 403) return "forbidden";
    if (answer.status === 503 || answer.status === 429) {
      if (++tries > mostTries) return "away";
      // Who is told to come again comes again: in the morning after a storm a whole district does. Not all at the same moment.
      const asked = 1_000 * Math.max(Number(answer.headers.get("Retry-After")) || 0, Math.min(2 ** tries, 30)) * (0.5 + Math.random());
      await new Promise((done) => setTimeout(done, Math.min(asked, longestPause)));
      waiting.unshift(part);
    } else if (!answer.ok && part.length > 1) {
      // One of them is at fault: halved until it stands alone, so that it keeps no other from arriving.
      const half = Math.ceil(part.length / 2);
      waiting.unshift(part.slice(0, half), part.slice(half));
    } else if (!answer.ok) {
      heard({ failed: part[0] });
    } else {
      tries = 0;
      const told = await answer.json();
      await settle(store, part, told);
      heard(told);
    }
  }
  return "done";
}

async function send(device, part) {
  const entries = part.map(({ id, key_id, sealed }) => ({ id, key_id, sealed }));
  const body = JSON.stringify({ device_id: device, device_now: new Date().toISOString(), entries });
  try {
    return await fetch("/field/sync", { method: "POST", body, cache: "no-store", headers: { "Content-Type": "application/json" } });
  } catch {
    return null;
  }
}

async function settle(store, part, told) {
  const byId = new Map(part.map((entry) => [entry.id, entry]));
  const gone = [];
  const stay = [];
  const lines = [];
  for (const result of told.results) {
    const entry = byId.get(result.id);
    if (!entry) continue;
    if (kept.has(result.outcome)) stay.push({ ...entry, trouble: result.message });
    else if (result.outcome !== "unknown_key") gone.push(result.id);
    const { outcome, message, notes, again, urgent } = result;
    const line = { outcome, message, notes, again, urgent, printed: entry.reference, reference: result.reference ?? entry.reference };
    if (!kept.has(outcome)) lines.push({ id: result.id, at: told.received_at, written: entry.at, ...line });
  }
  await store.settle(gone, stay, lines);
}
