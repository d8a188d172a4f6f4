import type { LogRecord } from '../../../runtime/log.ts'
import { copyIn, emptyFold, type Fold, folded, foldIn, placeName } from './fold.ts'

export type Tally = {
  readonly inputs: number
  readonly outputs: number
  /** Records of inputs that no output copies. */
  readonly lost: number
  /** Outputs beyond the first of each input. */
  readonly doubled: number
  /** What is wrong, in words: losses, repeats, broken order, state that is not the fold of the outputs. */
  readonly findings: readonly string[]
  /** The state of each task after each record: what a restore may find. */
  readonly states: ReadonlyMap<number, ReadonlySet<string>>
}

/** Counts strictly: every record of every input exactly once in the output, in order, and the state the fold of the outputs. */
export function tally(
  inputs: readonly LogRecord[],
  outputs: readonly LogRecord[],
  changelog: readonly LogRecord[],
): Tally {
  const findings: string[] = []
  const copies = outputs.map(({ partition, value }) => ({ partition, copy: copyIn(value) }))
  const times = new Map<string, number>()
  for (const { copy } of copies) times.set(placeName(copy.from), (times.get(placeName(copy.from)) ?? 0) + 1)
  const wanted = new Set(inputs.map(placeName))
  const lost = [...wanted].filter(place => !times.has(place))
  const doubled = [...times].filter(([, count]) => count > 1)
  if (lost.length > 0) findings.push(`lost: ${some(lost)}`)
  if (doubled.length > 0) findings.push(`doubled: ${some(doubled.map(([place, count]) => `${place} ${count}x`))}`)
  const invented = [...times.keys()].filter(place => !wanted.has(place))
  if (invented.length > 0) findings.push(`copies of what is in no input: ${some(invented)}`)

  const tasks = new Set(inputs.map(({ partition }) => partition))
  const states = new Map<number, Set<string>>()
  for (const task of tasks) {
    const mine = copies.filter(({ copy }) => copy.from.partition === task)
    // In each partition of the output a task's copies lie in its own order.
    const last = new Map<number, number>()
    for (const { partition, copy } of mine) {
      if ((last.get(partition) ?? 0) >= copy.count) findings.push(`task ${task}: copy ${copy.count} behind a later one`)
      last.set(partition, copy.count)
    }
    const { state, seen } = refolded(
      task,
      mine.map(({ copy }) => copy).toSorted((a, b) => a.count - b.count),
      findings,
    )
    states.set(task, seen)
    const entry = changelog.findLast(({ partition }) => partition === task)
    const kept = foldIn(entry?.value ?? null)
    if (kept.chain !== state.chain || kept.count !== state.count) {
      findings.push(`task ${task}: the changelog ends at ${kept.count}, the fold of the outputs at ${state.count}`)
    }
  }
  const repeats = doubled.reduce((sum, [, count]) => sum + count - 1, 0)
  return { inputs: inputs.length, outputs: outputs.length, lost: lost.length, doubled: repeats, findings, states }
}

/** Folds the copies of one task anew, and compares each step with what the worker wrote. */
function refolded(task: number, copies: readonly ReturnType<typeof copyIn>[], findings: string[]) {
  let state: Fold = emptyFold
  const seen = new Set([emptyFold.chain])
  const reached = new Map<string, number>()
  for (const copy of copies) {
    const { topic, offset } = copy.from
    if ((reached.get(topic) ?? -1) >= offset)
      findings.push(`task ${task}: ${placeName(copy.from)} after a later record`)
    reached.set(topic, offset)
    state = folded(state, copy.from)
    if (state.count === copy.count && state.chain === copy.chain) seen.add(state.chain)
    else {
      findings.push(`task ${task}: copy ${copy.count} (${placeName(copy.from)}) does not follow from those before it`)
      break
    }
  }
  return { state, seen }
}

function some(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`
}
