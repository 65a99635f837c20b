import { Html, html } from '../../../html.ts';
import type { Page } from './site.ts';

/** @param form the provider's own, with the id `op.logoutForm` and no button */
export function signOutPage(form: string): Page {
  return {
    title: 'Sign out?',
    content: html`${new Html(form)}
<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm" class="second">Stay signed in</button>`,
  };
}

export function signedOutPage(): Page {
  return { title: 'Signed out', content: html`<p>You can close this page.</p>` };
}

export function errorPage(problem: string): Page {
  return {
    title: 'This did not work',
    content: html`<p role="alert">${problem}</p>
<p>Go back to where you came from, and begin again.</p>`,
  };
}
