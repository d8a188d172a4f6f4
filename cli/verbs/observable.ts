import { topics } from '../../schemas/catalogue.ts'
import { type Connection, connect } from '../connection.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { timeText } from '../table.ts'
import { UsageError, type Verb } from '../verb.ts'
import { type Known, knownOf, type Sightings } from './known-of.ts'
import { latestIndicators, latestObservables } from './read-latest.ts'

/** What is known of a value: where it was seen, what analyzers and indicators say. Exits 3 where nothing is. */
export const observable: Verb = {
  name: 'observable',
  usage: 'show VALUE',
  summary: 'what is known of an address, a name, a URL, a hash, …',
  words: 2,
  async run([what, value], flags, io) {
    if (what !== 'show') throw new UsageError('say show')
    if (value === undefined) throw new UsageError('VALUE is missing')
    const connection = await connect(flags, io.env)
    try {
      const known = knownOf(value, await sightings(connection))
      const isKnown = known.seen.length + known.indicators.length + known.results.length > 0
      if (flags.json === true) io.out(JSON.stringify({ value, ...known }))
      else if (isKnown) io.out(knownText(known))
      if (!isKnown) io.err(`nothing is known of ${value}`)
      return isKnown ? 0 : 3
    } finally {
      await connection.close()
    }
  },
}

async function sightings(connection: Connection): Promise<Sightings> {
  const { log, codec, prefix } = connection
  return {
    observables: await latestObservables(connection),
    indicators: await latestIndicators(connection),
    results: (await readAll(log, codec, prefix, topics.analysisResults)).map(each => each.value),
    caseEvents: (await readAll(log, codec, prefix, topics.caseEvents)).map(each => each.value),
  }
}

function knownText({ seen, indicators, results, cases }: Known): string {
  return [
    ...seen.map(each => {
      const flags = each.flags.length === 0 ? '' : `, ${each.flags.join(', ')}`
      return `seen       ${each.type} ${each.value} in ${each.domain} as ${each.role} since ${timeText(each.firstSeenAt)}, TLP ${each.tlp}${flags}`
    }),
    ...cases.map(each => `case       #${each.number} of ${each.domain}  c-${each.caseId.slice(0, 8)}`),
    ...indicators.map(each => {
      const weight = each.toIds ? '' : ' (not for detection)'
      return `indicator  ${each.source}: ${each.eventInfo}${weight}, scope ${each.scope}, ${timeText(each.timestamp)}`
    }),
    ...results.map(each => `${each.kind.padEnd(9)}  ${timeText(each.at)}  ${each.domain}: ${each.says}`),
  ].join('\n')
}
