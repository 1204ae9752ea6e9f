// One sign-in: shows the form, weighs what was typed, hands the person back to oidc-provider.
import { Guesses, LOCK_SECONDS } from './guesses.mjs';
import { errorPage, pageHeaders, signInPage } from './pages.mjs';
import { endSession } from './signout.mjs';
import { chooseLanguage } from './words.mjs';

const MOST_BYTES = 4096;

// Read to its end even where it is too long: a request that is cut off cannot be answered.
async function readForm(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= MOST_BYTES) parts.push(part);
  }
  return new URLSearchParams(size <= MOST_BYTES ? Buffer.concat(parts).toString('utf8') : '');
}

function answer(response, status, headers, body) {
  response.writeHead(status, headers);
  response.end(body);
}

// A shared computer: whoever was signed in before is signed out, wherever the session was used.
async function forgetSomebodyElse(provider, interaction, accountId) {
  const { uid, accountId: before } = interaction.session ?? {};
  if (!uid || !before || before === accountId) return;
  const session = await provider.Session.findByUid(uid);
  interaction.session = undefined;
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
  if (session) await endSession(provider, session);
}

/** The handler of `/login/<uid>`, for GET and POST. */
export function signInHandler(provider, accounts, publicUrl) {
  const guesses = new Guesses(accounts.known);

  async function weigh(request, response, interaction, show) {
    const form = await readForm(request);
    const name = (form.get('username') ?? '').trim().toLowerCase();
    if (guesses.locked(name)) return show(429, { account: name, refusal: 'locked' }, { 'Retry-After': String(LOCK_SECONDS) });
    const account = accounts.signIn(name, form.get('password') ?? '');
    if (!account) {
      await guesses.failed(name);
      return show(400, { account: name, refusal: 'wrong' });
    }
    guesses.succeeded(name);
    await forgetSomebodyElse(provider, interaction, account.id);
    return provider.interactionFinished(request, response, { login: { accountId: account.id } }, { mergeWithLastSubmission: false });
  }

  return async function handle(request, response) {
    const wish = new URL(request.url, publicUrl).searchParams.get('lang');
    let interaction;
    try {
      interaction = await provider.interactionDetails(request, response);
    } catch (error) {
      const language = chooseLanguage(wish, request.headers['accept-language']);
      return answer(response, 400, pageHeaders(), errorPage({ language, publicUrl, code: error.error ?? 'sign_in_failed' }));
    }
    const { params } = interaction;
    const language = chooseLanguage(wish, params.ui_locales, request.headers['accept-language']);
    const targets = [new URL(publicUrl).origin, new URL(params.redirect_uri).origin];
    const show = (status, given, headers = {}) => answer(
      response,
      status,
      { ...pageHeaders(targets), 'Content-Language': language, ...headers },
      signInPage({ language, accounts, ...given }),
    );
    if (request.method === 'POST') return weigh(request, response, interaction, show);
    return show(200, { account: params.login_hint });
  };
}
