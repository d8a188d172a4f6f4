import { describe, expect, it } from 'vitest'
import { reportOf } from './report.ts'
import { tableText } from './table.ts'

const machine = { cores: 2, cpu: 'Some', memoryGb: 8, node: '24.1.0', kafka: '4.3.1', java: '17' }
const setting = { repetitions: 3, records: 1000, recordBytes: 600, partitions: 6 }
const bare = { name: 'bare', what: 'the loop', baseline: true }

const report = reportOf(machine, setting, [
  { item: bare, runs: [10, 30, 20].map(cpuMicros => ({ perSecond: 40_000, cpuMicros })), failures: [] },
  { item: { name: 'identity', what: 'the engine' }, runs: [{ perSecond: 30_000, cpuMicros: 25 }], failures: [] },
  { item: { name: 'chain', what: 'all of it' }, runs: [{ p99Ms: 512.3456 }], failures: [] },
  { item: { name: 'idle', what: 'nothing' }, runs: [], failures: ['not done within 120 s'] },
])

describe('the report', () => {
  it('has medians, and ratios to the baseline in which higher is better', () => {
    expect(report.baseline).toBe('bare')
    expect(report.items.map(({ name, ratios }) => [name, ratios])).toEqual([
      ['bare', { perSecond: 1, cpuMicros: 1 }],
      ['identity', { perSecond: 0.75, cpuMicros: 0.8 }],
      ['chain', {}],
      ['idle', {}],
    ])
    expect(report.items[0]?.figures).toEqual({ perSecond: 40_000, cpuMicros: 20 })
  })

  it('is a table for people, with every figure and what failed', () => {
    const lines = tableText(report).split('\n')
    expect(lines[0]).toBe('2 cores (Some), 8 GB, Node 24.1.0, Kafka 4.3.1, Java 17')
    const rows = lines.map(line => line.split(/ {2,}/))
    expect(rows).toContainEqual(['bare', '40,000', '1.00', '20.0', '1.00'])
    expect(rows).toContainEqual(['identity', '30,000', '0.75', '25.0', '0.80'])
    expect(rows).toContainEqual(['chain', '-', '-', '-', '-'])
    expect(lines.slice(lines.indexOf('chain: all of it')).slice(0, 2)).toEqual(['chain: all of it', '  p99Ms 512'])
    expect(rows).toContainEqual(['idle', '-', '-', '-', '-', 'failed: not done within 120 s'])
    expect(lines).toContain('identity: the engine')
  })

  it('has no ratios where the baseline was not run', () => {
    const alone = reportOf(machine, setting, [
      { item: { name: 'identity', what: '' }, runs: [{ cpuMicros: 25 }], failures: [] },
    ])
    expect(alone.baseline).toBeUndefined()
    expect(alone.items[0]?.ratios).toEqual({})
  })
})
