import parseAddresses from 'nodemailer/lib/addressparser';

export interface Header {
  readonly name: string;
  /** Unfolded, as it stands in the message. */
  readonly value: string;
}

/** The headers of a MIME message, in order. Nothing of the body is read: it may hold what is nobody's business. */
export function readHeaders(message: Buffer): Header[] {
  const end = /\r?\n\r?\n/.exec(message.toString('latin1'))?.index ?? message.length;
  const unfolded = message
    .subarray(0, end)
    .toString('utf8')
    .replace(/\r?\n(?=[ \t])/g, '');
  return unfolded.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }];
  });
}

/** The values of all headers of that name. */
export function headerValues(headers: readonly Header[], name: string): string[] {
  return headers
    .filter((header) => header.name.toLowerCase() === name.toLowerCase())
    .map(({ value }) => value);
}

/** The entries of an address list, each as it would stand alone: `Ada <ada@example.com>`. */
export function mailboxesIn(text: string): string[] {
  return parseAddresses(text, { flatten: true }).map(({ name, address }) =>
    name === '' ? address : `${name} <${address}>`,
  );
}

/** The bare addresses of an address list such as `Ada <ada@example.com>, bob@example.com`. */
export function addressesIn(text: string): string[] {
  return parseAddresses(text, { flatten: true }).map(({ address }) => address);
}
