import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { codeFor, goodPassword, openBrowser } from '../../stack/sign-in.ts';
import { dashboard, startTestIssuer } from './support.ts';

test('an ID token by hand is got as docs/identity.md says', async () => {
  const stack = await startTestIssuer();
  try {
    const page = readFileSync(new URL('../../../docs/identity.md', import.meta.url), 'utf8');
    const commands = /```sh\n(ISSUER=.*?)```/s.exec(page)?.[1] ?? '';
    // What `jq` would read, for it is not everywhere.
    const told = commands
      .replace('$(jq -r .dashboardUrl .local/stack.json)', dashboard)
      .replace('$(jq -r .issuerUrl .local/stack.json)', stack.issuerUrl)
      .replace('$(jq -r .issuerClientId .local/stack.json)', stack.pool.client.clientId)
      .replace('| jq -r .id_token', '');
    const run = async (script: string) => (await promisify(execFile)('sh', ['-c', script])).stdout;
    const [before = ''] = told.split('CODE=...');
    const address = (await run(before)).trim();

    const browser = openBrowser(stack);
    const { url } = await browser.get(address);
    const email = 'ada@example.com';
    const form = { email, password: goodPassword, repeated: goodPassword };
    const asked = await browser.post(`${url}/sign-up`, form);
    const last = await browser.post(asked.url, { code: await codeFor(stack, email) });
    const code = new URL(last.url).searchParams.get('code') ?? '';

    const answer = await run(told.replace('echo', ': ').replace('CODE=...', `CODE=${code}`));
    const { id_token: idToken } = JSON.parse(answer) as { id_token: string };
    expect(decodeJwt(idToken)).toMatchObject({ iss: stack.issuerUrl, email });
  } finally {
    await stack.close();
  }
});
