// Sign-out asked for by the portal: done at once when it proves whose session it ends, asked back otherwise.
import { pageHeaders, signOutPage } from './pages.mjs';
import { chooseLanguage } from './words.mjs';

/** Ends the session and every grant that it gave: refresh tokens of it are worth nothing afterwards. */
export async function endSession(provider, session) {
  for (const { grantId } of Object.values(session.authorizations ?? {})) {
    if (grantId) {
      await provider.RefreshToken.revokeByGrantId(grantId);
      await provider.AuthorizationCode.revokeByGrantId(grantId);
      await (await provider.Grant.find(grantId))?.destroy();
    }
  }
  await session.destroy();
}

function backToClient(ctx) {
  const target = new URL(ctx.oidc.params.post_logout_redirect_uri);
  if (ctx.oidc.params.state !== undefined) target.searchParams.set('state', ctx.oidc.params.state);
  ctx.status = 303;
  ctx.redirect(target.href);
}

function proven(ctx) {
  return Boolean(ctx.oidc.entities.IdTokenHint && ctx.oidc.params.post_logout_redirect_uri);
}

/** oidc-provider calls it where somebody is signed in, with hint and return address already validated. */
export async function renderSignOut(ctx, form) {
  const { provider, session, entities } = ctx.oidc;
  if (proven(ctx) && entities.IdTokenHint.payload.sub === session.accountId) {
    await endSession(provider, session);
    ctx.oidc.cookies.set(provider.cookieName('session'), null, { path: '/auth' });
    backToClient(ctx);
    return;
  }
  ctx.set(pageHeaders());
  ctx.body = signOutPage({ language: chooseLanguage(ctx.query.ui_locales, ctx.get('accept-language')), form });
}

/** Where nobody is signed in any more, oidc-provider would show a page that needs a script to go on. */
export async function signOutOfNothing(ctx, next) {
  await next();
  if (ctx.oidc?.route === 'end_session' && ctx.status === 200 && !ctx.oidc.session.accountId && proven(ctx)) {
    backToClient(ctx);
  }
}
