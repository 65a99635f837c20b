import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Each file is tested in a process of its own, and many of them load the CDK: compile it once for all.
enableCompileCache(fileURLToPath(new URL('../.cache/compile', import.meta.url)));
