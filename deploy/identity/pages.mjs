// The provider's pages: plain HTML that asks for no script and nothing from outside.
import { createHash } from 'node:crypto';

import { fontFaces } from './fonts.mjs';
import { WORDS } from './words.mjs';

// Where every page and every answer of the provider lies, as Keycloak lays out its realms.
export const MOUNT = '/auth/realms/probashi';

const STYLE = `
${fontFaces(MOUNT)}
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;color:#0b0c0c;background:#fff;font:1.1875rem/1.5 "Noto Sans Bengali",system-ui,sans-serif}
header{background:#00573f;color:#fff;padding:.75rem 1rem}
header strong{font-size:1.5rem}
main,.notice,nav{max-width:40rem;margin:0 auto;padding:0 1rem}
nav{padding-top:1rem}nav a,nav span{margin-right:1rem}
.notice{margin-top:1rem;border-left:.3rem solid #00573f}
h1{font-size:2rem;line-height:1.25;margin:1.5rem 0}
h2{font-size:1.5rem;margin-top:2.5rem}
label{display:block;font-weight:700;margin:1rem 0 .25rem}
input{width:100%;max-width:24rem;min-height:2.75rem;padding:.25rem .5rem;font:inherit;border:2px solid #0b0c0c}
button{min-height:2.75rem;margin:1.5rem 1rem 0 0;padding:.5rem 1.25rem;font:inherit;font-weight:700;color:#fff;background:#00573f;border:0;border-bottom:3px solid #00281c;cursor:pointer}
button.quiet{color:#0b0c0c;background:#f3f2f1;border-bottom-color:#929191}
a{color:#1a5fa8}
a:focus-visible,button:focus-visible,input:focus-visible,.problem:focus-visible{outline:3px solid #ffdd00;outline-offset:0;box-shadow:inset 0 0 0 3px #0b0c0c}
.problem{border:4px solid #b10e1e;padding:1rem;margin:1.5rem 0}.problem h2{margin:0;font-size:1.25rem}.problem p{margin:.5rem 0 0}
[aria-invalid]{border-color:#b10e1e}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .5rem .5rem 0;border-bottom:1px solid #b1b4b6}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const LANGUAGE_NAMES = { en: 'English', bn: 'বাংলা' };

/** `formTargets`: where a form may lead, directly or through a redirect. */
export function pageHeaders(formTargets = []) {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src 'sha256-${STYLE_HASH}'`,
      "font-src 'self'",
      `form-action ${["'self'", ...formTargets].join(' ')}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

export function escape(text) {
  const marks = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(text).replace(/[&<>"']/g, (mark) => marks[mark]);
}

function languageSwitch(language) {
  const choice = (tag) => (tag === language
    ? `<span aria-current="true" lang="${tag}">${LANGUAGE_NAMES[tag]}</span>`
    : `<a href="?lang=${tag}" lang="${tag}" hreflang="${tag}">${LANGUAGE_NAMES[tag]}</a>`);
  return `<nav aria-label="${WORDS[language].languages}">${Object.keys(LANGUAGE_NAMES).map(choice).join('')}</nav>`;
}

function page(language, title, body, { switchable = false } = {}) {
  const words = WORDS[language];
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${words.suite}</title>
<style>${STYLE}</style>
</head>
<body>
<header><strong>${words.suite}</strong></header>
${switchable ? languageSwitch(language) : ''}
<main>
${body}
</main>
</body>
</html>`;
}

function problem(words, sentence) {
  return `<div class="problem" role="alert" tabindex="-1"><h2>${words.problem}</h2><p id="problem">${sentence}</p></div>`;
}

function demoAccounts(language, accounts) {
  const words = WORDS[language];
  const row = (account) => `<tr><td><code>${account.account}</code></td><td>${escape(account.purpose[language])}</td></tr>`;
  return `<h2 id="demo">${words.demoAccounts}</h2>
<p>${words.stage}</p>
<p>${words.demoHelp} <code>${escape(accounts.demoPassword)}</code></p>
<table aria-labelledby="demo">
<thead><tr><th scope="col">${words.account}</th><th scope="col">${words.whatFor}</th></tr></thead>
<tbody>${accounts.all.map(row).join('\n')}</tbody>
</table>`;
}

/** `refusal` is the key of a sentence, or undefined at the first showing. */
export function signInPage({ language, accounts, account = '', refusal }) {
  const words = WORDS[language];
  const invalid = refusal ? ' aria-invalid="true" aria-describedby="problem"' : '';
  const body = `${refusal ? problem(words, words[refusal]) : ''}
<h1>${words.signIn}</h1>
<form method="post" action="?lang=${language}">
<label for="username">${words.account}</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escape(account)}"${invalid}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid}>
<button type="submit">${words.signIn}</button>
</form>
${demoAccounts(language, accounts)}`;
  return page(language, words.signIn, body, { switchable: true });
}

/** `form` is oidc-provider's own, with its token against forgery; the buttons belong to it. */
export function signOutPage({ language, form }) {
  const words = WORDS[language];
  const body = `<h1>${words.signOutQuestion}</h1>
${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">${words.signOutYes}</button>
<button type="submit" form="op.logoutForm" class="quiet">${words.signOutNo}</button>`;
  return page(language, words.signOutTitle, body);
}

export function signedOutPage({ language, publicUrl }) {
  const words = WORDS[language];
  return page(language, words.signOutTitle, `<h1>${words.signedOut}</h1><p><a href="${escape(publicUrl)}">${words.home}</a></p>`);
}

export function errorPage({ language, publicUrl, code }) {
  const words = WORDS[language];
  const body = `<h1>${words.errorTitle}</h1>
<p>${words.errorAdvice}</p>
<p><a href="${escape(publicUrl)}">${words.home}</a></p>
<p>${words.errorCode} <code>${escape(code)}</code></p>`;
  return page(language, words.errorTitle, body);
}
