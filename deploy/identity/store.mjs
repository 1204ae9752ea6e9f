// Sessions, codes and refresh tokens, in memory: a restart signs people out, and nothing else.
const rows = new Map();
const SWEEP_MILLISECONDS = 60_000;

function live(key) {
  const row = rows.get(key);
  return row && row.expires > Date.now() ? row.payload : undefined;
}

function sweep() {
  const now = Date.now();
  for (const [key, { expires }] of rows) if (expires <= now) rows.delete(key);
}
setInterval(sweep, SWEEP_MILLISECONDS).unref();

/** The storage interface of oidc-provider, one instance per kind of record. */
export class Store {
  #kind;

  constructor(kind) {
    this.#kind = kind;
  }

  #key(id) {
    return `${this.#kind}:${id}`;
  }

  async upsert(id, payload, seconds) {
    rows.set(this.#key(id), { payload, expires: seconds ? Date.now() + seconds * 1000 : Infinity });
  }

  async find(id) {
    return live(this.#key(id));
  }

  async findByUid(uid) {
    for (const [key, { payload }] of rows) {
      if (payload.uid === uid && key.startsWith(this.#key(''))) return live(key);
    }
    return undefined;
  }

  async consume(id) {
    const payload = live(this.#key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    rows.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of rows) {
      if (payload.grantId === grantId && key.startsWith(this.#key(''))) rows.delete(key);
    }
  }
}
