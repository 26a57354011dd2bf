/** The portal's pages: plain HTML that works without scripts. */
import type { Language } from '#libs/problem/problem.ts';
import type { Person } from '../domain/login.ts';
import { textsIn } from './texts.ts';

export interface SignInPage {
  readonly language: Language;
  /** Where the form is sent, which is also the page's own address. */
  readonly action: string;
  readonly username?: string;
  readonly fault?: 'wrongCredentials' | 'locked' | 'crossSite';
  /** The application that asked for the sign-in. */
  readonly clientName?: string;
}

export function signInPage(page: SignInPage): string {
  const texts = textsIn(page.language);
  const fault = page.fault === undefined ? '' : `<p role="alert">${texts[page.fault]}</p>`;
  const client =
    page.clientName === undefined
      ? ''
      : `<p>${texts.clientWants} <strong>${escapeHtml(page.clientName)}</strong></p>`;
  return layout(
    page.language,
    texts.signIn,
    `${client}${fault}
    <form method="post" action="${escapeHtml(page.action)}">
      <label for="username">${texts.username}</label>
      <input id="username" name="username" autocomplete="username" required maxlength="64"
        autocapitalize="none" spellcheck="false" value="${escapeHtml(page.username ?? '')}">
      <label for="password">${texts.password}</label>
      <input id="password" name="password" type="password" autocomplete="current-password"
        required maxlength="256">
      <button type="submit">${texts.signIn}</button>
    </form>`,
  );
}

export function homePage(
  language: Language,
  session: { readonly person: Person; readonly csrfToken: string } | undefined,
): string {
  const texts = textsIn(language);
  const docs = `<p><a href="/docs/">${texts.documentation}</a></p>`;
  if (session === undefined) {
    const link = `<p><a class="button" href="/signin">${texts.signIn}</a></p>`;
    return layout(language, texts.portal, `${link}${docs}`);
  }
  const { person, csrfToken } = session;
  const name = `${escapeHtml(person.name)} (${escapeHtml(person.username)})`;
  return layout(
    language,
    texts.portal,
    `<p>${texts.signedInAs}: <strong>${name}</strong></p>
    <p>${texts.roles}: ${escapeHtml(person.roles.join(', '))}</p>
    ${docs}
    <form method="post" action="/signout">
      <input type="hidden" name="csrf" value="${escapeHtml(csrfToken)}">
      <button type="submit">${texts.signOut}</button>
    </form>`,
  );
}

export function faultPage(
  language: Language,
  fault: 'expired' | 'crossSite' | 'badRequest',
): string {
  const texts = textsIn(language);
  return layout(language, texts.badRequest, `<p role="alert">${texts[fault]}</p>`);
}

function layout(language: Language, title: string, body: string): string {
  const texts = textsIn(language);
  const other = language === 'zh' ? 'en' : 'zh';
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · ${texts.portal}</title>
  <link rel="stylesheet" href="/assets/portal.css">
</head>
<body>
  <header>
    <span>${texts.portal}</span> <span class="demo">${texts.demo}</span>
    <a href="?lang=${other}" lang="${other}" hreflang="${other}">${texts.otherLanguage}</a>
  </header>
  <main>
    <h1>${title}</h1>
    ${body}
  </main>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
