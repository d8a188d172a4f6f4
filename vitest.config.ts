import { defineConfig } from 'vitest/config'

/** These need real brokers, those of `test/clients` Python as well; all others need nothing but Node. */
const onBrokers = [
  ...['**/*.broker.test.ts', 'test/integration/**/*.test.ts', 'test/contract/*.kafka.test.ts'],
  'test/clients/**/*.test.ts',
]
const elsewhere = ['**/node_modules/**']

export default defineConfig({
  test: {
    projects: [
      // Patience for machines that do other work too: what hangs still fails.
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, ...onBrokers, 'test/sensors/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'broker',
          include: onBrokers,
          exclude: elsewhere,
          globalSetup: ['test/setup/brokers.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
