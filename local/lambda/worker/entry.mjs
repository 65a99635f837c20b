// The one file here that is not TypeScript: with the compile cache on before any TypeScript is loaded, a worker is
// up in half the time.
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

enableCompileCache(workerData.compileCache);
await import('./bootstrap.ts');
