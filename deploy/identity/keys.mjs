// The provider's keys, made once: tokens and sessions outlive a restart of the process.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

function newKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signing = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
  return { jwks: { keys: [signing] }, cookies: [randomBytes(32).toString('base64url')] };
}

/** Reads `identity.json` of the directory, writing it first where there is none (mode 0600, whole or not at all). */
export function loadKeys(directory) {
  const file = path.join(directory, 'identity.json');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    fs.writeFileSync(draft, JSON.stringify(newKeys()), { mode: 0o600 });
    fs.renameSync(draft, file);
  }
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
