import { digest } from '../ids.ts'
import { compileWarninglists, type Warninglist } from '../warninglist.ts'
import { compileOwn, flagsOf } from './reserved.ts'
import type { ObservableFlag, ObservableType } from './types.ts'

/** What is kept but marked: private and reserved, the organisation's own, and what is on a warninglist. */
export type Marker = {
  mark(observable: { readonly type: ObservableType; readonly value: string }): ObservableFlag[]
  /** What the marks follow from, for the rule set: lists by their digests. */
  readonly content: {
    readonly ownNetworks: readonly string[]
    readonly ownDomains: readonly string[]
    readonly warninglists: readonly string[]
  }
}

export type MarkerSettings = {
  readonly ownNetworks?: readonly string[]
  readonly ownDomains?: readonly string[]
  readonly warninglists?: readonly Warninglist[]
}

/** Everything that finds observables marks them with this: what ingest finds, and what analyses find. */
export function markerOf({ ownNetworks = [], ownDomains = [], warninglists = [] }: MarkerSettings = {}): Marker {
  const own = compileOwn({ networks: ownNetworks, domains: ownDomains })
  const listed = compileWarninglists(warninglists)
  return {
    mark(observable) {
      const lists = listed(observable.type, observable.value)
      return [...flagsOf(observable, own), ...lists.map(name => `warninglist:${name}` as const)]
    },
    content: { ownNetworks, ownDomains, warninglists: warninglists.map(list => digest([JSON.stringify(list)])) },
  }
}
