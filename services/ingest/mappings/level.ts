import type { Path, Scope } from './path.ts'
import { textsOf } from './said.ts'

type Given<Level> = {
  readonly from: readonly Path[]
  readonly table?: Readonly<Record<string, Level>> | undefined
}

/**
 * What a document says of its TLP or PAP. With a table the highest of all that has a meaning there or by itself, for
 * documents that list markings of many sorts; without one the first value as it stands, which the source's settings read.
 */
export function levelBy<Level>(
  given: Given<Level> | undefined,
  parse: (text: string) => Level | undefined,
  highest: (...levels: [Level, ...Level[]]) => Level,
): (scopes: readonly Scope[]) => unknown {
  if (given === undefined) return () => undefined
  const { from, table } = given
  return scopes => {
    const values = from.flatMap(path => path.places(scopes)).map(({ value }) => value)
    if (table === undefined) return values.find(value => value !== '')
    const [first, ...others] = values
      .flatMap(textsOf)
      .map(text => (Object.hasOwn(table, text) ? table[text] : parse(text)))
      .filter(level => level !== undefined)
    return first === undefined ? undefined : highest(first, ...others)
  }
}
