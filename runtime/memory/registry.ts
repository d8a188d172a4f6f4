import type { Registry } from '../registry.ts'

/** A registry in memory: same ids for same schemas, as the real one; compatibility is the real one's business. */
export function memoryRegistry(): Registry {
  const schemas: string[] = []
  const subjects = new Map<string, Set<number>>()
  return {
    async register(subject, schema) {
      const found = schemas.indexOf(schema)
      const id = found === -1 ? schemas.push(schema) : found + 1
      subjects.set(subject, (subjects.get(subject) ?? new Set()).add(id))
      return id
    },
    async idOf(subject, schema) {
      const id = schemas.indexOf(schema) + 1
      return subjects.get(subject)?.has(id) ? id : undefined
    },
    schemaOf: async id => schemas[id - 1],
  }
}
