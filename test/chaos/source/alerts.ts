import { type Random, seededRandom } from '../../../runtime/memory/random.ts'

/** What one raw record says, as far as the counts at the end must know it. */
export type RawAlert = {
  readonly tenant: string
  readonly body: string
  /** One for each part: equal names are equal alerts; null where the part is no alert at all. */
  readonly parts: readonly (string | null)[]
}

export const tenants: readonly string[] = ['t0', 't1', 't2', 't3', 't4', 't5']

/** The documentation ranges (RFC 5737): nobody's addresses, and joinable. */
const networks = ['192.0.2', '198.51.100', '203.0.113']
export const addressCount = networks.length * 254

export function addressOf(number: number): string {
  return `${networks[number % networks.length]}.${1 + (Math.floor(number / networks.length) % 254)}`
}

/** Alerts that share an address come one after another, so that cases are opened from the first alert to the last. */
const alertsPerAddress = 12
/** A repeat is of one of the last so many. */
const remembered = 400

/**
 * An endless, seeded stream of what senders send: alerts of six tenants, repeats of them, several in one body, records
 * that a policy keeps out, and some that are broken.
 */
export function alertStream(seed: number): () => RawAlert {
  const random = seededRandom(seed)
  const last: RawAlert[] = []
  let number = 0
  const fresh = (): RawAlert => {
    const made = freshAlert(number++, random)
    last.push(made)
    if (last.length > remembered) last.shift()
    return made
  }
  return () => {
    const what = random.below(100)
    if (what < 20 && last.length > 0) return last[random.below(last.length)] ?? fresh()
    if (what < 24) return together([fresh(), fresh(), fresh()])
    if (what < 27) return broken(number++)
    if (what < 30) return keptOut(number++)
    return fresh()
  }
}

function freshAlert(number: number, random: Random): RawAlert {
  const run = Math.floor(number / alertsPerAddress)
  // One address is met by every tenant in turn, but not by all at once.
  const tenant = tenants[(run + Math.floor(run / addressCount)) % tenants.length] ?? ''
  const sourceRef = `r-${number}`
  const body = JSON.stringify({
    ...{ type: 'siem', source: 'probe', sourceRef, title: `alert ${number}`, description: 'd', tlp: 1 },
    severity: random.below(10) === 0 ? 4 : 2,
    artifacts: [{ dataType: 'ip', data: addressOf(run % addressCount), tags: ['src'] }],
  })
  return { tenant, body, parts: [`${tenant}/${sourceRef}`] }
}

/** Several parts in one body, all of the first one's tenant: the seal names one. */
function together(alerts: readonly RawAlert[]): RawAlert {
  const tenant = alerts[0]?.tenant ?? ''
  const named = alerts.flatMap(each => each.parts).map(part => `${tenant}/${part?.split('/')[1]}`)
  return { tenant, body: `[${alerts.map(each => each.body).join(',')}]`, parts: named }
}

function broken(number: number): RawAlert {
  return { tenant: tenants[number % tenants.length] ?? '', body: `{ "broken": ${number}`, parts: [null] }
}

function keptOut(number: number): RawAlert {
  const body = JSON.stringify({ event_type: 'flow', timestamp: '2026-01-01T00:00:00.000000+0000', flow_id: number })
  return { tenant: tenants[number % tenants.length] ?? '', body, parts: [null] }
}
