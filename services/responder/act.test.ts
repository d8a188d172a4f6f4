import { describe, expect, it } from 'vitest'
import { fakeNotifier } from '../../adapters/notify/fake.ts'
import type { Decision, StateView } from '../../runtime/decision.ts'
import { type StateStore, stateStore } from '../../runtime/engine/state-store.ts'
import type { ActState, OutcomeRecord, ResponseEvent } from '../../schemas/generated/types.ts'
import { act } from './act.ts'
import { loadPlaybooks } from './playbook/load.ts'
import { contextAt, noon, rehearsal, response, said, verdictChanged } from './rehearsal.ts'
import type { Target } from './targets.ts'

const soc: Target = {
  ...{ type: 'notify.webhook', name: 'soc', url: 'https://chat.example', token: null, maxTlp: 'GREEN', link: null },
}
const minute = 60_000
const never = new AbortController().signal

function recordsOf(mode: string, approval = ''): readonly ResponseEvent[] {
  const text = `name: p\nmode: ${mode}\nrules: [{ name: r, when: 'true', do: [{ action: notify.webhook, target: soc${approval} }] }]`
  const run = rehearsal(loadPlaybooks([{ path: 'p.yaml', text }], [soc]))
  const planned = run.event(verdictChanged())
  const id = planned[0]?.action?.actionId ?? ''
  return [...planned, ...run.command(said('approve', id))].map(each => response(each))
}

/** The engine's part: what is decided is kept, then the call is made and its outcome kept. */
function acting(store: StateStore = stateStore()) {
  const notifier = fakeNotifier()
  const how = act(notifier)
  const view = store.view as StateView<ActState>
  const settle = ({ writes, remembers }: Decision) => {
    store.apply(remembers)
    store.commit()
    return writes.map(each => each.draft as unknown as OutcomeRecord)
  }
  return {
    notifier,
    how,
    begin(event: ResponseEvent, now = noon) {
      const { perform, decision } = how.begin(view, event, contextAt(now))
      return { perform, records: settle(decision) }
    },
    async finish(event: ResponseEvent) {
      return settle(how.finish(view, event, await how.perform(event, never), contextAt(noon)))
    },
    left: () => store.size(),
  }
}

const [planned] = recordsOf('live')
const [asked, awaiting, approved] = recordsOf('live', ', approval: required')
const [shadow] = recordsOf('shadow')

describe('what is acted on', () => {
  it.each([
    ['planned, live, with no approval', planned, true],
    ['approved', approved, true],
    ['planned, to be approved', asked, false],
    ['awaiting', awaiting, false],
    ['planned in shadow', shadow, false],
    ['digested', { ...planned, kind: 'digested', digested: { says: '' } } as ResponseEvent, false],
    ['done', { ...planned, kind: 'done', done: { says: '' } } as ResponseEvent, false],
    ['noted', { ...planned, action: null, kind: 'noted', noted: { input: '', reason: '' } } as ResponseEvent, false],
  ])('%s: %#', (_what, event, perform) => {
    if (event === undefined) throw new Error('the record was not written')
    const begun = acting().begin(event)
    expect([begun.perform, begun.records.map(each => each.kind)]).toEqual([perform, perform ? ['calling'] : []])
  })
})

describe('an action', () => {
  if (planned === undefined) throw new Error('nothing was planned')
  const actionId = planned.action?.actionId

  it('is intended before the call, made under its id, and told afterwards', async () => {
    const run = acting()
    expect(run.begin(planned).records).toMatchObject([
      { kind: 'calling', calling: { actionId, idempotencyKey: actionId } },
    ])
    expect(run.left()).toBe(1)
    expect(await run.finish(planned)).toMatchObject([{ kind: 'outcome', outcome: { actionId, result: 'done' } }])
    expect(run.notifier.received).toMatchObject([{ actionId, target: 'soc', caseNumber: 12 }])
    expect(run.left()).toBe(0)
  })
  it.each([
    ['refuses', 'failed'],
    ['hangs-up', 'unknown'],
    ['unreachable', 'failed'],
  ] as const)('toward a receiver that %s has the outcome %s', async (as, result) => {
    const run = acting()
    run.notifier.behave(as)
    run.begin(planned)
    expect(await run.finish(planned)).toMatchObject([{ outcome: { result } }])
  })
  it('that was begun before a crash is unknown when it is delivered again, and is never made again', () => {
    const store = stateStore()
    acting(store).begin(planned)
    const after = acting(store)
    const begun = after.begin(planned)
    expect(begun).toMatchObject({
      perform: false,
      records: [{ kind: 'outcome', outcome: { actionId, result: 'unknown' } }],
    })
    expect([after.notifier.received.length, after.left()]).toEqual([0, 0])
  })
  it.each([
    [60 * minute, true],
    [61 * minute, false],
  ])('%d ms after its cause is still made: %s', (age, perform) => {
    const begun = acting().begin(planned, noon + age)
    expect(begun.perform).toBe(perform)
    expect(begun.records).toMatchObject([
      perform ? { kind: 'calling' } : { kind: 'outcome', outcome: { result: 'expired' } },
    ])
  })
  it('has its target as its lane, and what is not acted on waits for nothing', () => {
    const { how } = acting()
    expect([how.lane(planned), how.lane({ ...planned, id: 'e9', action: null })]).toEqual(['soc', 'e9'])
  })
  it('whose call breaks off by a bug has an unknown outcome', () => {
    expect(acting().how.failed(planned, new Error('s3cret'))).toEqual({ result: 'unknown', says: 'the call broke off' })
  })
})
