import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { extractIOC } from 'ioc-extractor'
import { z } from 'zod'
import { extractFromText } from '../../../core/observable/extract.ts'
import { median } from '../measure/median.ts'
import { corpusOf, type Entry } from './corpus.ts'
import { markedIn, ours, type Score, score, theirs } from './finds.ts'

/**
 * How fast observables are found in text, and how well, beside `ioc-extractor` in the same run: both take turns on the same
 * corpus, and time is the CPU time of this process, all threads. `--check` compares with `targets.json`: fast enough by
 * itself or beside the other, at least its recall, and fewer false finds. Exits 0, 2 for wrong usage, 3 where that is not so.
 */

const usage = `usage: node test/bench/extract/main.ts [--json] [--check] [--seed 1] [--reps 5] [--show]
  --show  the first false finds and misses of ours`
const corpusBytes = 2_000_000
/** Ours is the faster: so often over the corpus a turn. */
const passes = 4

const targetsShape = z.strictObject({ megabytesPerSecond: z.number(), timesTheirs: z.number() })

/** Megabytes of text a second of CPU time. */
function speedOf(entries: readonly Entry[], bytes: number, rounds: number, search: (text: string) => unknown): number {
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) for (const entry of entries) search(entry.text)
  const { user, system } = process.cpuUsage(before)
  return (bytes * rounds) / (user + system)
}

function run(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ json: { type: 'boolean' }, check: { type: 'boolean' }, show: { type: 'boolean' } },
      ...{ seed: { type: 'string', default: '1' }, reps: { type: 'string', default: '5' } },
    },
  })
  const entries = corpusOf(Number(values.seed), corpusBytes)
  const bytes = entries.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  const quality = { ours: score(entries, ours), theirs: score(entries, theirs) }
  const marked = entries.reduce((sum, { text }) => sum + markedIn(text), 0)
  const speeds: { ours: number; theirs: number; ratio: number }[] = []
  for (let turn = 0; turn < Number(values.reps); turn++) {
    const fast = speedOf(entries, bytes, passes, extractFromText)
    const slow = speedOf(entries, bytes, 1, text => extractIOC(text))
    speeds.push({ ours: fast, theirs: slow, ratio: fast / slow })
  }
  const speed = {
    ours: median(speeds.map(each => each.ours)),
    theirs: median(speeds.map(each => each.theirs)),
    ratio: median(speeds.map(each => each.ratio)),
  }
  const targets = targetsShape.parse(JSON.parse(readFileSync(new URL('targets.json', import.meta.url), 'utf8')))
  const short = [
    ...(speed.ours >= targets.megabytesPerSecond || speed.ratio >= targets.timesTheirs
      ? []
      : [`${speed.ours.toFixed(1)} MB/s, ${speed.ratio.toFixed(1)} times theirs`]),
    ...(quality.ours.hit >= quality.theirs.hit ? [] : ['less recall than theirs']),
    ...(quality.ours.false < quality.theirs.false ? [] : ['not fewer false finds than theirs']),
  ]
  const facts = (side: 'ours' | 'theirs') => factsOf(quality[side], speed[side])
  const report = {
    lines: entries.length,
    bytes,
    ours: { ...facts('ours'), marked },
    theirs: facts('theirs'),
    ratio: speed.ratio,
  }
  if (values.json) console.log(JSON.stringify({ ...report, node: process.versions.node, short }, null, 2))
  else console.log(tableOf(report))
  if (values.show) console.log(quality.ours.examples.join('\n'))
  for (const each of values.check ? short : []) console.error(`falls short: ${each}`)
  return values.check && short.length > 0 ? 3 : 0
}

type Facts = {
  readonly megabytesPerSecond: number
  readonly recall: number
  readonly falseFinds: number
  readonly marked?: number
}

function factsOf(quality: Score, speed: number): Facts {
  return { megabytesPerSecond: speed, recall: quality.hit / quality.planted, falseFinds: quality.false }
}

function tableOf(report: { lines: number; bytes: number; ours: Facts; theirs: Facts; ratio: number }): string {
  const line = (name: string, { megabytesPerSecond, recall, falseFinds, marked }: Facts) =>
    `${name.padEnd(14)} ${megabytesPerSecond.toFixed(1).padStart(6)} MB/s of CPU  recall ${(100 * recall).toFixed(2)} %  false finds ${falseFinds}${
      marked === undefined ? '' : ` (and ${marked} marked as files)`
    }`
  return [
    `${report.lines} lines, ${(report.bytes / 1e6).toFixed(1)} MB`,
    line('vigia', report.ours),
    line('ioc-extractor', report.theirs),
    `${report.ratio.toFixed(1)} times as fast`,
  ].join('\n')
}

try {
  process.exitCode = run(process.argv.slice(2))
} catch (error) {
  console.error(`${String(error)}\n${usage}`)
  process.exitCode = 2
}
