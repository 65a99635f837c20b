import { describeApi } from '../functions/openapi/document.ts';
import { parseConfig } from '../lib/config.ts';
import { lintOpenApi } from './lint-openapi.ts';

/** Builds the API's description as a stage without a configuration of its own has it, and lints it. */
const { product } = parseConfig('prod');
const document = describeApi(product, {
  server: product.apiUrl,
  issuer: 'https://identity.example.com',
});
const findings = await lintOpenApi(document);
for (const { rule, message, places } of findings) {
  console.error(`${rule}: ${message}\n  at ${places.join(', ')}`);
}
const operations = Object.values(document.paths ?? {}).flatMap((item) => Object.keys(item)).length;
console.log(`openapi: ${operations} operations described, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
