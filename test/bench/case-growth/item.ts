import { median } from '../chain/percentiles.ts'
import type { Item } from '../measure/item.ts'
import { type Folding, folding } from './growth.ts'

/** Alerts in a window, and windows of either sort; the windows take turns, and each figure is their median. */
const window = 200
const turns = 5
const small = 20
const large = 10_000
const warmUp = 20_000

export const item: Item = {
  name: 'case-growth',
  what: `bytes (outputs and changelog) and CPU of an alert, one transaction each, on the engine without a log: the 10,000th of one case against the 10th (the 5th to 14th of ${small} cases)`,
  async run({ quick }) {
    const turn = await folding()
    const size = quick ? large / 10 : large
    // Other cases first, until the code is hot; then the large one up to where its windows begin.
    for (let i = 0; i < warmUp; i++) await turn.fold(`warm-${i % 1000}`)
    for (let i = 0; i < size - (turns * window) / 2; i++) await turn.fold('large')
    const early: Cost[] = []
    const late: Cost[] = []
    for (let i = 0; i < turns; i++) {
      const cases = Array.from({ length: small }, (_, index) => `small-${i}-${index}`)
      for (let n = 0; n < 4 * small; n++) await turn.fold(cases[n % small] ?? '')
      early.push(await costOf(turn, n => cases[n % small] ?? ''))
      late.push(await costOf(turn, () => 'large'))
    }
    const [earlyBytes, lateBytes] = [early, late].map(each => median(each.map(cost => cost.bytes))) as [number, number]
    const [earlyCpu, lateCpu] = [early, late].map(each => median(each.map(cost => cost.cpuMicros))) as [number, number]
    return {
      ...{ earlyBytes, lateBytes, bytesRatio: lateBytes / earlyBytes },
      ...{ earlyCpuMicros: earlyCpu, lateCpuMicros: lateCpu, cpuRatio: lateCpu / earlyCpu },
    }
  },
}

type Cost = { readonly bytes: number; readonly cpuMicros: number }

async function costOf(turn: Folding, caseOf: (n: number) => string): Promise<Cost> {
  const [bytes, cpu] = [turn.bytes(), process.cpuUsage()]
  for (let n = 0; n < window; n++) await turn.fold(caseOf(n))
  const { user, system } = process.cpuUsage(cpu)
  return { bytes: (turn.bytes() - bytes) / window, cpuMicros: (user + system) / window }
}
