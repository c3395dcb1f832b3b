import { defineConfig } from 'vitest/config'

// The workspace's packages are tested from their sources, without a build.
const conditions = ['@onetape/source', 'node', 'import', 'module', 'default']

/** One project for each kind of folder, so that a report says where a test lives. */
const projects = {
  packages: 'packages/*/{src,test}',
  apps: 'apps/*/{src,test}',
  examples: 'examples/*/{src,test}',
  bench: 'bench/{src,test}',
  tools: 'tools',
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // The default leaves one processor free, which on two is half of them.
    maxWorkers: '100%',
    coverage: { include: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], reporter: ['text-summary', 'lcov'] },
    projects: Object.entries(projects).map(([name, dir]) => ({
      extends: true as const,
      test: { name, include: [`${dir}/**/*.test.ts`], testTimeout: 120_000, hookTimeout: 120_000 },
    })),
  },
})
