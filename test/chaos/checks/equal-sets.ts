import { findings, type Result } from './result.ts'

/** What must be there, each with where it follows from. */
export type Wanted = ReadonlyMap<string, string>
/** What is there, each with the places where it is. */
export type There = ReadonlyMap<string, readonly string[]>

/**
 * - `once`: all that is wanted is there, each once, and nothing else.
 * - `set`: the same, each as often as it likes.
 * - `least`: all that is wanted is there; the rest follows from something else.
 */
export type How = 'once' | 'set' | 'least'

export function wantedOf(pairs: Iterable<readonly [what: string, from: string]>): Wanted {
  return new Map(pairs)
}

export function thereOf(pairs: Iterable<readonly [what: string, place: string]>): There {
  const there = new Map<string, string[]>()
  for (const [what, place] of pairs) {
    const places = there.get(what)
    if (places === undefined) there.set(what, [place])
    else places.push(place)
  }
  return there
}

export function checkSets(name: string, how: How, wanted: Wanted, there: There): Result {
  const found = findings()
  let met = 0
  for (const [what, from] of wanted) {
    const places = there.get(what) ?? []
    if (places.length > 0) met += 1
    if (places.length === 0) found.add(`${what} is missing, which follows from ${from}`)
    else if (how === 'once' && places.length > 1)
      found.add(`${what} is there ${places.length} times: ${places.join(', ')}`)
  }
  if (how !== 'least') {
    for (const [what, [place]] of there) if (!wanted.has(what)) found.add(`${what} follows from nothing: ${place}`)
  }
  return found.result(name, { wanted: wanted.size, there: met })
}
