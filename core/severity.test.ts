import { describe, expect, it } from 'vitest'
import {
  highestSeverity,
  severities,
  severityFromName,
  severityFromPriority,
  severityFromRisk,
  severityFromSuricata,
  severityFromTheHive,
  severityFromThreatLevel,
  severityFromWazuh,
} from './severity.ts'

/** By source: inputs, and what they are; the rows of contract table 6.9. */
const table: Readonly<Record<string, [read: (value: unknown) => string | undefined, rows: [unknown, unknown][]]>> = {
  TheHive: [
    severityFromTheHive,
    [
      ...severities.map((each, at): [unknown, unknown] => [at + 1, each]),
      [0, undefined],
      [5, undefined],
      ['2', undefined],
    ],
  ],
  'a name': [
    severityFromName,
    [
      ['informational', 'low'],
      ['Low', 'low'],
      [' MEDIUM ', 'medium'],
      ['high', 'high'],
      ['critical', 'critical'],
      ['constructor', undefined],
      ['', undefined],
      [3, undefined],
    ],
  ],
  Suricata: [
    severityFromSuricata,
    [
      [1, 'high'],
      [2, 'medium'],
      [3, 'low'],
      [255, 'low'],
      [0, undefined],
      [undefined, undefined],
    ],
  ],
  Wazuh: [
    severityFromWazuh,
    [
      [0, 'low'],
      [6, 'low'],
      [7, 'medium'],
      [11, 'medium'],
      [12, 'high'],
      [14, 'high'],
      [15, 'critical'],
      [16, 'critical'],
      [-1, undefined],
    ],
  ],
  'a risk score': [
    severityFromRisk,
    [
      [0, 'low'],
      [46.9, 'low'],
      [47, 'medium'],
      [72, 'medium'],
      [73, 'high'],
      [98, 'high'],
      [99, 'critical'],
      [100, 'critical'],
      [101, undefined],
      [Number.NaN, undefined],
    ],
  ],
  'a priority of ElastAlert or Sigma': [
    severityFromPriority,
    [
      [0, 'low'],
      [1, 'low'],
      [2, 'medium'],
      [3, 'high'],
      [4, 'critical'],
      [5, undefined],
    ],
  ],
  "MISP's threat level": [
    severityFromThreatLevel,
    [
      [1, 'high'],
      ['1', 'high'],
      [2, 'medium'],
      [3, 'low'],
      ['4', 'medium'],
      [5, undefined],
      ['toString', undefined],
    ],
  ],
}

describe('severity', () => {
  for (const [source, [read, rows]] of Object.entries(table)) {
    it.each(rows)(`of ${source}: %j is %s`, (value, severity) => {
      expect(read(value)).toBe(severity)
    })
  }

  it('of Suricata goes up to critical where the signature says so', () => {
    expect(severityFromSuricata(3, 'Critical')).toBe('critical')
    expect(severityFromSuricata(3, 'Major')).toBe('high')
    expect(severityFromSuricata(1, 'Minor')).toBe('low')
  })

  it('has an order', () => {
    expect(highestSeverity('low', 'high', 'medium')).toBe('high')
    expect(highestSeverity('critical', 'high')).toBe('critical')
    expect(highestSeverity('low')).toBe('low')
  })
})
