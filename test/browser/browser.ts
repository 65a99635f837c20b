import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

const installed = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Quiet and without a sandbox, which containers do not allow; what guards a page against another one stays on. */
const args = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--no-sandbox'];

/**
 * A browser for the tests of a file, started with the first one that asks and closed after the last.
 * @returns the browser that all tests of the file share; each opens a context of its own
 */
export function useBrowser(): () => Promise<Browser> {
  let browser: Promise<Browser> | undefined;
  afterAll(async () => (await browser)?.close());
  return () => {
    browser ??= launchBrowser();
    return browser;
  };
}

const screens = fileURLToPath(new URL('../../reports/screens', import.meta.url));

/** A picture for people to look at, in `reports/screens`: with `LATCHKEY_SCREENS=1`, for each one costs a third of a second. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  if (process.env['LATCHKEY_SCREENS'] !== '1') return;
  await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
}

/** One that is installed, or the one that a package carries. */
export async function launchBrowser(): Promise<Browser> {
  const system = installed.find((path) => existsSync(path));
  if (system !== undefined) return chromium.launch({ executablePath: system, args });
  const folder = await unpacked();
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args,
    env: { ...process.env, ...fonts } as Record<string, string>,
  });
}

/**
 * The folder with the browser that the package carries, unpacked once for each version of it. The package unpacks into
 * the folder for temporary files and takes a half-written file for a whole one, so it does so in a folder of its own,
 * which takes its place when it is complete: test processes start at once.
 */
async function unpacked(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const manifest = await readFile(join(dirname(main), '../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const cache = fileURLToPath(new URL('../../.cache/browser', import.meta.url));
  const folder = join(cache, version);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, 'partial-'));
  const unpack = `import(${JSON.stringify(pathToFileURL(main).href)}).then((it) => it.default.executablePath())`;
  await promisify(execFile)(process.execPath, ['-e', unpack], { env: { ...process.env, TMPDIR: partial } });
  const fonts = `<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>`;
  await writeFile(join(partial, 'fonts.conf'), `<?xml version="1.0"?>\n${fonts}\n`);
  await rename(partial, folder).catch(async (error: unknown) => {
    // Another process was faster.
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}
