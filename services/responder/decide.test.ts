import { describe, expect, it } from 'vitest'
import type { Tlp } from '../../core/tlp.ts'
import type { CaseEvent, ResponseEvent } from '../../schemas/generated/types.ts'
import { noticesAnHour } from './decide.ts'
import { loadPlaybooks } from './playbook/load.ts'
import { cameOf, indicatorMatched, noon, rehearsal, said, someCase, verdictChanged } from './rehearsal.ts'
import type { Target } from './targets.ts'

const minute = 60_000
const hour = 60 * minute

function target(maxTlp: Tlp, link: string | null = null): Target {
  return { type: 'notify.webhook', name: 'soc', url: 'https://chat.example', token: null, maxTlp, link }
}

function playbook(mode: 'live' | 'shadow' | undefined, more = '', when = 'case.score >= 5', soc = target('GREEN')) {
  const head = mode === undefined ? '' : `mode: ${mode}\n`
  const step = `{ action: notify.webhook, target: soc, text: 'Case {{case.number}} {{case.title}}'${more} }`
  const text = `${head}name: scores\nrules:\n  - name: five\n    when: ${when}\n    do: [${step}]\n`
  return loadPlaybooks([{ path: 'scores.yaml', text }], [soc])
}

const live = playbook('live')
const asking = playbook('live', ', approval: required')
const kinds = (records: readonly ResponseEvent[]) => records.map(each => each.kind)
const actionIn = (records: readonly ResponseEvent[]) => records.find(each => each.action !== null)?.action
const idIn = (records: readonly ResponseEvent[]) => actionIn(records)?.actionId ?? ''

describe('a rule that applies', () => {
  it('plans a live action that says what the playbook says', () => {
    const records = rehearsal(live).event(verdictChanged())
    expect(records).toMatchObject([
      {
        kind: 'planned',
        planned: { because: 'verdict-changed: case.score >= 5' },
        action: {
          playbook: 'scores',
          rule: 'five',
          caseId: 'case-1',
          caseNumber: 12,
          target: 'soc',
          mode: 'live',
          text: 'Case 12 Beacon to evil.example',
        },
        ...{ seq: 1, domain: 'acme', tenant: 'acme', tlp: 'GREEN', pap: 'AMBER', rawId: 'alerts.raw/0/7' },
      },
    ])
  })
  it('is in shadow by default: planned, and that is its end', () => {
    const run = rehearsal(playbook(undefined, ', approval: required'))
    const records = run.event(verdictChanged())
    expect(records).toMatchObject([{ kind: 'planned', action: { mode: 'shadow' } }])
    expect(kinds(run.command(said('approve', idIn(records))))).toEqual(['noted'])
  })
  it('fires once per case and verdict', () => {
    const run = rehearsal(live)
    const inputs: readonly CaseEvent[] = [
      verdictChanged(),
      verdictChanged({ score: 9 }, { id: 'e2' }),
      verdictChanged({ verdict: 'suspicious' }, { id: 'e3' }),
      verdictChanged({ caseId: 'case-2', number: 13 }, { id: 'e4' }),
      verdictChanged({ caseId: 'case-2', number: 13 }, { id: 'e5' }),
      verdictChanged({}, { id: 'e6', domain: 'other', tenant: 'other' }),
    ]
    expect(inputs.map(each => kinds(run.event(each)).join())).toEqual([
      ...['planned', 'noted', 'planned', 'planned', 'noted', 'planned'],
    ])
  })
  it('sees what an indicator says, and that it came afterwards', () => {
    const retro = playbook('live', '', "result.retro && observable.value == 'evil.example'")
    expect(kinds(rehearsal(retro).event(indicatorMatched(true)))).toEqual(['planned'])
    expect(kinds(rehearsal(retro).event(indicatorMatched(false)))).toEqual(['noted'])
  })
  it('is noted, and does not stop the stream, where its condition cannot be told', () => {
    const ratio = playbook('live', '', 'case.score / case.alerts > 1')
    expect(rehearsal(ratio).event(verdictChanged({ alerts: 0 }))).toMatchObject([
      {
        kind: 'noted',
        noted: { input: 'case-events/verdict-changed', reason: 'scores/five cannot be told: division by zero' },
      },
    ])
  })
})

describe('the record', () => {
  it('has at least one entry for every input, numbered without a gap within the domain', () => {
    const run = rehearsal(asking)
    const planned = run.event(verdictChanged())
    const id = idIn(planned)
    const records = [
      ...planned,
      ...run.event(verdictChanged({ score: 1, caseId: 'case-3' })),
      ...run.event({
        ...verdictChanged(),
        kind: 'noted',
        noted: { input: 'x', reason: 'y' },
        caseId: null,
        case: null,
      }),
      ...run.command(said('approve', id)),
      ...run.command(said('reject', id)),
      ...run.outcome(cameOf(id, 'calling')),
      ...run.outcome(cameOf(id, 'done')),
      ...run.outcome(cameOf(id, 'done')),
    ]
    expect(kinds(records)).toEqual([
      ...['planned', 'awaiting', 'noted', 'noted', 'approved', 'noted', 'attempted', 'done', 'noted'],
    ])
    expect(records.map(each => each.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('an old cause', () => {
  it.each([
    [60 * minute, ['planned']],
    [61 * minute, ['expired']],
  ])('%d ms before task time leads to %s', (age, expected) => {
    const run = rehearsal(live)
    run.see(noon + age)
    expect(kinds(run.event(verdictChanged()))).toEqual(expected)
  })
})

describe('many notices', () => {
  const event = (index: number, at = noon) =>
    verdictChanged({ caseId: `case-${index}`, number: index }, { id: `e${index}`, at })

  it('become one digest at the 21st within the hour; further ones are only recorded', () => {
    const run = rehearsal(live)
    for (let index = 1; index <= noticesAnHour; index++) expect(kinds(run.event(event(index)))).toEqual(['planned'])
    const over = run.event(event(21))
    expect(kinds(over)).toEqual(['digested', 'planned'])
    expect(over[1]?.action).toMatchObject({
      approval: false,
      text: expect.stringContaining('More than 20 notices for soc'),
    })
    expect(over[1]?.action?.actionId).not.toBe(over[0]?.action?.actionId)
    expect(kinds(run.event(event(22)))).toEqual(['digested'])
    expect(kinds(run.event(event(23, noon + hour)))).toEqual(['planned'])
  })
  it('are not counted in shadow', () => {
    const run = rehearsal(playbook('shadow'))
    for (let index = 1; index <= noticesAnHour; index++) run.event(event(index))
    expect(kinds(run.event(event(21)))).toEqual(['planned'])
  })
})

describe('redaction', () => {
  const title = 'secret title'
  it.each([
    ['GREEN', 'GREEN', 'Case 12 secret title'],
    ['CLEAR', 'GREEN', 'Case 12 secret title'],
    ['AMBER', 'GREEN', 'Case #12, severity high: vigia case show 12'],
    ['AMBER+STRICT', 'AMBER', 'Case #12, severity high: vigia case show 12'],
    ['AMBER', 'AMBER+STRICT', 'Case 12 secret title'],
    ['RED', 'AMBER+STRICT', 'Case #12, severity high: vigia case show 12'],
    ['PURPLE', 'AMBER+STRICT', 'Case #12, severity high: vigia case show 12'],
  ] as const)('of a %s case for a target of at most %s', (tlp, maxTlp, text) => {
    const records = rehearsal(playbook('live', '', 'true', target(maxTlp))).event(verdictChanged({ tlp, title }))
    expect(actionIn(records)?.text).toBe(text)
  })
  it('leaves the case number, the severity and the link, and nothing else of the case', () => {
    const soc = target('GREEN', 'https://vigia.example/cases/{{case.number}}')
    const records = rehearsal(playbook('live', '', 'true', soc)).event(verdictChanged({ tlp: 'RED', title }))
    expect(actionIn(records)?.text).toBe('Case #12, severity high: https://vigia.example/cases/12')
  })
  it('holds for the digest, which says nothing of any case', () => {
    const run = rehearsal(live)
    for (let index = 1; index <= noticesAnHour; index++)
      run.event(verdictChanged({ caseId: `c${index}` }, { id: `e${index}` }))
    const [, digest] = run.event(verdictChanged({ tlp: 'RED', title, caseId: 'c21' }, { id: 'e21' }))
    expect(digest?.action?.text).not.toContain(title)
  })
})

describe('an approval', () => {
  it('is asked for, and what was approved says who approved it and what is to be done', () => {
    const run = rehearsal(asking)
    const asked = run.event(verdictChanged())
    expect(asked).toMatchObject([{ kind: 'planned' }, { kind: 'awaiting', awaiting: { expiresAt: noon + 4 * hour } }])
    const approved = run.command(said('approve', idIn(asked), { tlp: 'CLEAR', rawId: null }))
    expect(approved).toMatchObject([
      {
        kind: 'approved',
        approved: { by: 'ana', reason: 'looks right' },
        action: actionIn(asked),
        tlp: someCase.tlp,
        rawId: 'alerts.raw/0/7',
      },
    ])
  })
  it('survives a restart', () => {
    const run = rehearsal(asking)
    const asked = run.event(verdictChanged())
    const again = run.restarted()
    expect(kinds(again.event(verdictChanged()))).toEqual(['noted'])
    const approved = again.command(said('approve', idIn(asked)))
    expect(approved).toMatchObject([{ kind: 'approved', action: actionIn(asked), seq: 4 }])
    expect(kinds(again.restarted().command(said('approve', idIn(asked))))).toEqual(['noted'])
  })
  it('can be refused', () => {
    const run = rehearsal(asking)
    const id = idIn(run.event(verdictChanged()))
    expect(run.command(said('reject', id))).toMatchObject([{ kind: 'rejected', rejected: { by: 'ana' } }])
    expect(kinds(run.command(said('approve', id)))).toEqual(['noted'])
  })
  it('expires after 4 h as rejected by nobody, once', () => {
    const run = rehearsal(asking)
    const asked = run.event(verdictChanged())
    expect(run.tick(noon + 4 * hour - 1)).toEqual([])
    expect(run.tick(noon + 4 * hour)).toMatchObject([
      {
        kind: 'rejected',
        rejected: { by: 'nobody', reason: 'expired' },
        action: actionIn(asked),
        domain: 'acme',
        tenant: 'acme',
        seq: 3,
      },
    ])
    expect(run.tick(noon + 5 * hour)).toEqual([])
  })
  it('that comes too late is none, even before the tick has seen it', () => {
    const run = rehearsal(asking)
    const id = idIn(run.event(verdictChanged()))
    expect(kinds(run.command(said('approve', id, { at: noon + 4 * hour })))).toEqual(['rejected', 'noted'])
  })
  it.each([
    ['an action that is unknown', 'f'.repeat(32), {}, 'a-ffffffff is unknown in acme, or finished'],
    ['an action of another domain', undefined, { domain: 'other' }, 'is unknown in other, or finished'],
  ])('of %s is noted with the reason', (_what, id, changed, reason) => {
    const run = rehearsal(asking)
    const own = idIn(run.event(verdictChanged()))
    const [noted] = run.command(said('approve', id ?? own, changed))
    expect(noted).toMatchObject({ kind: 'noted', noted: { reason: expect.stringContaining(reason) } })
    expect(kinds(run.command(said('approve', own, { id: 'another-command' })))).toEqual(['approved'])
  })
  it('that is sent again under the same id is noted, under an id of its own', () => {
    const run = rehearsal(asking)
    const id = idIn(run.event(verdictChanged()))
    const told = [said('approve', id), said('approve', id), said('approve', id)].flatMap(each => run.command(each))
    expect(kinds(told)).toEqual(['approved', 'noted', 'noted'])
  })
  it('of an action that needs none is noted', () => {
    const run = rehearsal(live)
    const id = idIn(run.event(verdictChanged()))
    expect(run.command(said('approve', id))).toMatchObject([
      { kind: 'noted', noted: { reason: expect.stringContaining('awaits no approval: it is planned') } },
    ])
  })
})

describe('an outcome', () => {
  it.each(['done', 'failed', 'unknown', 'expired'] as const)('%s is told, and ends the action', result => {
    const run = rehearsal(live)
    const id = idIn(run.event(verdictChanged()))
    expect(kinds(run.outcome(cameOf(id, result)))).toEqual([result])
    expect(kinds(run.outcome(cameOf(id, result)))).toEqual(['noted'])
  })
})
