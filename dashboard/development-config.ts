import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What `/config.json` says beside a local stack: addresses from its `stack.json` (in `LATCHKEY_DATA_DIR`, default
 * `.local`), the product's names as `lib/config.ts` has them by default.
 */
export function developmentConfig(): Record<string, string> {
  const folder = process.env['LATCHKEY_DATA_DIR'] || join(import.meta.dirname, '../.local');
  const stack = JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as Record<string, string>;
  return {
    apiUrl: stack['apiUrl'] ?? '',
    issuer: stack['issuerUrl'] ?? '',
    clientId: stack['issuerClientId'] ?? '',
    product: 'AI Decision Engine',
    company: 'AI Weed Company',
    supportAddress: 'support@aiweedcompany.com',
    documentationUrl: 'https://docs.aiweedcompany.com',
    statusUrl: 'https://status.aiweedcompany.com',
  };
}
