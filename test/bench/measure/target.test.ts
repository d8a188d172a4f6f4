import { describe, expect, it } from 'vitest'
import { itemNames } from '../items.ts'
import { judge, readTargets, targetsFrom } from './target.ts'

const found = new Map([
  ['bare', { perSecond: 50_000, cpuMicros: 17 }],
  ['identity', { perSecond: 45_000, cpuMicros: 20 }],
  ['chain', { p99Ms: 1200 }],
])

describe('a target', () => {
  it.each([
    ['held at its bound', { item: 'identity', figure: 'cpuMicros', against: 'bare', atLeast: 0.85 }, true, 0.85],
    ['short below it', { item: 'identity', figure: 'cpuMicros', against: 'bare', atLeast: 0.86 }, false, 0.85],
    ['short above the most', { item: 'chain', figure: 'p99Ms', atMost: 1000 }, false, 1200],
    ['held at the most', { item: 'chain', figure: 'p99Ms', atMost: 1200 }, true, 1200],
    ['held above the least', { item: 'bare', figure: 'perSecond', atLeast: 40_000 }, true, 50_000],
    ['short where its item was not measured', { item: 'idle', figure: 'memoryMb', atMost: 150 }, false, undefined],
    ['short where the figure is missing', { item: 'chain', figure: 'p50Ms', atMost: 9 }, false, undefined],
    [
      'short where the other item was not measured',
      { item: 'identity', figure: 'cpuMicros', against: 'streams', atLeast: 1 },
      false,
      undefined,
    ],
  ] as const)('is %s', (_what, target, held, value) => {
    const [judged] = judge([target], found)
    expect(judged).toMatchObject({ held, value })
  })

  it.each([
    [
      { item: 'identity', figure: 'cpuMicros', against: 'bare', atLeast: 0.9 },
      'identity: cpuMicros against bare is 0.85, must be at least 0.9',
    ],
    [{ item: 'chain', figure: 'p99Ms', atMost: 1000 }, 'chain: p99Ms is 1200, must be at most 1000'],
    [{ item: 'idle', figure: 'memoryMb', atMost: 150 }, 'idle: memoryMb was not measured, must be at most 150'],
  ] as const)('says what falls short: %j', (target, sentence) => {
    expect(judge([target], found)[0]?.sentence).toBe(sentence)
  })

  it.each([
    ['a bound that is no number', '[{"item":"bare","figure":"perSecond","atLeast":"1"}]'],
    ['no bound', '[{"item":"bare","figure":"perSecond"}]'],
    ['two bounds', '[{"item":"bare","figure":"perSecond","atLeast":1,"atMost":2}]'],
    ['a ratio of what is not compared', '[{"item":"chain","figure":"p99Ms","against":"bare","atLeast":1}]'],
  ])('is refused with %s', (_what, text) => {
    expect(() => targetsFrom(text)).toThrow()
  })

  it('of the file names only items that there are', () => {
    const named = readTargets().flatMap(each => [each.item, ...('against' in each ? [each.against] : [])])
    expect(named.filter(name => !itemNames.includes(name))).toEqual([])
    expect(named.length).toBeGreaterThan(5)
  })
})
