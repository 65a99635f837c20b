import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const heaviestFirst = ['/test/process/', '/test/stack/', '/test/local/'];

/** Files that start whole stacks come first, so that no worker is left with a long one when the others are done. */
class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = heaviestFirst.findIndex((folder) => moduleId.includes(folder));
      return found === -1 ? heaviestFirst.length : found;
    };
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/compile-cache.ts'],
    // A whole local stack needs a second or three to come up, and two cores may be shared by several files.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // The CDK's own rules take four seconds a synthesis; `npm run check` applies them, once for each stage.
    env: { CDK_VALIDATION: 'false' },
    // A process for each of a hundred files costs a minute; what files share is code, and each starts stacks of its own.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: HeaviestFirst },
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
  },
});
