import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Code as text, by its path from the root of the repository. */
export type Sources = ReadonlyMap<string, string>

/** What each file imports: paths from the root for files, names for everything else. */
export type Graph = ReadonlyMap<string, readonly string[]>

const root = fileURLToPath(new URL('../../', import.meta.url))
const rooms = ['schemas', 'core', 'runtime', 'adapters', 'services', 'cli', 'infra', 'test', 'bin']

/** Recorded things and what is generated are not written by hand. */
const passedOver = /(^|\/)(fixtures|node_modules)(\/|$)|^schemas\/generated\/avro\//

export function readSources(): Sources {
  const files = rooms.flatMap(room =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => posix.join(entry.parentPath.slice(root.length), entry.name)),
  )
  const kept = files.filter(file => !passedOver.test(file)).toSorted()
  return new Map(kept.map(file => [file, readFileSync(join(root, file), 'utf8')]))
}

export function graphOf(sources: Sources): Graph {
  const code = [...sources].filter(([file]) => isCode(file))
  return new Map(code.map(([file, text]) => [file, importsOf(text).map(name => resolved(file, name))]))
}

export function isCode(file: string): boolean {
  return /\.m?[jt]s$/.test(file)
}

/** Whether a file is there for tests alone: those may read files and stand on anything below their room. */
export function isForTests(file: string): boolean {
  return /\.(test|contract)\.ts$/.test(file) || file.startsWith('test/')
}

const ways = [
  // import x from 'y', import type, export … from, over several lines, but never past the next quote
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require)\(\s*['"]([^'"]+)['"]/g,
]

/** All that a text imports, types included, in no particular order. Lines of comments are passed over. */
export function importsOf(text: string): readonly string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  const found = ways.flatMap(way => [...code.matchAll(way)].map(match => match[1] ?? ''))
  return [...new Set(found)]
}

function resolved(file: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(file), name) : name
}
