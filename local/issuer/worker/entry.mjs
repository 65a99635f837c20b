// Not TypeScript, as local/lambda/worker/entry.mjs: with the compile cache on first, the worker is up sooner.
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

enableCompileCache(workerData.compileCache);
await import('./bootstrap.ts');
