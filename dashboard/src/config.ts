/** What a deployment tells its dashboard, in `/config.json`: nothing of it is secret, and none of it is built in. */
export interface Config {
  /** Where the API is reached, without a slash at the end. */
  readonly apiUrl: string;
  /** Who signs people in: discovery is below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly product: string;
  readonly company: string;
  readonly supportAddress: string;
  readonly documentationUrl: string;
  readonly statusUrl: string;
}

const names = [
  'apiUrl',
  'issuer',
  'clientId',
  'product',
  'company',
  'supportAddress',
  'documentationUrl',
  'statusUrl',
] as const satisfies readonly (keyof Config)[];

/** @throws Error that names what is missing: the page cannot work without it */
export async function loadConfig(): Promise<Config> {
  // As the page's preload asks for it, so that one request serves both.
  const response = await fetch('/config.json', { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`/config.json was answered with ${response.status}`);
  return parseConfig(await response.json());
}

export function parseConfig(value: unknown): Config {
  const given = Object(value) as Record<string, unknown>;
  const missing = names.filter((name) => typeof given[name] !== 'string' || given[name] === '');
  if (missing.length > 0) throw new Error(`/config.json lacks ${missing.join(', ')}`);
  const config = Object.fromEntries(names.map((name) => [name, String(given[name])])) as unknown as Config;
  return { ...config, apiUrl: config.apiUrl.replace(/\/+$/, '') };
}
