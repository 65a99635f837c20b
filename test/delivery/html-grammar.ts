/** A stricter reading of HTML than any browser's: what is not a tag with quoted attributes is text without `<` or `>`. */
export interface HtmlToken {
  /** Such as `p`, `/p`, `#doctype` or `#text`. */
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of `#text` only, entities resolved. */
  readonly text: string;
}

const token = /<!DOCTYPE html>|<(\/?[a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>|([^<>]+)/y;
const bareAmpersand = /&(?!(?:amp|lt|gt|quot|#39);)/;

/** Throws for whatever the grammar does not know, such as a bracket or an ampersand that was not escaped. */
export function readHtml(html: string): HtmlToken[] {
  if (bareAmpersand.test(html)) throw new Error('an ampersand is not escaped');
  const tokens: HtmlToken[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < html.length) {
    const start = token.lastIndex;
    const found = token.exec(html);
    if (found === null) throw new Error(`not HTML as we write it: ${html.slice(start, start + 60)}`);
    const [whole, tag, attributes = '', text] = found;
    if (text !== undefined) tokens.push({ tag: '#text', attributes: {}, text: unescapeHtml(text) });
    else tokens.push({ tag: tag ?? '#doctype', attributes: readAttributes(attributes), text: '' });
    if (whole === '') throw new Error('nothing was read');
  }
  return tokens;
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([a-z-]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescapeHtml(value)]));
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** What a reader sees, one entry for each paragraph, item, heading, term and detail. */
export function readableLines(html: string): string[] {
  const blocks = /^\/(?:p|li|h1|h2|dt|dd)$/;
  const lines: string[] = [];
  let line = '';
  for (const { tag, text } of readHtml(html.slice(html.indexOf('<body')))) {
    if (tag === '#text') line += text;
    if (!blocks.test(tag)) continue;
    lines.push(line.trim());
    line = '';
  }
  return lines;
}
