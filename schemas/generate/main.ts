import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { settings } from '../../core/settings.ts'
import { allTopics } from '../catalogue.ts'
import { type AvroRecord, complete, nameOnce, readSource } from './avro.ts'
import { settingsPage } from './settings-page.ts'
import { errorPage, topicTable } from './tables.ts'
import { typesFor } from './types.ts'

/**
 * `npm run generate` writes everything that follows from the schemas, the catalogue and the error table;
 * with `--check` it writes nothing and exits 1 naming what is stale.
 */
const root = new URL('../', import.meta.url)

export function generated(): ReadonlyMap<URL, string> {
  const envelope = readSource(new URL('envelope.avsc', root))
  const withSchema = allTopics.filter(topic => topic.schema)
  const sources = new Map(withSchema.map(topic => [topic.name, readSource(new URL(`${topic.name}.avsc`, root))]))
  const files = new Map<URL, string>()
  files.set(new URL('generated/types.ts', root), typesFor([...sources.values()], envelope))
  for (const [name, source] of sources)
    files.set(new URL(`generated/avro/${name}.json`, root), avroText(source, envelope))
  files.set(new URL('../docs/topics.md', root), topicTable(allTopics, sources))
  files.set(new URL('../docs/errors.md', root), errorPage())
  files.set(new URL('../docs/settings.md', root), settingsPage(settings))
  return files
}

function avroText(source: AvroRecord, envelope: AvroRecord): string {
  return `${JSON.stringify(nameOnce(complete(source, envelope)), null, 2)}\n`
}

function run(check: boolean): number {
  const stale = [...generated()].filter(([file, text]) => current(file) !== text)
  if (check) {
    for (const [file] of stale) console.error(`stale: ${file.pathname} (run npm run generate)`)
    return stale.length > 0 ? 1 : 0
  }
  for (const [file, text] of stale) {
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, text)
    console.error(`wrote ${file.pathname}`)
  }
  return 0
}

function current(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) process.exitCode = run(process.argv.includes('--check'))
