import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pages } from './pages.ts'

/** Writes what follows from the services' own declarations; with `--check` it only says what is stale, and exits 1. */
const root = new URL('../../', import.meta.url)

for (const [place, text] of pages()) {
  const file = new URL(place, root)
  if (current(file) === text) continue
  if (process.argv.includes('--check')) {
    console.error(`stale: ${file.pathname} (run npm run generate)`)
    process.exitCode = 1
  } else {
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, text)
    console.error(`wrote ${file.pathname}`)
  }
}

function current(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
