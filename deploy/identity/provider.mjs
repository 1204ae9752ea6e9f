// The OpenID provider of a local suite: Keycloak's paths and tokens without Keycloak. Never in production.
import http from 'node:http';

import { Provider } from 'oidc-provider';

import { loadAccounts } from './accounts.mjs';
import { LOGIN_PATH, configuration } from './configuration.mjs';
import { FONTS_PATH, font } from './fonts.mjs';
import { loadKeys } from './keys.mjs';
import { MOUNT } from './pages.mjs';
import { Programs, programsHandler } from './programs.mjs';
import { SettingsError, readSettings } from './settings.mjs';
import { signInHandler } from './signin.mjs';
import { signOutOfNothing } from './signout.mjs';

const HOST = '127.0.0.1';
const STOP_MILLISECONDS = 2000;

// Codes and names of errors only: what people typed never reaches a log.
function log(event, detail = {}) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...detail })}\n`);
}

function createProvider(settings, accounts, programs) {
  const issuer = settings.publicUrl + MOUNT;
  const provider = new Provider(issuer, configuration(settings, accounts, loadKeys(settings.keysDirectory), programs));
  const compare = provider.Client.prototype.compareClientSecret;
  // Of a program that was added only a hash is known.
  provider.Client.prototype.compareClientSecret = function compareClientSecret(given) {
    return programs.has(this.clientId) ? programs.isSecretOf(this.clientId, given) : compare.call(this, given);
  };
  provider.proxy = true;
  provider.silent = true;
  provider.use(signOutOfNothing);
  provider.on('server_error', (ctx, error) => log('server-error', { name: error.name, stack: error.stack }));
  return provider;
}

function failed(response, error) {
  log('server-error', { name: error.name, stack: error.stack });
  if (!response.headersSent) response.writeHead(500);
  response.end();
}

function sendFont(response, name) {
  const bytes = font(name);
  if (!bytes) return notFound(response);
  response.writeHead(200, { 'Content-Type': 'font/woff2', 'Cache-Control': 'public, max-age=604800' });
  return response.end(bytes);
}

function notFound(response) {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('Not found\n');
}

/** Serves everything below the issuer's path, whoever asks: the gateway, or a service that reads the keys directly. */
function createServer(settings, accounts, programs, provider) {
  const changePrograms = programsHandler(programs, settings.clientSecrets.registrar);
  const outside = new URL(provider.issuer);
  const signIn = signInHandler(provider, accounts, settings.publicUrl);
  const protocol = provider.callback();
  return http.createServer((request, response) => {
    const changed = changePrograms(request, response);
    if (changed) return changed.catch((error) => failed(response, error));
    if (!request.url.startsWith(`${MOUNT}/`)) return notFound(response);
    if (request.url.startsWith(MOUNT + FONTS_PATH)) return sendFont(response, request.url.slice(MOUNT.length));
    // Addresses handed out are always the public ones; what a proxy claims about itself is not asked.
    request.headers['x-forwarded-proto'] = outside.protocol.slice(0, -1);
    request.headers['x-forwarded-host'] = outside.host;
    if (request.url.startsWith(MOUNT + LOGIN_PATH)) {
      return signIn(request, response).catch((error) => failed(response, error));
    }
    request.originalUrl = request.url;
    request.url = request.url.slice(MOUNT.length);
    return protocol(request, response);
  });
}

function stopGracefully(server) {
  const stop = () => {
    log('stopping');
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), STOP_MILLISECONDS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function main() {
  const settings = readSettings(process.env);
  const accounts = loadAccounts(settings.accountsFile);
  const programs = new Programs(settings.keysDirectory, (id) => accounts.clients.has(id));
  const provider = createProvider(settings, accounts, programs);
  const server = createServer(settings, accounts, programs, provider);
  server.on('error', (error) => {
    process.stderr.write(`The identity provider cannot listen on ${HOST}:${settings.port}: ${error.code}\n`);
    process.exit(1);
  });
  server.listen(settings.port, HOST, () => log('listening', { port: server.address().port, issuer: provider.issuer }));
  stopGracefully(server);
}

try {
  main();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
