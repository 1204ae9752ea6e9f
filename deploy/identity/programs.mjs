// Programs of partners that the service `partners` adds while the provider runs, as it adds them to Keycloak; they outlive a restart.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const PATH = '/programs/';
const MOST_BYTES = 64 * 1024;

const digest = (text) => createHash('sha256').update(text).digest('base64url');

function same(given, expected) {
  return timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(expected)));
}

/** Of a secret only a hash is kept; `client` names the program, whichever of its credentials signs in. */
export class Programs {
  #file;

  #rows;

  #isTaken;

  constructor(directory, isTaken) {
    this.#file = path.join(directory, 'programs.json');
    this.#rows = new Map(Object.entries(fs.existsSync(this.#file) ? JSON.parse(fs.readFileSync(this.#file, 'utf8')) : {}));
    this.#isTaken = isTaken;
  }

  #keep() {
    const draft = `${this.#file}.${process.pid}`;
    fs.writeFileSync(draft, JSON.stringify(Object.fromEntries(this.#rows)), { mode: 0o600 });
    fs.renameSync(draft, this.#file);
  }

  /** What the accounts file says of its own clients. */
  named(id) {
    const row = this.#rows.get(id);
    return row && { client: id, kind: 'partner', id: row.id, program: row.program };
  }

  /** For oidc-provider: what is disabled is not there. */
  metadata(id) {
    const row = this.#rows.get(id);
    if (!row?.enabled) return undefined;
    const shared = { client_id: id, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
    return row.keys
      ? { ...shared, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: row.keys } }
      : { ...shared, client_secret: row.secret_hash };
  }

  isSecretOf(id, given) {
    const row = this.#rows.get(id);
    return Boolean(row?.secret_hash) && same(digest(given), row.secret_hash);
  }

  has(id) {
    return this.#rows.has(id);
  }

  /** A status of HTTP; 409 for one that is another's. */
  put(id, { program, enabled, secret, keys }) {
    const known = this.#rows.get(id);
    if (this.#isTaken(id) || (known && known.program !== program)) return 409;
    const proof = keys ? { keys } : { secret_hash: digest(secret) };
    this.#rows.set(id, { id: known?.id ?? randomUUID(), program, enabled, ...proof });
    this.#keep();
    return 204;
  }

  change(id, program, { enabled, keys }) {
    const known = this.#rows.get(id);
    if (known?.program !== program) return 404;
    this.#rows.set(id, { ...known, enabled, ...(keys ? { keys } : {}) });
    this.#keep();
    return 204;
  }

  remove(id, program) {
    if (this.#rows.get(id)?.program !== program) return 404;
    this.#rows.delete(id);
    this.#keep();
    return 204;
  }
}

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}

const VERBS = {
  PUT: (programs, id, said) => programs.put(id, said),
  PATCH: (programs, id, said) => programs.change(id, said.program, said),
  DELETE: (programs, id, said) => programs.remove(id, said.program),
};

/** Outside of the path that the gateway passes on; only for whoever has the registrar's secret. Gives undefined for any other path. */
export function programsHandler(programs, registrarSecret) {
  return (request, response) => {
    if (!request.url.startsWith(PATH)) return undefined;
    return answer(programs, registrarSecret, request, response);
  };
}

async function answer(programs, registrarSecret, request, response) {
  const end = (status) => response.writeHead(status, { 'Cache-Control': 'no-store' }).end();
  const given = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  if (!registrarSecret || !same(given, registrarSecret)) return end(401);
  const said = await bodyOf(request);
  const act = VERBS[request.method];
  const id = decodeURIComponent(request.url.slice(PATH.length));
  if (!act || typeof said?.program !== 'string' || !/^partner-[a-z0-9.-]+$/.test(id)) return end(400);
  return end(act(programs, id, said));
}
