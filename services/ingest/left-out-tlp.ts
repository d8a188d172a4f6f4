import { observableKey } from '../../core/observable/key.ts'
import { highestTlp, type Tlp } from '../../core/tlp.ts'
import type { ObservableInAlert } from '../../schemas/generated/types.ts'
import { markedTlp } from './alert-observables.ts'
import { readingsOf } from './readings.ts'
import type { SourceSettings } from './source-settings.ts'
import type { FoundObservable } from './sources/mapped.ts'

type Kept = Pick<ObservableInAlert, 'type' | 'value'>

/**
 * The alert's TLP, or the highest that is said of a value that is not kept: nothing else remembers what was said of
 * it, and the alert's own words may hold it.
 */
export function tlpWithLeftOut(
  found: readonly FoundObservable[],
  kept: readonly Kept[],
  alertTlp: Tlp,
  settings: SourceSettings,
): Tlp {
  const keys = new Set(kept.map(observableKey))
  const isKept = (each: FoundObservable) => {
    const { readings } = readingsOf(each)
    return readings.length > 0 && readings.every(({ normal }) => keys.has(observableKey(normal)))
  }
  return found.reduce((highest, each) => {
    const tlp = markedTlp(each, alertTlp, settings)
    return tlp === null || tlp === highest || isKept(each) ? highest : highestTlp(highest, tlp)
  }, alertTlp)
}
