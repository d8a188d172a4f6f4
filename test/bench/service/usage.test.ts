import { describe, expect, it } from 'vitest'
import { figuresOf, loadBetween, usageIn } from './usage.ts'

describe('usage', () => {
  it('is read from the metrics of a service', () => {
    const text = [
      '# HELP vigia_process_cpu_seconds_total Total user and system CPU time spent in seconds.',
      'vigia_process_cpu_user_seconds_total{service="ingest"} 1.25',
      'vigia_process_cpu_seconds_total{service="ingest"} 1.5',
      'vigia_process_resident_memory_bytes{service="ingest"} 104857600',
    ].join('\n')
    expect(usageIn(text)).toEqual({ cpuSeconds: 1.5, memoryMb: 100 })
  })

  it('is no number where the metrics do not tell', () => {
    expect(usageIn('up 1\n')).toEqual({ cpuSeconds: Number.NaN, memoryMb: Number.NaN })
  })

  it('between two looks is a share of one core, by service', () => {
    const before = new Map([['case-builder', { at: 1000, cpuSeconds: 2, memoryMb: 90 }]])
    const after = new Map([
      ['case-builder', { at: 11_000, cpuSeconds: 2.5, memoryMb: 110 }],
      ['responder', { at: 11_000, cpuSeconds: 1, memoryMb: 80 }],
    ])
    expect(figuresOf(loadBetween(before, after))).toEqual({ caseBuilderCpuPercent: 5, caseBuilderMemoryMb: 110 })
  })
})
