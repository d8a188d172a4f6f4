import { isObject, type JsonObject } from '../json-object.ts'

/** More fields than any alert has; what lies beyond is not looked at. */
const mostLeaves = 5000

/**
 * The value at a path, where each step may be nested or part of a literal dotted key: Elastic writes both into one
 * document. `undefined` where there is none.
 */
export function valueAt(body: JsonObject, path: string): unknown {
  if (Object.hasOwn(body, path)) return body[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    if (!Object.hasOwn(body, head)) continue
    const inner = body[head]
    const found = isObject(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** The first text (or number, as text) that stands at one of the paths; of an array its first element. */
export function textAt(body: JsonObject, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const value = valueAt(body, path)
    const text = scalarText(Array.isArray(value) ? value[0] : value)
    if (text !== undefined) return text
  }
  return undefined
}

/** All texts at the paths, arrays and scalars alike, without repeats. */
export function textsAt(body: JsonObject, paths: readonly string[]): string[] {
  const texts = paths.flatMap(path => {
    const value = valueAt(body, path)
    return (Array.isArray(value) ? value : [value]).map(scalarText)
  })
  return [...new Set(texts.filter(text => text !== undefined))]
}

/** The first value at one of the paths that is there and not null. */
export function firstAt(body: JsonObject, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = valueAt(body, path)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

export type Leaf = { readonly path: string; readonly field: string; readonly text: string }

/** Every text of a document with its path (`a.b[0].c`) and its field (`a.b.c`), in order. */
export function* leavesOf(body: JsonObject): Generator<Leaf> {
  const pending: { readonly path: string; readonly field: string; readonly value: unknown }[] = [
    { path: '', field: '', value: body },
  ]
  for (let given = 0; pending.length > 0 && given < mostLeaves; ) {
    const next = pending.pop()
    if (next === undefined) return
    const { path, field, value } = next
    if (Array.isArray(value)) {
      for (let index = Math.min(value.length, mostLeaves) - 1; index >= 0; index--) {
        pending.push({ path: `${path}[${index}]`, field, value: value[index] })
      }
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value).reverse()) {
        pending.push({ path: path ? `${path}.${key}` : key, field: field ? `${field}.${key}` : key, value: inner })
      }
    } else if (typeof value === 'string' && value !== '') {
      given++
      yield { path, field, text: value }
    }
  }
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
