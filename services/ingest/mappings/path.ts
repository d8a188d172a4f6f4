import { isObject, type JsonObject } from '../json-object.ts'
import { valueAt } from '../sources/field-walk.ts'

/** A document that paths are looked up in, and how its own place is told. */
export type Scope = { readonly prefix: string; readonly body: JsonObject }

/** A value that is there and not null, and where: `evidence[2].ipAddress`. */
export type Place = { readonly path: string; readonly value: unknown }

/**
 * A path of a mapping, as `parsePath` reads it. The places of the first scope that has any; total, and linear in the
 * document for each bracket of the path.
 */
export type Path = {
  readonly text: string
  readonly places: (scopes: readonly Scope[]) => readonly Place[]
  readonly isThere: (scopes: readonly Scope[]) => boolean
}

/** More values than this at one path are not looked at. */
const mostPlaces = 1000

type Pick =
  | { readonly kind: 'each' }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'equals'; readonly key: string; readonly text: string }
  | { readonly kind: 'in'; readonly key: string; readonly path: Path }
type Step = { readonly name: string; readonly picks: readonly Pick[] }

/**
 * Reads a path: names with dots, nested or literal (`rule.name`), each followed by brackets where a list is met:
 * `[]` each item, `[0]` one, `[key=text]` those that have the text (in a list too), `[key in path]` those whose text
 * stands at another path of the document. A value that is no list counts as a list of one. Throws an `Error` that
 * says what is wrong with the text.
 */
export function parsePath(text: string): Path {
  const steps = stepsOf(text)
  const [first, ...others] = steps
  if (first === undefined || first.name === '') throw new Error('a path begins with a name')
  const isPlain = others.length === 0 && first.picks.length === 0
  const places = (scopes: readonly Scope[]) => {
    for (const { prefix, body } of scopes) {
      const found: Place[] = []
      collect(body, prefix, steps, 0, scopes, found)
      if (found.length > 0) return found
    }
    return []
  }
  return {
    text,
    places,
    isThere: isPlain
      ? scopes => scopes.some(({ body }) => (valueAt(body, text) ?? null) !== null)
      : scopes => places(scopes).length > 0,
  }
}

function collect(
  value: unknown,
  at: string,
  steps: readonly Step[],
  from: number,
  scopes: readonly Scope[],
  found: Place[],
): void {
  const step = steps[from]
  if (step === undefined) {
    if (value !== undefined && value !== null && found.length < mostPlaces) found.push({ path: at, value })
    return
  }
  const named = step.name === '' ? value : isObject(value) ? valueAt(value, step.name) : undefined
  if (named === undefined || named === null) return
  const path = step.name === '' ? at : `${at}${at === '' || at.endsWith(':') ? '' : '.'}${step.name}`
  for (const place of picked({ path, value: named }, step.picks, scopes)) {
    if (found.length >= mostPlaces) return
    collect(place.value, place.path, steps, from + 1, scopes, found)
  }
}

function picked(place: Place, picks: readonly Pick[], scopes: readonly Scope[]): readonly Place[] {
  let places = [place]
  for (const pick of picks) {
    const items = places.flatMap(itemsOf)
    if (pick.kind === 'each') places = items
    else if (pick.kind === 'index') places = items.slice(pick.index, pick.index + 1)
    else if (pick.kind === 'equals') places = items.filter(({ value }) => textsAt(value, pick.key).includes(pick.text))
    else if (items.length > 0) {
      const known = new Set(pick.path.places(scopes).flatMap(({ value }) => listed(value)))
      places = items.filter(({ value }) => textsAt(value, pick.key).some(text => known.has(text)))
    }
  }
  return places
}

function itemsOf({ path, value }: Place): Place[] {
  if (!Array.isArray(value)) return [{ path, value }]
  return value.slice(0, mostPlaces).map((item: unknown, index) => ({ path: `${path}[${index}]`, value: item }))
}

function textsAt(item: unknown, key: string): readonly string[] {
  return isObject(item) ? listed(valueAt(item, key)) : []
}

function listed(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.filter(each => typeof each === 'string' || typeof each === 'number').map(String)
}

function stepsOf(text: string): readonly Step[] {
  const steps: Step[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('[', at)
    const name = text.slice(at, open === -1 ? text.length : open)
    if (/[\]{}]/.test(name) || name !== name.trim()) throw new Error(`'${name}' is no name of a field`)
    if (name.startsWith('.') || name.endsWith('.') || name.includes('..'))
      throw new Error(`'${text}' has a dot too many`)
    at = open === -1 ? text.length : open
    const picks: Pick[] = []
    while (text[at] === '[') {
      const close = closingOf(text, at)
      picks.push(pickOf(text.slice(at + 1, close)))
      at = close + 1
    }
    steps.push({ name, picks })
    if (at === text.length) break
    if (text[at] !== '.' || at + 1 === text.length) throw new Error(`'${text}': a dot and a name follow a bracket`)
    at += 1
  }
  return steps
}

function closingOf(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '[') depth += 1
    if (text[at] === ']') depth -= 1
    if (depth === 0) return at
  }
  throw new Error(`'${text}': a bracket is not closed`)
}

function pickOf(text: string): Pick {
  if (text === '') return { kind: 'each' }
  if (/^\d{1,6}$/.test(text)) return { kind: 'index', index: Number(text) }
  const inside = / in /.exec(text)
  if (inside !== null) {
    return { kind: 'in', key: text.slice(0, inside.index), path: parsePath(text.slice(inside.index + 4)) }
  }
  const equals = text.indexOf('=')
  if (equals > 0) return { kind: 'equals', key: text.slice(0, equals), text: text.slice(equals + 1) }
  throw new Error(`'[${text}]': expected [], [0], [key=text] or [key in path]`)
}
