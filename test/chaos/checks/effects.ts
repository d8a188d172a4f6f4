import { checkSets, type There, thereOf, type Wanted, wantedOf } from './equal-sets.ts'
import { type History, type HistoryEvent, placeOf } from './history.ts'
import type { Result } from './result.ts'

/** What the harness has configured: what must follow of it is known without asking the services. */
export type Configured = {
  /** The analyzers, and what they take; nothing may be kept from them. */
  readonly analyzers: readonly { readonly id: string; readonly types: readonly string[] }[]
  /** The attributes of the feed, by uuid: `<type>|<value>`. Every domain is told of them. */
  readonly feed: ReadonlyMap<string, string>
  /** The rules of the playbooks, and for which cases they are. */
  readonly rules: readonly ConfiguredRule[]
}

export type ConfiguredRule = {
  readonly name: string
  holds(about: { readonly verdict: string; readonly severity: string }): boolean
}

/** An analysis is asked for again after an hour of task time; a repeat within most of it is one too many. */
const askedAgainMs = 50 * 60_000
/** The case events that playbooks are asked about. */
const askedOf = ['case-opened', 'alert-linked', 'analysis-folded', 'indicator-matched', 'verdict-changed']

/**
 * Whatever must follow from something is there, once, stage by stage, as an equality of sets: what is wanted is made of the
 * inputs of the stage and of what was configured, what is there is read from its outputs. A stage that skips an input shows here,
 * which no lag does.
 */
export function checkEffects({ events }: History, { analyzers, feed, rules }: Configured): readonly Result[] {
  const of = (topic: string, ...kinds: string[]) =>
    events.filter(each => each.topic === topic && (kinds.length === 0 || kinds.includes(each.kind)))
  const observables = of('observables')
  const jobs = of('analysis.jobs')
  const jobIds = new Set(jobs.map(each => each.id))
  const results = of('analysis.results')
  // A refusal is the plan's answer to an observable, or the run's to a job.
  const refusals = results.filter(each => each.kind === 'refusal')
  const ofPlan = refusals.filter(each => !jobIds.has(each.causeId))
  const ofRun = results.filter(each => each.kind !== 'match' && !ofPlan.includes(each))
  const [caseEvents, responses, outcomes] = [of('case-events'), of('responses'), of('responder.outcomes')]
  const [commands, attributes] = [of('commands'), [...feed]]

  return [
    checkSets(
      'case-builder.fold: each input has its record',
      'least',
      wanted([...of('alerts'), ...results, ...commands], byId),
      there(caseEvents, byCause),
    ),
    checkSets(
      'case-builder.fold: observables = those of the linked alerts',
      'set',
      wanted(of('case-events', 'alert-linked'), event =>
        (event.observables ?? []).map(each => `${event.domain} ${each}`),
      ),
      there(observables, event => [`${event.domain} ${event.observable}`]),
    ),
    checkSets(
      'analyzer-dispatcher.plan: each analyzer is asked about each observable of its types',
      'once',
      wanted(observables, event =>
        analyzers.filter(each => each.types.includes(typeOf(event))).map(each => asked(event, each.id)),
      ),
      there(withoutLater([...jobs, ...ofPlan]), event => [asked(event, event.analyzer)]),
    ),
    checkSets('analyzer-dispatcher.run: each job has one result', 'once', wanted(jobs, byId), there(ofRun, byCause)),
    checkSets(
      'misp-sync.pull: each attribute of the feed is one indicator',
      'once',
      wantedOf(attributes.map(([uuid, value]) => [`${uuid} ${value}`, 'the feed'])),
      there(of('indicators'), event => [`${event.indicator} ${event.observable}`]),
    ),
    checkSets(
      'misp-sync.join: each observable matches each indicator of its value',
      'once',
      wanted(observables, event =>
        attributes.filter(([, value]) => value === event.observable).map(([uuid]) => matched(event, uuid)),
      ),
      there(of('analysis.results', 'match'), event => [matched(event, event.indicator)]),
    ),
    checkSets(
      'responder.decide: each input has its record',
      'least',
      wanted([...caseEvents, ...commands, ...outcomes], byId),
      there(responses, byCause),
    ),
    checkSets(
      'responder.decide: each rule acts once on each case that it is for',
      'once',
      wanted(of('case-events', ...askedOf), event => {
        const about = event.case
        if (about === undefined) return []
        return rules.filter(rule => rule.holds(about)).map(({ name }) => `${event.domain} ${about.caseId} ${name}`)
      }),
      there(actionsOf(responses), ({ domain, action }) => [`${domain} ${action?.caseId} ${action?.rule}`]),
    ),
    checkSets(
      'responder.act: each action that is to be done has one outcome',
      'once',
      wanted(
        responses.filter(each => each.action?.goes),
        byId,
      ),
      there(of('responder.outcomes', 'outcome'), byCause),
    ),
  ]
}

type Names = (event: HistoryEvent) => readonly string[]

const byId: Names = ({ id }) => [id]
const byCause: Names = ({ causeId }) => [causeId]
const typeOf = ({ observable = '' }: HistoryEvent) => observable.slice(0, observable.indexOf('|'))
const asked = ({ domain, observable }: HistoryEvent, analyzer = '') => `${domain} ${observable} by ${analyzer}`
const matched = ({ domain, observable }: HistoryEvent, uuid = '') => `${domain} ${observable} with ${uuid}`

function wanted(events: readonly HistoryEvent[], names: Names): Wanted {
  return wantedOf(events.flatMap(event => names(event).map(name => [name, placeOf(event)] as const)))
}

function there(events: readonly HistoryEvent[], names: Names): There {
  return thereOf(events.flatMap(event => names(event).map(name => [name, placeOf(event)] as const)))
}

/** Without those that were rightly asked for again, an hour later. */
function withoutLater(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const last = new Map<string, number>()
  return events
    .toSorted((a, b) => a.at - b.at)
    .filter(event => {
      const key = asked(event, event.analyzer)
      const before = last.get(key) ?? Number.NEGATIVE_INFINITY
      last.set(key, event.at)
      return before === Number.NEGATIVE_INFINITY || event.at - before < askedAgainMs
    })
}

/** One record of each action. A digest is none: it stands for many cases. */
function actionsOf(responses: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const digests = new Set(responses.flatMap(({ action }) => (action?.isDigest ? [action.actionId] : [])))
  const one = new Map<string, HistoryEvent>()
  for (const event of responses) {
    const id = event.action?.actionId
    if (id !== undefined && !digests.has(id) && !one.has(id)) one.set(id, event)
  }
  return [...one.values()]
}
