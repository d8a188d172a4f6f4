import { partIdOf, rawIdOf } from '../../core/ids.ts'
import { topics } from '../../schemas/catalogue.ts'

/** Where a raw record lies. */
export type Place = { readonly partition: number; readonly offset: number }

const topic = topics.alertsRaw.name
const beginning = `${topic}/`

export function rawIdAt({ partition, offset }: Place): string {
  return rawIdOf(topic, partition, offset)
}

export function partIdAt(place: Place, part: number): string {
  return partIdOf(rawIdAt(place), part)
}

/** The place that a raw id names, or a part id: undefined where it is neither of `alerts.raw`. */
export function placeOf(id: string | null): Place | undefined {
  if (id === null || !id.startsWith(beginning)) return undefined
  const slash = id.indexOf('/', beginning.length)
  const hash = id.indexOf('#', slash)
  const partition = Number(id.slice(beginning.length, slash))
  const offset = Number(id.slice(slash + 1, hash === -1 ? undefined : hash))
  return slash !== -1 && Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
    ? { partition, offset }
    : undefined
}
