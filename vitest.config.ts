import { defineConfig } from 'vitest/config'

// The workspace's packages are tested from their sources, without a build.
const conditions = ['@onetape/source', 'node', 'import', 'module', 'default']

/** The folders that hold workspaces; one project each, so that a report says where a test lives. */
const projects = { packages: 'packages/*', apps: 'apps/*', examples: 'examples/*', bench: 'bench' }

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    coverage: { include: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], reporter: ['text-summary', 'lcov'] },
    projects: Object.entries(projects).map(([name, dir]) => ({
      extends: true as const,
      test: { name, include: [`${dir}/{src,test}/**/*.test.ts`], testTimeout: 30_000 },
    })),
  },
})
