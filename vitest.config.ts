import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: '@parzen/core/testing', replacement: source('./packages/core/src/testing.ts') },
      { find: '@parzen/core', replacement: source('./packages/core/src/index.ts') },
    ],
  },
  test: {
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        // a process a file would take longer than the tests; none of them leaves anything behind
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000, isolate: false },
      },
      {
        extends: true,
        test: { name: 'acceptance', include: ['packages/*/src/**/*.acceptance.ts'], testTimeout: 600_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
