import { isAbsolute, relative, sep } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { developmentConfig } from './development-config.ts';

/**
 * Builds `dashboard/dist`: files with hashed names, and nothing inline, so that the page's policy can forbid it.
 * `vite dev` serves the sources on the origin that the dev stage's API knows, beside a running local stack.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), importsOwnFiles(), servesConfig()],
  server: { port: 3001, strictPort: true },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    target: 'baseline-widely-available',
    // Small files as data: addresses would need a policy that allows them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

/** `/config.json`, which a deployment writes, from the running local stack; in development only. */
function servesConfig(): Plugin {
  return {
    name: 'development-config',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use('/config.json', (_request, response) => {
        response.setHeader('Content-Type', 'application/json');
        response.setHeader('Cache-Control', 'no-store');
        response.end(JSON.stringify(developmentConfig()));
      });
    },
  };
}

/**
 * From the rest of the repository the dashboard takes types alone, which are gone before anything is loaded. Other code would
 * bring its packages along, and a change of it would build nothing anew (`lib/constructs/dashboard-bundle.ts`).
 */
function importsOwnFiles(): Plugin {
  return {
    name: 'imports-own-files',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      const path = relative(import.meta.dirname, id.replace(/\?.*$/, ''));
      // Ids that name no file are those of plugins.
      if (!isAbsolute(id) || !path.startsWith(`..${sep}`) || path.split(sep).includes('node_modules')) return;
      this.error(`${path} is outside of dashboard/, which takes types alone from there: use "import type"`);
    },
  };
}
