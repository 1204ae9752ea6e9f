// What the local provider is told by its environment; it refuses to be anything but local.
import path from 'node:path';

export class SettingsError extends Error {}

function required(environment, name) {
  const value = environment[name];
  if (!value) throw new SettingsError(`${name} is not set`);
  return value;
}

/** `clientSecrets` maps a client that keeps a secret to it; nothing here has a default that opens a door. */
export function readSettings(environment) {
  const stage = environment.PROBASHI_ENVIRONMENT;
  if (stage !== 'local' && stage !== 'test') {
    throw new SettingsError('The local provider runs only with PROBASHI_ENVIRONMENT local or test: everybody knows its accounts. Use Keycloak.');
  }
  const publicUrl = required(environment, 'PROBASHI_PUBLIC_URL').replace(/\/$/, '');
  return {
    port: Number(required(environment, 'PORT')),
    publicUrl,
    accountsFile: environment.PROBASHI_ACCOUNTS || path.join(import.meta.dirname, '..', 'accounts.json'),
    keysDirectory: required(environment, 'PROBASHI_KEYS_DIRECTORY'),
    clientSecrets: JSON.parse(required(environment, 'PROBASHI_CLIENT_SECRETS')),
  };
}
