import { buildApp } from '../lib/app.ts';

try {
  buildApp().app.synth();
} catch (error) {
  // A wrong configuration deserves its message, not a stack trace.
  if (!(error instanceof Error) || error.name !== 'ConfigError') throw error;
  console.error(error.message);
  process.exitCode = 1;
}
