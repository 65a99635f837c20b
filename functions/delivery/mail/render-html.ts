import { escapeHtml, harmless, oneLine, safeUrl } from './harmless.ts';
import { darkStyle, style } from './html-style.ts';
import type { Block, Fact, Letter, Part, Phrase } from './letter.ts';
import { plain } from './render-text.ts';

/**
 * The letter as one HTML document that loads nothing: no images, fonts, scripts or trackers. Styles stand at the
 * elements, because some mail programs drop style sheets; the one there is only turns colours for dark screens.
 */
export function renderHtml({ subject, blocks }: Letter): string {
  return [
    '<!DOCTYPE html>',
    '<html lang="en" dir="ltr">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    '<meta name="format-detection" content="telephone=no, date=no, address=no">',
    `<title>${escapeHtml(plain(subject))}</title>`,
    `<style>${darkStyle}</style>`,
    '</head>',
    `<body${style('page')}>`,
    `<main${style('letter')}>`,
    `<h1${style('title')}>${htmlOf(subject)}</h1>`,
    ...blocks.map(htmlOfBlock),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function htmlOfBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2${style('heading')}>${htmlOf(block.text)}</h2>`;
    case 'paragraph':
      return `<p${style('paragraph')}>${htmlOf(block.text)}</p>`;
    case 'note':
      return `<p${style('note')}>${htmlOf(block.text)}</p>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      const items = block.items.map((item) => `<li${style('item')}>${htmlOf(item)}</li>`);
      return `<${tag}${style('list')}>${items.join('')}</${tag}>`;
    }
    case 'facts':
      return htmlOfFacts(block.rows, 'facts');
    case 'button': {
      const url = escapeHtml(safeUrl(block.url));
      const label = escapeHtml(block.label);
      return (
        `<p${style('paragraph')}><a href="${url}"${style('button')}>${label}</a></p>` +
        `<p${style('copy')}>If the button does not work, copy this address into your browser:<br>` +
        `<a href="${url}"${style('address')}>${url}</a></p>`
      );
    }
    case 'secret':
      return (
        `<p${style('label')}>${escapeHtml(block.label)}</p>` +
        `<p${style('secret')}><code${style('code')}>${escapeHtml(oneLine(block.secret))}</code></p>`
      );
    case 'footer':
      return [
        `<footer${style('footer')}>`,
        htmlOfFacts(block.rows, 'contacts'),
        ...block.closing.map((text) => `<p${style('closing')}>${htmlOf(text)}</p>`),
        '</footer>',
      ].join('\n');
  }
}

function htmlOfFacts(rows: readonly Fact[], name: 'facts' | 'contacts'): string {
  const row = ({ label, value }: Fact) =>
    `<dt${style('term')}>${escapeHtml(label)}</dt><dd${style('detail')}>${htmlOf(value)}</dd>`;
  return `<dl${style(name)}>${rows.map(row).join('')}</dl>`;
}

function htmlOf(phrase: Phrase): string {
  return phrase.map(htmlOfPart).join('');
}

function htmlOfPart(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  // Isolated, so that a name in Hebrew or Arabic does not turn the order of the words around it.
  if ('value' in part) return `<bdi>${escapeHtml(harmless(part.value))}</bdi>`;
  if ('strong' in part) return `<strong${style('strong')}>${escapeHtml(harmless(part.strong))}</strong>`;
  if ('code' in part) return `<code${style('code')}>${escapeHtml(part.code)}</code>`;
  if ('link' in part) {
    const url = escapeHtml(safeUrl(part.link));
    return `<a href="${url}"${style('link')}>${url}</a>`;
  }
  const address = harmless(part.address);
  const target = `mailto:${encodeURIComponent(address).replace('%40', '@')}`;
  return `<a href="${escapeHtml(target)}"${style('link')}>${escapeHtml(address)}</a>`;
}
