import { findings, type Result } from './result.ts'

/** Something that must have happened, or another row holds because nothing did. */
export type Floor = { readonly what: string; readonly count: number; readonly least: number }

export function checkFloors(floors: readonly Floor[]): Result {
  const found = findings()
  for (const { what, count, least } of floors)
    if (count < least) found.add(`${what}: ${count}, and not at least ${least}`)
  return found.result('what was asked for did happen', Object.fromEntries(floors.map(each => [each.what, each.count])))
}
