import { containsKey, containsSecret } from '../../runtime/rules/contains-key.ts';

const LONGEST = 500;

/**
 * A value as one line of text that can forge nothing: no line breaks or other control characters, no characters that
 * turn the direction of writing or take no room, no API key (one that was pasted as a name or a reason), and at most
 * 500 characters.
 */
export function harmless(value: string): string {
  const line = oneLine(value);
  if (containsSecret(line)) return '(not shown: it holds an API key)';
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST).toWellFormed()}…`;
}

/** `harmless` without its last two steps: for the API key itself, in a mail that is encrypted. */
export function oneLine(value: string): string {
  return value.toWellFormed().replaceAll(invisible, '').replaceAll(/\s+/gu, ' ').trim();
}

/**
 * Control characters other than white space, which becomes a space, and format characters: among them those that
 * reverse the direction of writing. Two of them stay, the joiners (U+200C, U+200D), which Persian, Hindi and emoji need.
 */
const invisible = /(?![\s\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

/**
 * The address, in ASCII. Throws a `RangeError` unless it is `https:`, or `http:` to this machine, and without a user
 * name. The message does not hold the address: a link may be a secret.
 */
export function safeUrl(text: string): string {
  const url = !isNoAddress.test(text) && !containsKey(text) && URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (url === undefined || !(local || url.protocol === 'https:') || url.username !== '') {
    throw new RangeError('a link in a mail must be an https address, or http to 127.0.0.1 or localhost');
  }
  // As it was written where that can be shown; `href` has a slash more, and other alphabets as ASCII.
  return isPlainAddress.test(text) ? text : url.href;
}

/** What an address never holds, though a lenient parser would take it. */
const isNoAddress = /[\s\\<>"\p{Cc}\p{Cf}]/u;
/** The characters of RFC 3986. */
const isPlainAddress = /^https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For the text of an element and for an attribute in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
