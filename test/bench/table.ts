import { table } from '../../cli/table.ts'
import type { Figures } from './measure/item.ts'
import type { Report } from './report.ts'

/** The report for people: every figure, the two that are compared beside their ratio to the baseline. */
export function tableText(report: Report): string {
  const rows = report.items.map(({ name, figures, ratios, failures }) => [
    name,
    numberText(figures.perSecond),
    numberText(ratios.perSecond, 2),
    numberText(figures.cpuMicros, 1),
    numberText(ratios.cpuMicros, 2),
    failures.length > 0 ? `failed: ${failures[0]}` : '',
  ])
  const { machine, setting } = report
  const baseline = report.baseline ?? 'the baseline'
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, Kafka ${machine.kafka}, Java ${machine.java}`,
    `medians of ${setting.repetitions}, interleaved; ${setting.records} records of ${setting.recordBytes} bytes, the first half is warm-up; ${setting.partitions} partitions`,
    '',
    table(['', 'msg/s', '×', 'CPU µs/msg', '×', ''], rows),
    '',
    `×: against ${baseline}, higher is better (of CPU: ${baseline} / this)`,
    '',
    ...report.items.flatMap(({ name, what, figures }) => [`${name}: ${what}`, ...otherLines(figures)]),
  ].join('\n')
}

function numberText(value: number | undefined, digits = 0): string {
  if (value === undefined) return '-'
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** What an item tells besides the two figures of the table. */
function otherLines({ perSecond: _perSecond, cpuMicros: _cpuMicros, ...others }: Figures): string[] {
  const said = Object.entries(others).map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
  return said.length === 0 ? [] : [`  ${said.join(', ')}`]
}
