import { harmless, oneLine, safeUrl } from './harmless.ts';
import type { Block, Fact, Letter, Part, Phrase } from './letter.ts';

/**
 * The letter as plain text. Paragraphs are not wrapped: what a line begins with is then ours alone, however long a value
 * is, and the number of lines does not depend on values.
 */
export function renderText({ blocks }: Letter): string {
  return `${blocks.map(textOfBlock).join('\n\n')}\n`;
}

/** One line, for a subject and a title. */
export function plain(phrase: Phrase): string {
  return phrase.map(textOfPart).join('');
}

function textOfBlock(block: Block): string {
  switch (block.kind) {
    case 'heading': {
      const text = plain(block.text);
      return `${text}\n${'-'.repeat(text.length)}`;
    }
    case 'paragraph':
    case 'note':
      return plain(block.text);
    case 'list':
      return block.items.map((item, i) => `${block.ordered ? `${i + 1}.` : '-'} ${plain(item)}`).join('\n');
    case 'facts':
      return textOfFacts(block.rows, '  ');
    case 'button':
      return `${block.label}:\n${safeUrl(block.url)}`;
    case 'secret':
      return `${block.label}:\n\n  ${oneLine(block.secret)}`;
    case 'footer':
      return ['-----', textOfFacts(block.rows, ''), '', ...block.closing.map(plain)].join('\n');
  }
}

function textOfFacts(rows: readonly Fact[], indent: string): string {
  const width = Math.max(...rows.map(({ label }) => label.length)) + 2;
  return rows.map(({ label, value }) => `${indent}${`${label}:`.padEnd(width)}${plain(value)}`).join('\n');
}

function textOfPart(part: Part): string {
  if (typeof part === 'string') return part;
  if ('value' in part) return harmless(part.value);
  if ('strong' in part) return harmless(part.strong);
  if ('code' in part) return part.code;
  if ('link' in part) return safeUrl(part.link);
  return harmless(part.address);
}
