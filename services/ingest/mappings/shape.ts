import type { Mapping, Shape } from './format.ts'
import type { Scope } from './path.ts'
import { isSaid } from './said.ts'

/** Why a document has none of the shapes of a mapping, told of the first shape; `undefined` where it has one. */
export function misfitOf({ when }: Mapping, scopes: readonly Scope[]): string | undefined {
  if (when === undefined) return 'it has no `when`: it reads only what is declared to be of its kind'
  let first: string | undefined
  for (const shape of when) {
    const misfit = misfitOfShape(shape, scopes)
    if (misfit === undefined) return undefined
    first ??= misfit
  }
  return first
}

/** The same of one shape. */
export function misfitOfShape(shape: Shape, scopes: readonly Scope[]): string | undefined {
  for (const { path, text } of shape.equals ?? []) {
    if (!path.places(scopes).some(({ value }) => isSaid(value, text))) return `${path.text} is not ${text}`
  }
  for (const path of shape.all ?? []) if (!path.isThere(scopes)) return `${path.text} is not there`
  for (const path of shape.none ?? []) if (path.isThere(scopes)) return `${path.text} is there`
  const { any } = shape
  if (any !== undefined && !any.some(path => path.isThere(scopes))) {
    return `none of ${any.map(path => path.text).join(', ')} is there`
  }
  return undefined
}

/**
 * Keys of which a document has at least one where it has one of the shapes: most documents have none of them, and are not looked at
 * closer. Empty where there is no shape.
 */
export function headsOf({ when = [], unwrap }: Mapping): readonly string[] {
  const heads = when.flatMap(({ all, equals, any }) => {
    const needed = all?.slice(0, 1) ?? equals?.slice(0, 1).map(({ path }) => path) ?? any ?? []
    return needed.flatMap(path => headsOfPath(path.text))
  })
  return [...new Set([...heads, ...(unwrap === undefined ? [] : headsOfPath(unwrap.text))])]
}

/** What the key of a path may be: `a`, `a.b` and `a.b.c` of `a.b.c[]`, since keys may have dots in them. */
function headsOfPath(text: string): readonly string[] {
  const names = text.replace(/\[.*$/, '').split('.')
  return names.map((_, index) => names.slice(0, index + 1).join('.'))
}
