import { describe, expect, it } from 'vitest'
import { type Seeded, seeded } from '../../core/observable/seeded.ts'
import type { AlertRecord, CaseEvent, DeadLetterRecord } from '../../schemas/generated/types.ts'
import {
  deadInFold,
  linked,
  repeated,
  someAlert,
  someDeadLetter,
  someRejection,
  someSuppression,
  suppressed,
} from '../explain/some-events.ts'
import { accountOf, type Placed } from './account.ts'
import type { Committed } from './open-record.ts'
import { type Outcome, outcomes, type Row } from './outcome.ts'

/**
 * Random histories with losses, dead letters and parts that are driven again, as they grow: whoever follows them in
 * rounds, whoever reads them at once, and the book below, which keeps everything, must agree.
 */

const rawPartitions = 3
const alertPartitions = 2
const tenants = ['acme', 'globex']
type RawRecord = { readonly partition: number; readonly offset: number; readonly timestamp: number }

type Topics = {
  readonly raw: RawRecord[]
  readonly alerts: Placed<AlertRecord>[]
  readonly caseEvents: CaseEvent[]
  readonly deadLetters: DeadLetterRecord[]
}

type Again = { readonly origin: string; readonly attempt: number; readonly tenant: string }

/** A chain of which nothing is real but what it leaves. */
function growing(random: Seeded) {
  const topics: Topics = { raw: [], alerts: [], caseEvents: [], deadLetters: [] }
  const committed = { ingested: new Map<number, number>(), folded: new Map<number, number>() }
  const drivenAgain = new Map<number, Again>()
  const rejections: Again[] = []

  function send(again?: Again): void {
    const partition = random.below(rawPartitions)
    const offset = topics.raw.filter(each => each.partition === partition).length
    if (again !== undefined) drivenAgain.set(topics.raw.length, again)
    topics.raw.push({ partition, offset, timestamp: 1000 + topics.raw.length })
  }

  function ingestOne(): void {
    const partition = random.below(rawPartitions)
    const next = committed.ingested.get(partition) ?? 0
    const index = topics.raw.findIndex(each => each.partition === partition && each.offset === next)
    if (index === -1) return
    committed.ingested.set(partition, next + 1)
    const again = drivenAgain.get(index)
    const rawId = `alerts.raw/${partition}/${next}`
    if (random.below(20) === 0) return
    if (random.below(12) === 0) {
      const letter = someDeadLetter(next, partition)
      topics.deadLetters.push(letter)
      if (again === undefined) rejections.push({ origin: `${rawId}#0`, attempt: 0, tenant: letter.tenant })
      return
    }
    const parts = 1 + random.below(3)
    for (let part = 0; part < parts; part += 1) {
      const place = { partition, offset: next, part, parts, ...again }
      // Two tenants, so that it can be seen whose the part is that counts.
      const tenant = part === 0 && again !== undefined ? again.tenant : random.one(tenants)
      const made = random.one([someAlert, someAlert, someAlert, someRejection, someSuppression])(place)
      const value = { ...made, tenant }
      const to = random.below(alertPartitions)
      topics.alerts.push({
        partition: to,
        offset: topics.alerts.filter(each => each.partition === to).length,
        value,
      })
      if (value.kind !== 'rejection') continue
      const letter = someDeadLetter(next, partition)
      const deadLetter = { ...letter.deadLetter, part: parts === 1 ? null : part }
      topics.deadLetters.push({ ...letter, id: `rejected ${value.id}`, causeId: value.causeId, tenant, deadLetter })
      rejections.push(again !== undefined && part === 0 ? again : { origin: `${rawId}#${part}`, attempt: 0, tenant })
    }
  }

  function foldOne(): void {
    const partition = random.below(alertPartitions)
    const next = committed.folded.get(partition) ?? 0
    const alert = topics.alerts.find(each => each.partition === partition && each.offset === next)?.value
    if (alert === undefined) return
    committed.folded.set(partition, next + 1)
    if (alert.kind !== 'alert' || random.below(15) === 0) return
    if (random.below(8) === 0) {
      topics.deadLetters.push(deadInFold(alert))
      if (alert.alert.origin === null) rejections.push({ origin: alert.causeId, attempt: 0, tenant: alert.tenant })
    } else topics.caseEvents.push(random.one([linked(alert), repeated(alert, alert), suppressed(alert)]))
  }

  return {
    topics,
    committed,
    step() {
      const what = random.below(10)
      if (what < 3) send()
      else if (what < 4 && rejections.length > 0) {
        const { origin, attempt, tenant } = random.one(rejections)
        // Whoever drives again may say what is not so: of another tenant, or of what was never refused.
        const isTold = random.below(6) > 0
        const [any] = topics.alerts.length === 0 ? [] : [random.one(topics.alerts)]
        if (isTold || any === undefined) send({ origin, attempt: attempt + 1, tenant })
        else if (random.below(2) === 0) send({ origin, attempt: attempt + 1, tenant: random.one(tenants) })
        else send({ origin: any.value.causeId, attempt: 1, tenant })
      } else if (what < 7) ingestOne()
      else foldOne()
    },
  }
}

/** The same account, slowly: all that the topics hold at once, by the ids alone. */
function byTheBook({ raw, alerts, caseEvents, deadLetters }: Topics, { ingested, folded }: Committed) {
  const decided = new Map<string, Outcome>()
  for (const event of caseEvents) {
    if (event.kind === 'alert-linked') decided.set(event.alertLinked.alertId, 'linked')
    if (event.kind === 'alert-repeated') decided.set(event.alertRepeated.alertId, 'duplicate')
    if (event.kind === 'alert-suppressed') decided.set(event.alertSuppressed.alertId, 'suppressed')
  }
  const dead = new Map(deadLetters.map(each => [each.causeId, each.tenant]))
  const bodies = alerts.map(({ value, partition, offset }) => {
    const body = value.kind === 'alert' ? value.alert : value.kind === 'rejection' ? value.rejection : value.suppression
    const isPast = offset < (folded.get(partition) ?? 0)
    const waiting: Outcome = isPast ? 'unaccounted' : 'pending'
    const ofAlert = decided.get(value.id) ?? (dead.has(value.id) ? 'rejected' : waiting)
    const outcome: Outcome = value.kind === 'alert' ? ofAlert : value.kind === 'rejection' ? 'rejected' : 'suppressed'
    return {
      ...body,
      outcome,
      tenant: value.tenant,
      causeId: value.causeId,
      rawId: value.rawId,
      attempt: value.attempt,
    }
  })
  const told: { id: string; source: string; tenant: string; outcome: Outcome; for?: string | undefined }[] = []
  const isRead = new Set(raw.map(({ partition, offset }) => `alerts.raw/${partition}/${offset}`))
  for (const { partition, offset } of raw) {
    const rawId = `alerts.raw/${partition}/${offset}`
    const mine = bodies.filter(each => each.rawId === rawId)
    const nobody = { source: 'unread', tenant: 'unread' }
    const missing: Outcome = offset < (ingested.get(partition) ?? 0) ? 'unaccounted' : 'pending'
    const whole = dead.get(rawId)
    if (mine.length === 0)
      told.push({ id: `${rawId}#0`, ...nobody, outcome: whole === undefined ? missing : 'rejected', for: whole })
    for (let part = 0; part < (mine[0]?.parts ?? 0); part += 1) {
      const found = mine.find(each => each.part === part)
      if (found?.origin !== null && found?.origin !== undefined && part === 0) continue
      told.push({ id: `${rawId}#${part}`, ...(found ?? { ...nobody, outcome: missing }), for: found?.tenant })
    }
  }
  const order: readonly Outcome[] = ['unaccounted', 'pending', 'linked', 'duplicate', 'suppressed', 'rejected']
  const place = ({ rawId }: { rawId: string | null }) =>
    raw.findIndex(({ partition, offset }) => `alerts.raw/${partition}/${offset}` === rawId)
  const attempts = bodies
    .filter(each => each.origin !== null && each.part === 0)
    .sort((a, b) => b.attempt - a.attempt || order.indexOf(a.outcome) - order.indexOf(b.outcome) || place(b) - place(a))
  const rows = new Map<string, Row>()
  const add = ({ source, tenant, outcome }: { source: string; tenant: string; outcome: Outcome }) => {
    const key = `${source} ${tenant}`
    const zeros = Object.fromEntries(outcomes.map(each => [each, 0])) as Record<Outcome, number>
    const row = rows.get(key) ?? { source, tenant, ...zeros }
    rows.set(key, { ...row, [outcome]: row[outcome] + 1 })
  }
  const foreign: string[] = []
  const refused = new Map(told.flatMap(each => (each.outcome === 'rejected' ? [[each.id, each.for]] : [])))
  for (const each of told) {
    const isRefused = each.outcome === 'rejected'
    add(attempts.find(({ origin, tenant }) => isRefused && origin === each.id && tenant === each.for) ?? each)
  }
  for (const each of attempts) {
    const owner = refused.get(each.origin ?? '')
    if (owner === each.tenant) continue
    add(each)
    if (owner !== undefined) foreign.push(each.causeId)
  }
  expect(attempts.filter(each => !isRead.has(each.origin?.split('#')[0] ?? ''))).toEqual([])
  return { rows: sorted([...rows.values()]), foreign: foreign.toSorted() }
}

const sorted = (rows: readonly Row[]) =>
  rows.toSorted((a, b) => `${a.source} ${a.tenant}`.localeCompare(`${b.source} ${b.tenant}`))

/** Hands over what is new of each topic, the topics in any order among themselves. */
function reader(account: ReturnType<typeof accountOf>, random: Seeded) {
  const at = { raw: 0, alerts: 0, caseEvents: 0, deadLetters: 0 }
  return (topics: Topics, committed: Committed) => {
    const left = () =>
      (['raw', 'alerts', 'caseEvents', 'deadLetters'] as const).filter(name => at[name] < topics[name].length)
    for (let names = left(); names.length > 0; names = left()) {
      const name = random.one(names)
      const index = at[name]
      at[name] += 1
      if (name === 'raw') account.raw(topics.raw[index] as RawRecord)
      else if (name === 'alerts') account.alert(topics.alerts[index] as Placed<AlertRecord>)
      else if (name === 'caseEvents') account.caseEvent(topics.caseEvents[index] as CaseEvent)
      else account.deadLetter(topics.deadLetters[index] as DeadLetterRecord)
    }
    account.settle(committed)
  }
}

const copyOf = ({ ingested, folded }: Committed) => ({ ingested: new Map(ingested), folded: new Map(folded) })

describe('one history', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed + 1))(
    'gives one account however it is read, with seed %i',
    seed => {
      const random = seeded(seed)
      const chain = growing(random)
      const following = accountOf({ covers: () => true, remembers: 'open' })
      const read = reader(following, random)
      for (let round = 0; round < 6; round += 1) {
        // As a follower does: first what was committed, then the topics, which go on meanwhile.
        const committed = copyOf(chain.committed)
        for (let step = random.below(40); step > 0; step -= 1) chain.step()
        read(chain.topics, committed)
        const inRounds = following.ledger()

        const atOnce = accountOf({ covers: () => true, remembers: 'all' })
        reader(atOnce, random)(chain.topics, committed)
        const book = byTheBook(chain.topics, committed)
        for (const { rows, repeated, orphans } of [inRounds, atOnce.ledger()]) {
          expect({ rows: sorted(rows), foreign: repeated.toSorted() }).toEqual(book)
          expect(orphans).toEqual([])
        }
        expect(inRounds.parts.map(each => each.id).toSorted()).toEqual(
          atOnce
            .ledger()
            .parts.map(each => each.id)
            .toSorted(),
        )
      }
    },
  )
})
