import type { MailProduct } from '../rules/owner-mail.ts';
import type { Letter, Phrase } from './letter.ts';
import { renderHtml } from './render-html.ts';
import { plain, renderText } from './render-text.ts';
import { footer } from './shared-blocks.ts';

export interface ComposedMail {
  /** One line, without any secret. */
  readonly subject: string;
  readonly text: string;
  /** A whole document that says the same as `text`. */
  readonly html: string;
}

/**
 * Gives a letter its form, with the footer that every mail has.
 * @param because why the reader gets it
 */
export function formMail({ subject, blocks }: Letter, product: MailProduct, because: Phrase): ComposedMail {
  const letter: Letter = { subject, blocks: [...blocks, footer(product, because)] };
  return { subject: plain(subject), text: renderText(letter), html: renderHtml(letter) };
}
