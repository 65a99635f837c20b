import { type Icon, icon, type Tone } from './claim-page-icons.ts';

/** What the states say of the product, escaped for HTML. */
export interface EscapedProduct {
  readonly name: string;
  readonly supportAddress: string;
}

/**
 * Every state of the page, all of them in the document and hidden; the script shows one at a time. It fills elements
 * with `data-slot` (a `data-if` block is hidden where its slot has no value) and runs what `data-act` names.
 */
export function claimPageStates(product: EscapedProduct): string {
  const support = `<a href="mailto:${product.supportAddress}">${product.supportAddress}</a>`;
  return [
    state('ready', 'key', 'plain', 'Your API key is waiting for you', [
      `<p>This link shows your key for ${product.name} <strong>once</strong>. Nothing has been opened so far.</p>`,
      '<ul>',
      '<li>Have a safe place ready: a password manager, or the secret store of your application.</li>',
      '<li>Make sure that nobody else can see your screen.</li>',
      '<li>For a few minutes this tab can show the key again; after that nobody can, not even we.</li>',
      '</ul>',
      actions(button('claim', 'Show my API key', 'primary')),
      `<p class="apart small soft">You did not ask for a key? Leave it closed and tell ${support}.</p>`,
    ]),
    state('key', 'key', 'good', 'Your API key', [
      '<p>Store it now. Whoever has it can call the API in your name.</p>',
      '<code class="key" id="api-key" translate="no"></code>',
      actions(button('copy', 'Copy', 'primary'), button('store', 'I have stored it')),
      '<p class="note small" data-if="repeatableUntil">Until <time data-slot="repeatableUntil"></time> this tab can show ' +
        'it again, after a reload too. After that nobody can, not even we.</p>',
      '<h2>Keep it secret</h2>',
      '<ul class="small">',
      '<li>Keep it out of source code, web pages, chats and mails; let your application read it from a secret store.</li>',
      `<li>Should it ever leak, tell ${support}: it can be replaced at once.</li>`,
      '</ul>',
      '<h2>Try it</h2>',
      '<p class="small">With your key in place of <code>YOUR_API_KEY</code>. This call counts against no limit.</p>',
      '<pre><code data-slot="example" translate="no"></code></pre>',
    ]),
    state('stored', 'check', 'good', 'Done', [
      '<p>The key is gone from this page. You can close this tab.</p>',
      '<p class="small soft" data-if="repeatableUntil">Not stored after all? Until <time data-slot="repeatableUntil"></time> ' +
        'this tab can show it again.</p>',
      actions(button('claim', 'Show it again')),
    ]),
    state('opened', 'eye', 'warn', 'This link has been opened already', [
      '<p data-if="openedAt">It was opened on <time data-slot="openedAt"></time>.</p>',
      '<p data-if="byThisTab">It was this tab that opened it. The minutes in which it can show the key again are over.</p>',
      '<h2>Was it you?</h2>',
      `<p>Then all is well: use the key that you stored. It cannot be shown a second time. If you no longer have it, ask
        ${support} for a new one.</p>`,
      '<h2>It was not you?</h2>',
      '<p>Then someone else may have your key. Stop it now; we mail you a link to a new one.</p>',
      actions(button('doubt', 'That was not me', 'danger')),
    ]),
    state('confirm', 'shield', 'danger', 'Stop this key?', [
      '<p>If you go on:</p>',
      '<ul>',
      '<li>The key that was shown <strong>stops working immediately</strong>, in your own applications too.</li>',
      '<li>A new key is made, and a link to it is mailed to your address.</li>',
      '<li>It cannot be undone.</li>',
      '</ul>',
      actions(button('dispute', 'Stop the key and mail me a new link', 'danger'), button('back', 'Go back')),
    ]),
    state('disputed', 'shield', 'good', 'Thank you for telling us', [
      '<p>If this link was the key’s current one, the key that was shown has stopped working, and a link to a new one is on its way to your address.</p>',
      '<ul>',
      '<li>Put the new key into your applications.</li>',
      '<li>Consider who else can read your mail, and change its password.</li>',
      `<li>No mail within 15 minutes? Look into your spam folder, then write to ${support}.</li>`,
      '</ul>',
    ]),
    state('expired', 'clock', 'warn', 'This link has expired', [
      '<p data-if="expiredAt">It expired on <time data-slot="expiredAt"></time>, and nobody opened it.</p>',
      '<p>We can mail you a new one. It goes to the address that the key belongs to.</p>',
      actions(button('renew', 'Mail me a new link', 'primary')),
    ]),
    state('replaced', 'newer', 'warn', 'A newer link has taken the place of this one', [
      '<p>Look for the newest mail about your key: only the link in that one works.</p>',
      '<p>It is not in your inbox or your spam folder? We can mail you another.</p>',
      actions(button('renew', 'Mail me a new link')),
    ]),
    state('renewed', 'mail', 'good', 'Look into your mail', [
      '<p>If this link belongs to a key that still waits for its owner, a new link is on its way to the owner’s address.</p>',
      '<ul>',
      '<li>It can take a few minutes. Open the newest mail.</li>',
      `<li>No mail within 15 minutes? Look into your spam folder, then write to ${support}.</li>`,
      '</ul>',
    ]),
    state('revoked', 'off', 'danger', 'This key has been revoked', [
      '<p>It no longer works, so there is nothing left to show.</p>',
      `<p>If you need a key, or did not expect this, write to ${support}.</p>`,
    ]),
    state('garbled', 'broken', 'warn', 'This link is not complete', [
      '<p>Some mail programs break long links in two. To get the whole one:</p>',
      '<ol>',
      '<li>Go back to the mail.</li>',
      '<li>Copy the link from <code>https://</code> to its very end, over the end of the line too.</li>',
      '<li>Paste it into the address bar of your browser.</li>',
      '</ol>',
      `<p>It still does not open? Write to ${support}. Do not send the link along: it is as good as the key.</p>`,
    ]),
    state('failure', 'cloud', 'warn', 'That did not work', [
      '<p data-slot="failure"></p>',
      '<p data-slot="reassurance"></p>',
      actions(button('retry', 'Try again', 'primary')),
      '<p class="apart small soft" data-if="requestId">For support, the request’s id: <code data-slot="requestId" translate="no"></code></p>',
    ]),
  ].join('\n');
}

function state(id: string, picture: Icon, tone: Tone, heading: string, body: readonly string[]): string {
  return `<section id="${id}" aria-labelledby="${id}-heading" hidden>
${icon(picture, tone)}
<h1 id="${id}-heading" tabindex="-1">${heading}</h1>
${body.join('\n')}
</section>`;
}

/** Buttons, and beside them the word that their act is under way. */
function actions(...buttons: readonly string[]): string {
  return `<div class="actions">${buttons.join('')}<span class="status" role="status"></span></div>`;
}

function button(act: string, label: string, look = ''): string {
  return `<button type="button" class="${look}" data-act="${act}">${label}</button>`;
}
