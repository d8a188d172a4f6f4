import { isObject } from '../json-object.ts'
import { digestsIn, foundAs, mentionedIn } from '../sources/found.ts'
import type { FoundObservable } from '../sources/mapped.ts'
import type { Mapping } from './format.ts'
import type { Scope } from './path.ts'
import { firstSaid, isSaid, textsOf } from './said.ts'
import { valuesInPattern } from './stix-pattern.ts'

type Listed = NonNullable<Mapping['observables']>[number]
type Found = {
  readonly observables: readonly FoundObservable[]
  /** The places that were read, which need not be searched again. */
  readonly claimed: readonly string[]
}

/** The observables that a mapping names, in its order. */
export function observablesBy(listed: readonly Listed[]): (scopes: readonly Scope[]) => Found {
  return scopes => {
    const observables: FoundObservable[] = []
    const claimed: string[] = []
    for (const each of listed) {
      if (each.when?.some(({ path, text }) => !path.places(scopes).some(({ value }) => isSaid(value, text)))) continue
      for (const { path, value } of each.path?.places(scopes) ?? []) {
        const texts = textsOf(value)
        if (texts.length === 0) continue
        claimed.push(path)
        for (const [index, text] of texts.entries()) {
          observables.push(...read(each, text, Array.isArray(value) ? `${path}[${index}]` : path))
        }
      }
      for (const inside of each.say === undefined ? [] : scopesOfEach(each, scopes)) {
        const said = firstSaid(each.say ?? [], inside)
        if (said === undefined) continue
        claimed.push(...said.from)
        observables.push(...read(each, alone(said.text), said.from.at(-1) ?? ''))
      }
    }
    return { observables, claimed }
  }
}

function scopesOfEach({ each }: Listed, scopes: readonly Scope[]): readonly (readonly Scope[])[] {
  if (each === undefined) return [scopes]
  return each.places(scopes).flatMap(({ path, value }) => (isObject(value) ? [[{ prefix: path, body: value }]] : []))
}

/** A proxy is asked for the whole URL: what was put before it is no part of it. */
function alone(text: string): string {
  return /^https?:\/\/[^/]*?(https?:\/\/.*)$/is.exec(text)?.[1] ?? text
}

/** What senders write where there is nothing. */
const nothing = /^(?:-|n\/a|none|null|unknown|undefined|\(empty\))$/i

function read({ type, role }: Listed, text: string, path: string): readonly FoundObservable[] {
  if (nothing.test(text)) return []
  if (type === 'digests') return digestsIn(text, role, path)
  if (type === 'text') return mentionedIn(text, path, role)
  if (type !== 'stix-pattern') return foundAs(type, text, role, path)
  return valuesInPattern(text).flatMap(({ start, end, ...value }) =>
    foundAs(value.type, value.value, value.role, `${path}@${start}-${end}`),
  )
}

/** Whether a place is one of the given ones or lies within one: `a.b[0]`, `a.b.c` and `a.b@3-9` lie within `a.b`. */
export function isWithin(path: string, places: ReadonlySet<string>): boolean {
  if (places.size === 0) return false
  for (let end = 1; end < path.length; end++) {
    if ('.[@'.includes(path.charAt(end)) && places.has(path.slice(0, end))) return true
  }
  return places.has(path)
}
