import { service, stage } from '../../runtime/stage.ts'
import { states, topics } from '../../schemas/catalogue.ts'
import { forgetIndicator, seeIndicator, seeObservable } from './join.ts'
import { pullSources, type ScopedSource } from './pull.ts'

/** Pulls indicators from MISP and feeds, and joins them with observables in both directions. */
export function mispSync(sources: readonly ScopedSource[], everyMs = 60_000) {
  const join = stage({
    reads: { observable: topics.observables, indicator: topics.indicators },
    remembers: states.mispJoin,
    writes: [topics.analysisResults],
    on: { observable: seeObservable, indicator: seeIndicator },
    gone: { indicator: forgetIndicator },
  })
  if (sources.length === 0) return service('misp-sync', { join })
  const pull = stage({
    reads: {},
    remembers: states.mispPull,
    writes: [topics.indicators],
    on: {},
    polls: pullSources(sources, everyMs),
  })
  return service('misp-sync', { pull, join })
}
