import { parseInstant } from '../../../core/time.ts'
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

/** All texts at the paths, without repeats; arrays are entered on the way, since `threat[].technique[].id` is one path. */
export function textsAt(body: JsonObject, paths: readonly string[]): string[] {
  const texts: string[] = []
  for (const path of paths) {
    for (const value of valuesAt(body, path)) {
      const text = scalarText(value)
      if (text !== undefined && !texts.includes(text)) texts.push(text)
    }
  }
  return texts
}

/** More values than any field has. */
const mostValues = 1000

/** All values at a path, through arrays, in order. */
export function valuesAt(body: JsonObject, path: string): unknown[] {
  const found: unknown[] = []
  gather(body, path, found, 0)
  return found
}

/** The objects at the paths, each with its place; an object that stands alone is a list of one. */
export function objectsAt(
  body: JsonObject,
  paths: readonly string[],
): { readonly item: JsonObject; readonly path: string }[] {
  return paths.flatMap(path =>
    valuesAt(body, path).flatMap((item, index) => (isObject(item) ? [{ item, path: `${path}[${index}]` }] : [])),
  )
}

/** Deeper than any path; arrays in arrays count too. */
const deepest = 64

function gather(value: unknown, path: string, found: unknown[], depth: number): void {
  if (found.length >= mostValues || depth > deepest) return
  if (Array.isArray(value)) {
    for (const item of value) gather(item, path, found, depth + 1)
  } else if (path === '') {
    found.push(value)
  } else if (isObject(value)) {
    if (Object.hasOwn(value, path)) {
      gather(value[path], '', found, depth + 1)
      return
    }
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
      const head = path.slice(0, dot)
      if (Object.hasOwn(value, head)) gather(value[head], path.slice(dot + 1), found, depth + 1)
    }
  }
}

/** The first value at one of the paths that is there and not null. */
export function firstAt(body: JsonObject, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = valueAt(body, path)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** The first instant that can be read at one of the paths, as epoch milliseconds. */
export function instantAt(body: JsonObject, paths: readonly string[]): number | undefined {
  for (const path of paths) {
    const value = valueAt(body, path)
    const instant = parseInstant(Array.isArray(value) ? value[0] : value)
    if (instant !== undefined) return instant
  }
  return undefined
}

export type Leaf = { readonly path: string; readonly field: string; readonly text: string }

/** Longer than any path; of one that is longer, the end tells more, and in each step the whole would be copied. */
const longestPath = 512

/** Every text of a document with its path (`a.b[0].c`) and its field (`a.b.c`), of long ones the ends, in order. */
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
        pending.push({ path: ended(`${path}[${index}]`), field, value: value[index] })
      }
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value).reverse()) {
        pending.push({ path: joined(path, key), field: joined(field, key), value: inner })
      }
    } else if (typeof value === 'string' && value !== '') {
      given++
      yield { path, field, text: value }
    }
  }
}

function joined(before: string, key: string): string {
  const end = ended(key)
  return before ? ended(`${before}.${end}`) : end
}

function ended(path: string): string {
  return path.length <= longestPath ? path : path.slice(-longestPath)
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
