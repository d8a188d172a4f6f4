import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Where a file of kafkajs lies on this machine; `path` is relative to its `src/`. */
export function pathOf(path: string): string {
  return require.resolve(`kafkajs/src/${path}`)
}

/** A module of kafkajs. The one place where its untyped insides get a type: the caller names the part that it uses. */
export function upstream<T>(path: string): T {
  return require(pathOf(path)) as T
}

/** Puts `exports` in the place of a module of kafkajs that has not been loaded yet. */
export function replace(path: string, exports: unknown): void {
  const id = pathOf(path)
  if (require.cache[id]) throw new Error(`kafkajs/src/${path} was loaded before its fix`)
  const module = { id, filename: id, loaded: true, exports, children: [], paths: [] }
  require.cache[id] = module as unknown as NodeJS.Module
}

/** The module as kafkajs ships it, whatever stands in its place, which stays as it is. */
export function original<T>(path: string): T {
  const id = pathOf(path)
  const fixed = require.cache[id]
  delete require.cache[id]
  const shipped: T = require(id)
  delete require.cache[id]
  if (fixed) require.cache[id] = fixed
  return shipped
}
