import { isObject } from '../json-object.ts'
import { type Path, type Place, parsePath, type Scope } from './path.ts'

/** What a text of an alert is made of: a path, or a template whose fields all have to be there (`{note}: {msg}`). */
export type Saying = {
  readonly text: string
  readonly paths: readonly Path[]
  /** The text where it is there, with the places it was made of. */
  readonly said: (scopes: readonly Scope[]) => Said | undefined
}

export type Said = { readonly text: string; readonly from: readonly string[] }

/**
 * Reads a path or a template. A path may be followed by `beside` and others with `or` between them, one of which has to be
 * there too (`event_id beside rule_title or urgency`). Throws an `Error` that says what is wrong.
 */
export function parseSaying(text: string): Saying {
  if (!text.includes('{')) return parseField(text)
  const pieces = text.split(/(\{[^{}]*\})/)
  const parts = pieces.map(piece => (piece.startsWith('{') ? parsePath(piece.slice(1, -1)) : piece))
  const paths = parts.filter(part => typeof part !== 'string')
  if (paths.length === 0 || pieces.some(piece => !piece.startsWith('{') && /[{}]/.test(piece))) {
    throw new Error(`'${text}': a template holds its fields in braces, such as {msg}`)
  }
  return {
    text,
    paths,
    said(scopes) {
      const from: string[] = []
      let made = ''
      for (const part of parts) {
        const found = typeof part === 'string' ? { text: part, from: [] } : firstText(part.places(scopes))
        if (found === undefined) return undefined
        made += found.text
        from.push(...found.from)
      }
      return { text: made, from }
    },
  }
}

function parseField(text: string): Saying {
  const [name = '', others] = text.split(/ beside (.*)/s, 2)
  const path = parsePath(name)
  if (others === undefined) return { text, paths: [path], said: scopes => firstText(path.places(scopes)) }
  const beside = others.split(' or ').map(parsePath)
  return {
    text,
    paths: [],
    said: scopes => (beside.some(other => other.isThere(scopes)) ? firstText(path.places(scopes)) : undefined),
  }
}

/** What the first of the sayings says that is there. */
export function firstSaid(sayings: readonly Saying[], scopes: readonly Scope[]): Said | undefined {
  for (const saying of sayings) {
    const said = saying.said(scopes)
    if (said !== undefined) return said
  }
  return undefined
}

/** All texts at the paths, lists and single ones alike, without repeats. */
export function allTexts(paths: readonly Path[], scopes: readonly Scope[]): string[] {
  const texts = new Set<string>()
  for (const path of paths) {
    for (const { value } of path.places(scopes)) for (const text of textsOf(value)) texts.add(text)
  }
  return [...texts]
}

/** The texts of a value: itself, or each item of a list of plain values. Numbers are texts too. */
export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(item => (isObject(item) || Array.isArray(item) ? [] : textsOf(item)))
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'string' && value.trim() !== '' ? [value.trim()] : []
}

/** Whether a value, or one of a list, is this text. */
export function isSaid(value: unknown, text: string): boolean {
  return typeof value === 'boolean' ? String(value) === text : textsOf(value).includes(text)
}

function firstText(places: readonly Place[]): Said | undefined {
  for (const { path, value } of places) {
    const [text] = textsOf(value)
    if (text !== undefined) return { text, from: [path] }
  }
  return undefined
}
