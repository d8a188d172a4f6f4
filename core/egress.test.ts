import { describe, expect, it } from 'vitest'
import { type Egress, mayLeave } from './egress.ts'
import type { ObservableFlag } from './observable/types.ts'
import { type Pap, paps, type Tlp, tlps } from './tlp.ts'

const open = { tlp: 'CLEAR', pap: 'CLEAR', flags: [] } as const

describe('what may leave', () => {
  it('lets anything be looked at without egress', () => {
    for (const tlp of tlps) {
      for (const pap of paps) {
        const subject = { tlp, pap, flags: ['private', 'own'] as const }
        expect(mayLeave(subject, { egress: 'none', maxTlp: 'GREEN' })).toEqual({ allowed: true })
      }
    }
  })

  it.each([
    ['passive', undefined, ['CLEAR', 'GREEN']],
    ['active', undefined, ['CLEAR', 'GREEN']],
    ['passive', 'CLEAR', ['CLEAR']],
    ['passive', 'AMBER', ['CLEAR', 'GREEN', 'AMBER']],
    ['active', 'AMBER+STRICT', ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT']],
    ['active', 'RED', ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT']],
    ['passive', 'RED', ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT']],
    ['passive', 'PURPLE', []],
  ] as const)('%s with a highest TLP of %s lets %j leave, and never RED', (egress, maxTlp, leaving) => {
    const way = { egress, ...(maxTlp === undefined ? {} : { maxTlp: maxTlp as Tlp }) }
    expect(tlps.filter(tlp => mayLeave({ ...open, tlp }, way).allowed)).toEqual(leaving)
  })

  it.each([
    ['passive', ['CLEAR', 'GREEN', 'AMBER']],
    ['active', ['CLEAR', 'GREEN']],
  ] as const)('%s lets PAP %j leave', (egress, leaving) => {
    expect(paps.filter(pap => mayLeave({ ...open, pap }, { egress }).allowed)).toEqual(leaving)
  })

  it.each([
    ['private', 'private'],
    ['loopback', 'private'],
    ['reserved', 'private'],
    ['own', 'own'],
    ['file-like', 'private'],
    ['a-mark-of-tomorrow', 'private'],
  ])('keeps what is marked %s in', (flag, reason) => {
    for (const egress of ['passive', 'active'] as const) {
      const gate = mayLeave({ ...open, flags: ['empty-file', flag as ObservableFlag] }, { egress })
      expect(gate).toMatchObject({ allowed: false, reason })
    }
  })

  it('lets well-known and empty things be asked about', () => {
    const flags = ['empty-file', 'warninglist:Top sites'] as const
    expect(mayLeave({ ...open, flags }, { egress: 'active' })).toEqual({ allowed: true })
  })

  it.each([
    ['tlp', { ...open, tlp: 'AMBER' }, /TLP AMBER is higher than GREEN/],
    ['tlp', { ...open, tlp: 'RED' }, /TLP RED is higher than anything that leaves/],
    ['pap', { ...open, pap: 'RED' }, /PAP RED is higher than AMBER/],
    ['own', { ...open, flags: ['own'] }, /organisation's own/],
    ['private', { ...open, flags: ['loopback'] }, /loopback/],
  ] as const)('says why: %s', (reason, subject, says) => {
    const gate = mayLeave(subject, { egress: 'passive' })
    expect(gate).toMatchObject({ allowed: false, reason })
    expect('says' in gate && gate.says).toMatch(says)
  })

  it.each([
    ['TLP', { ...open, tlp: 'PURPLE' as Tlp }, 'passive'],
    ['PAP', { ...open, pap: 'PURPLE' as Pap }, 'passive'],
    ['way', open, 'teleport' as Egress],
  ] as const)('refuses where it does not know the %s', (_, subject, egress) => {
    expect(mayLeave(subject, { egress, maxTlp: 'AMBER+STRICT' }).allowed).toBe(false)
  })
})
