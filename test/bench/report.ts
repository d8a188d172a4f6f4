import type { Figures, Item } from './measure/item.ts'
import { medians } from './measure/median.ts'
import { type Compared, compared, ratioOf } from './measure/ratio.ts'

/** What one run of the benchmark found; what `--json` prints. */
export type Report = {
  readonly machine: Machine
  readonly setting: Setting
  readonly baseline: string | undefined
  readonly items: readonly Reported[]
}

export type Machine = {
  readonly cores: number
  readonly cpu: string
  readonly memoryGb: number
  readonly node: string
  readonly kafka: string
  readonly java: string
}

export type Setting = {
  readonly repetitions: number
  readonly records: number
  readonly recordBytes: number
  readonly partitions: number
}

export type Reported = {
  readonly name: string
  readonly what: string
  /** Medians over the repetitions. */
  readonly figures: Figures
  /** To the baseline; in all of them higher is better. */
  readonly ratios: Partial<Record<Compared, number>>
  readonly runs: readonly Figures[]
  readonly failures: readonly string[]
}

/** What came of the repetitions of one item. */
export type Measured = {
  readonly item: Pick<Item, 'name' | 'what' | 'baseline'>
  readonly runs: Figures[]
  readonly failures: string[]
}

export function reportOf(machine: Machine, setting: Setting, measured: readonly Measured[]): Report {
  const found = measured.map(each => ({ ...each, figures: medians(each.runs) }))
  const base = found.find(({ item }) => item.baseline)
  return {
    machine,
    setting,
    baseline: base?.item.name,
    items: found.map(({ item, figures, runs, failures }) => ({
      name: item.name,
      what: item.what,
      figures,
      ratios: ratiosOf(figures, base?.figures),
      runs,
      failures,
    })),
  }
}

function ratiosOf(figures: Figures, base: Figures | undefined): Reported['ratios'] {
  const ratios: Partial<Record<Compared, number>> = {}
  for (const figure of Object.keys(compared) as Compared[]) {
    const ratio = ratioOf(figure, figures, base)
    if (ratio !== undefined) ratios[figure] = ratio
  }
  return ratios
}
