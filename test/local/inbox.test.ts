import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../local/inbox.ts';

let inbox: Inbox;
beforeEach(async () => {
  inbox = await startInbox({ port: 0 });
});
afterEach(() => inbox.close());

/** A mail as the SDK sends it. */
function mail(subject: string) {
  const message = `From: a@example.com\r\nTo: b@example.com\r\nSubject: ${subject}\r\n\r\nhello`;
  const form = new URLSearchParams({
    Action: 'SendRawEmail',
    Version: '2010-12-01',
    'RawMessage.Data': Buffer.from(message).toString('base64'),
  });
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: 'AWS4-HMAC-SHA256 x',
  };
  return { headers, body: Buffer.from(form.toString()) };
}

async function subjects({ url }: Inbox): Promise<string[]> {
  const { emails } = (await (await fetch(`${url}/store`)).json()) as { emails: { subject: string }[] };
  return emails.map(({ subject }) => subject);
}

/** Status of a request with headers that `fetch` does not let anybody set. */
async function status(method: string, path: string, headers: Record<string, string>): Promise<number> {
  const request = httpRequest(`${inbox.url}${path}`, { method, headers }).end();
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}

test('shows a page to people and all mails to programs, until they are cleared', async () => {
  await inbox.accept(mail('first'));
  await inbox.accept(mail('second'));
  expect(await subjects(inbox)).toEqual(['first', 'second']);
  const page = await fetch(inbox.url);
  expect(page.headers.get('content-type')).toContain('text/html');
  await fetch(`${inbox.url}/clear-store`, { method: 'POST' });
  expect(await subjects(inbox)).toEqual([]);
});

test('begins empty, and knows nothing of another one in the same process', async () => {
  await inbox.accept(mail('mine'));
  const other = await startInbox({ port: 0 });
  expect(await subjects(other)).toEqual([]);
  await other.accept(mail('theirs'));
  expect([await subjects(inbox), await subjects(other)]).toEqual([['mine'], ['theirs']]);
  await other.close();
});

test('answers its own page and programs on this machine, and no web page from elsewhere', async () => {
  const { host } = new URL(inbox.url);
  expect(await status('POST', '/clear-store', { Origin: inbox.url })).toBe(200);
  expect(await status('GET', '/store', { Host: host })).toBe(200);
  expect(await status('POST', '/clear-store', { Origin: 'https://example.com' })).toBe(403);
  expect(await status('GET', '/store', { Origin: 'null' })).toBe(403);
  // A name of an attacker that resolves to 127.0.0.1.
  expect(await status('GET', '/store', { Host: 'rebound.example.com:8025' })).toBe(403);
  expect(
    await status('GET', '/store', { Host: 'rebound.example.com', Origin: 'http://rebound.example.com' }),
  ).toBe(403);
});

test('a mail that it cannot read is an error that says so, and not silence', async () => {
  const broken = { ...mail('x'), body: Buffer.from('Action=SendRawEmail') };
  await expect(inbox.accept(broken)).rejects.toThrow('the inbox did not take a mail');
});

test('a port in use is the error of the socket', async () => {
  const port = Number(new URL(inbox.url).port);
  await expect(startInbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
});

test('the end frees the port at once, whoever is still connected', async () => {
  const port = Number(new URL(inbox.url).port);
  await fetch(`${inbox.url}/store`);
  await inbox.close();
  const next = await startInbox({ port });
  await next.close();
});
