// The accounts file, read the way the Keycloak realm reads it: the same claims under the same names.
import { createHash, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';

const SCOPES = ['districts', 'countries', 'org', 'licence'];
export const ACCOUNT_CLAIMS = ['sub', 'preferred_username', 'name', 'name#bn', 'locale', 'roles', ...SCOPES];

function scopesOf(row) {
  return Object.fromEntries(SCOPES.filter((scope) => row[scope]?.length).map((scope) => [scope, row[scope]]));
}

function samePassword(given, expected) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Claims of an access token: no name of a person stands in it. */
export function accessClaims(account) {
  return { preferred_username: account.account, locale: account.locale, roles: account.roles, ...scopesOf(account) };
}

export function identityClaims(account) {
  return { sub: account.id, name: account.name.en, 'name#bn': account.name.bn, ...accessClaims(account) };
}

/** The user of a client that signs in as itself is named as Keycloak names it, and has the role that its kind is. */
export function serviceClaims(client) {
  return { preferred_username: `service-account-${client.client}`, roles: [client.kind], ...scopesOf(client) };
}

export function loadAccounts(file) {
  const data = JSON.parse(fs.readFileSync(file, 'utf8'));
  const byName = new Map(data.accounts.map((account) => [account.account, account]));
  const byId = new Map(data.accounts.map((account) => [account.id, account]));
  const clients = new Map(data.clients.map((client) => [client.client, client]));
  return {
    audience: data.audience,
    demoPassword: data.demo_password,
    all: data.accounts,
    clients,
    byId: (id) => byId.get(id),
    known: (name) => byName.has(name),
    signIn: (name, password) => (samePassword(password, data.demo_password) ? byName.get(name) : undefined),
  };
}
