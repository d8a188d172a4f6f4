import { defineConfig } from 'vitest/config'

/** Real sensors, which have to be installed: `npm run test:sensors`, not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/sensors/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
