/**
 * A mail before it has a form: what it says, not how it looks. Templates return it, and one renderer for HTML and one for
 * text give it its form, so that a value is made harmless in exactly one place.
 */
export interface Letter {
  readonly subject: Phrase;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly text: Phrase }
  | { readonly kind: 'paragraph'; readonly text: Phrase }
  /** What must not be overlooked. */
  | { readonly kind: 'note'; readonly text: Phrase }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Phrase[] }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  /** `url`: `https:`, or `http:` to this machine; see `safeUrl`. */
  | { readonly kind: 'button'; readonly label: string; readonly url: string }
  /** The one block in which a whole API key may stand: the mail around it is encrypted. */
  | { readonly kind: 'secret'; readonly label: string; readonly secret: string }
  /** Last in every mail: where to ask, and who writes. */
  | { readonly kind: 'footer'; readonly rows: readonly Fact[]; readonly closing: readonly Phrase[] };

export interface Fact {
  readonly label: string;
  readonly value: Phrase;
}

/** The author's words as they are, and between them values that come from outside. */
export type Phrase = readonly Part[];

export type Part =
  | string
  /** From outside: whatever it holds, it is shown as text. */
  | { readonly value: string }
  /** What the reader must not miss, such as a time: a few words, kept on one line. */
  | { readonly strong: string }
  /** Fixed words of ours, such as the name of a header, as code. */
  | { readonly code: string }
  | { readonly link: string }
  | { readonly address: string };

/** `` say`Hello ${name},` ``: a string that is put in is a value; other parts stay what they are. */
export function say(words: TemplateStringsArray, ...put: readonly Part[]): Phrase {
  return words.flatMap((text, i): Part[] => {
    const part = put[i];
    const around = text === '' ? [] : [text];
    if (part === undefined) return around;
    return [...around, typeof part === 'string' ? { value: part } : part];
  });
}

export const paragraph = (text: Phrase): Block => ({ kind: 'paragraph', text });
export const note = (text: Phrase): Block => ({ kind: 'note', text });
export const heading = (text: Phrase): Block => ({ kind: 'heading', text });
export const list = (...items: Phrase[]): Block => ({ kind: 'list', ordered: false, items });
export const steps = (...items: Phrase[]): Block => ({ kind: 'list', ordered: true, items });
export const button = (label: string, url: string): Block => ({ kind: 'button', label, url });
export const strong = (text: string): Part => ({ strong: text });
export const code = (text: string): Part => ({ code: text });
export const link = (url: string): Part => ({ link: url });
export const address = (text: string): Part => ({ address: text });
