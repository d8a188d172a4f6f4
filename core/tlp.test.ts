import { describe, expect, it } from 'vitest'
import {
  highestPap,
  highestTlp,
  type Pap,
  papAtMost,
  papFromTags,
  parsePap,
  parseTlp,
  type Tlp,
  tlpAtMost,
  tlpFromTags,
  toCortexPap,
  toCortexTlp,
} from './tlp.ts'

describe('reading a TLP', () => {
  it.each([
    [0, 'CLEAR', 'CLEAR'],
    [1, 'GREEN', 'GREEN'],
    [2, 'AMBER', 'AMBER'],
    [3, 'RED', 'AMBER+STRICT'],
    [4, 'RED', 'RED'],
    ['3', 'RED', 'AMBER+STRICT'],
    [' 2 ', 'AMBER', 'AMBER'],
    ['white', 'CLEAR', 'CLEAR'],
    ['Clear', 'CLEAR', 'CLEAR'],
    ['TLP:AMBER+STRICT', 'AMBER+STRICT', 'AMBER+STRICT'],
    ['amber_strict', 'AMBER+STRICT', 'AMBER+STRICT'],
    ['TLP: red', 'RED', 'RED'],
    ['tlp:white', 'CLEAR', 'CLEAR'],
  ] as const)('%j is %s to TheHive 4 and %s to TheHive 5', (value, four, five) => {
    expect(parseTlp(value, 'thehive4')).toBe(four)
    expect(parseTlp(value, 'thehive5')).toBe(five)
  })

  it.each([5, -1, 2.5, Number.NaN, '', 'tlp:unclear', 'tlp:ex:chr', 'reddish', null, undefined, {}, ['RED']])(
    '%j says nothing',
    value => {
      expect(parseTlp(value, 'thehive4')).toBeUndefined()
      expect(parseTlp(value, 'thehive5')).toBeUndefined()
    },
  )
})

describe('reading a PAP', () => {
  it.each([
    [0, 'CLEAR'],
    [3, 'RED'],
    ['PAP:AMBER', 'AMBER'],
    ['white', 'CLEAR'],
    [4, undefined],
    ['amber+strict', undefined],
    [undefined, undefined],
  ] as const)('%j is %s', (value, pap) => {
    expect(parsePap(value)).toBe(pap)
  })
})

describe('markings among tags', () => {
  it.each([
    [['tlp:green', 'TLP:AMBER', 'x'], 'AMBER'],
    [['tlp:amber+strict', 'tlp:amber'], 'AMBER+STRICT'],
    [['red', 'my-tlp:red'], undefined],
    [['tlp:unclear'], undefined],
    [[], undefined],
  ])('%j give TLP %s', (tags, tlp) => {
    expect(tlpFromTags(tags)).toBe(tlp)
  })

  it('gives the highest PAP', () => {
    expect(papFromTags(['PAP:GREEN', 'pap:red', 'tlp:clear'])).toBe('RED')
    expect(papFromTags(['tlp:red'])).toBeUndefined()
  })
})

describe('the order of markings', () => {
  it('is CLEAR, GREEN, AMBER, AMBER+STRICT, RED', () => {
    expect(highestTlp('GREEN', 'AMBER+STRICT', 'AMBER')).toBe('AMBER+STRICT')
    expect(highestPap('GREEN', 'RED', 'CLEAR')).toBe('RED')
    expect(tlpAtMost('AMBER+STRICT', 'AMBER')).toBe(false)
    expect(tlpAtMost('AMBER', 'AMBER')).toBe(true)
    expect(papAtMost('AMBER', 'GREEN')).toBe(false)
  })

  it('counts a marking that this version does not know as the highest', () => {
    expect(highestTlp('PURPLE' as Tlp, 'GREEN')).toBe('RED')
    expect(highestPap('PURPLE' as Pap, 'GREEN')).toBe('RED')
    expect(tlpAtMost('PURPLE' as Tlp, 'AMBER+STRICT')).toBe(false)
    expect(tlpAtMost('CLEAR', 'PURPLE' as Tlp)).toBe(false)
    expect(toCortexTlp('PURPLE' as Tlp)).toBe(3)
  })

  it.each([
    ['CLEAR', 0],
    ['GREEN', 1],
    ['AMBER', 2],
    ['AMBER+STRICT', 3],
    ['RED', 3],
  ] as const)('sends %s to Cortex as %i', (tlp, number) => {
    expect(toCortexTlp(tlp)).toBe(number)
  })

  it('sends a PAP to Cortex as 0 to 3', () => {
    expect((['CLEAR', 'GREEN', 'AMBER', 'RED'] as const).map(toCortexPap)).toEqual([0, 1, 2, 3])
  })
})
