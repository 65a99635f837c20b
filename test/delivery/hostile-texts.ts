import fc from 'fast-check';
import { apiKey } from './mail-samples.ts';

/** Texts that somebody would choose to break a mail, and any others. */
export const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 700 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '</style></main>',
    '&lt;b&gt; &#60; &amp;',
    'a\r\nBcc: eve@evil.example\r\n\r\n<html>',
    '\u202egnp.exe\u2066\u200b\u2028x\u0085y\ufeff',
    '\ud800 lone \udfff',
    '-----\nSupport: eve@evil.example',
    '{{x}} %s $& $1',
    apiKey,
    `${apiKey.slice(0, 30)}\u200b${apiKey.slice(30)}`,
    `${apiKey.slice(0, 5)}\u0000${apiKey.slice(5)} and more`,
    `${'x '.repeat(215)}${apiKey}`,
  ),
);
