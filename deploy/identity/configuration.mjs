// oidc-provider set up to look like our Keycloak realm: same paths, same clients, same tokens.
import { errors, interactionPolicy } from 'oidc-provider';

import { ACCOUNT_CLAIMS, accessClaims, identityClaims, serviceClaims } from './accounts.mjs';
import { MOUNT, errorPage, pageHeaders, signedOutPage } from './pages.mjs';
import { renderSignOut } from './signout.mjs';
import { Store } from './store.mjs';
import { chooseLanguage } from './words.mjs';

const ACCESS_TOKEN_SECONDS = 5 * 60;
const REFRESH_SECONDS = 30 * 60;
const SESSION_SECONDS = 10 * 60 * 60;
const SIGN_IN_SECONDS = 10 * 60;
const CODE_SECONDS = 60;
// oidc-provider gives a JWT only for a named resource, which must be an absolute URI; it never reaches a token.
const RESOURCE = 'urn:probashi:suite';
const RESOURCE_SCOPE = 'suite';
const NATIVE_REDIRECT = 'http://127.0.0.1/callback';

export const LOGIN_PATH = '/login/';
export const COOKIE_PATH = '/auth';

function clientMetadata(client, { publicUrl, clientSecrets }) {
  const named = { client_id: client.client, response_types: ['code'], grant_types: ['authorization_code', 'refresh_token'] };
  if (client.kind === 'native') {
    return { ...named, application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: [NATIVE_REDIRECT] };
  }
  const secret = clientSecrets[client.client];
  if (!secret) return undefined;
  if (client.kind !== 'web') {
    return { ...named, client_secret: secret, response_types: [], grant_types: ['client_credentials'], redirect_uris: [] };
  }
  return {
    ...named,
    client_secret: secret,
    redirect_uris: [publicUrl + client.redirect],
    post_logout_redirect_uris: [publicUrl + client.signed_out],
  };
}

function resources(accounts, clientOf) {
  return {
    enabled: true,
    defaultResource: () => RESOURCE,
    useGrantedResource: () => true,
    getResourceServerInfo: (ctx, resource, client) => {
      if (resource !== RESOURCE) throw new errors.InvalidTarget();
      return {
        scope: RESOURCE_SCOPE,
        audience: clientOf(client.clientId).audience ?? accounts.audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: ACCESS_TOKEN_SECONDS,
        jwt: { sign: { alg: 'RS256' } },
      };
    },
  };
}

// The clients are ours: people are asked to sign in, never to consent to the ministry's own portal.
async function grantOfOurOwn(ctx) {
  const { client, session, provider } = ctx.oidc;
  const existing = session.grantIdFor(client.clientId);
  const found = existing && await provider.Grant.find(existing);
  if (found && found.accountId === session.accountId) return found;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(RESOURCE, RESOURCE_SCOPE);
  await grant.save();
  return grant;
}

// Whichever of its credentials a program signs in with: its token names the program.
function tokenClaims(accounts, clientOf) {
  return (ctx, token) => {
    const client = clientOf(token.clientId);
    const who = token.kind === 'ClientCredentials' ? serviceClaims(client) : accessClaims(accounts.byId(token.accountId));
    return { ...who, azp: client.program ?? token.clientId };
  };
}

function serviceSubject(clientOf) {
  return (ctx, token, jwt) => {
    if (token.kind === 'ClientCredentials') jwt.payload.sub = clientOf(token.clientId).id;
  };
}

function storeFor(programs) {
  return (kind) => (kind === 'Client' ? { find: async (id) => programs.metadata(id) } : new Store(kind));
}

function loginOnly() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}

const ROUTES = {
  authorization: '/protocol/openid-connect/auth',
  token: '/protocol/openid-connect/token',
  jwks: '/protocol/openid-connect/certs',
  end_session: '/protocol/openid-connect/logout',
  revocation: '/protocol/openid-connect/revoke',
};

export function languageOf(ctx) {
  return chooseLanguage(ctx.query?.ui_locales, ctx.get('accept-language'));
}

export function configuration(settings, accounts, keys, programs) {
  const { publicUrl } = settings;
  const clientOf = (id) => accounts.clients.get(id) ?? programs.named(id);
  const show = (render) => (ctx, ...given) => {
    ctx.set(pageHeaders());
    ctx.body = render(ctx, ...given);
  };
  return {
    adapter: storeFor(programs),
    clients: [...accounts.clients.values()].map((client) => clientMetadata(client, settings)).filter(Boolean),
    jwks: keys.jwks,
    cookies: { keys: keys.cookies, long: { path: COOKIE_PATH, httpOnly: true, sameSite: 'lax' }, short: { httpOnly: true, sameSite: 'lax' } },
    routes: ROUTES,
    scopes: ['openid'],
    claims: { openid: ACCOUNT_CLAIMS },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    clientBasedCORS: () => false,
    pkce: { required: () => true },
    responseTypes: ['code'],
    findAccount: (ctx, id) => {
      const account = accounts.byId(id);
      return account && { accountId: id, claims: () => identityClaims(account) };
    },
    extraTokenClaims: tokenClaims(accounts, clientOf),
    formats: { customizers: { jwt: serviceSubject(clientOf) } },
    loadExistingGrant: grantOfOurOwn,
    issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    interactions: { policy: loginOnly(), url: (ctx, interaction) => MOUNT + LOGIN_PATH + interaction.uid },
    renderError: show((ctx, out) => errorPage({ language: languageOf(ctx), publicUrl, code: out.error })),
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      RefreshToken: REFRESH_SECONDS,
      Session: SESSION_SECONDS,
      Grant: SESSION_SECONDS,
      Interaction: SIGN_IN_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      // An access token here is meant for the suite; a person's names stand in the identity token.
      userinfo: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      resourceIndicators: resources(accounts, clientOf),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: renderSignOut,
        postLogoutSuccessSource: show((ctx) => signedOutPage({ language: languageOf(ctx), publicUrl })),
      },
    },
  };
}
