/** What a piece of code is, as far as it is drawn differently. */
export interface CodePart {
  readonly kind: 'comment' | 'text' | 'plain';
  readonly code: string;
}

export type CodeLanguage = 'python' | 'javascript' | 'shell' | 'json' | 'address';

const texts = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const grammars: Readonly<Record<CodeLanguage, { readonly comment: string; readonly text: string }>> = {
  python: { comment: `"""[\\s\\S]*?"""|#.*`, text: texts },
  javascript: { comment: '\\/\\/.*|\\/\\*[\\s\\S]*?\\*\\/', text: `${texts}|\`[^\`]*\`` },
  // A single-quoted text may have several lines there; a sign in a word begins no comment.
  shell: { comment: '(?<=^|\\s)#.*', text: `"(?:[^"\\\\]|\\\\.)*"|'[^']*'` },
  json: { comment: '(?!)', text: texts },
  address: { comment: '(?!)', text: '(?!)' },
};

/** Comments and texts of a program; put together again the parts are the code as it was, to the character. */
export function highlight(code: string, language: CodeLanguage): readonly CodePart[] {
  const { comment, text } = grammars[language];
  const parts: CodePart[] = [];
  let end = 0;
  for (const match of code.matchAll(new RegExp(`(${comment})|(?:${text})`, 'gm'))) {
    if (match.index > end) parts.push({ kind: 'plain', code: code.slice(end, match.index) });
    end = match.index + match[0].length;
    // Names stay as they are: what is said about them is told apart.
    const isName = language === 'json' && /^\s*:/.test(code.slice(end, end + 8));
    const kind = match[1] === undefined ? 'text' : 'comment';
    parts.push({ kind: isName ? 'plain' : kind, code: match[0] });
  }
  if (end < code.length) parts.push({ kind: 'plain', code: code.slice(end) });
  return parts;
}
