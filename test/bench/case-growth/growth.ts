import { codecFor } from '../../../runtime/codec.ts'
import { silent } from '../../../runtime/engine/observer.ts'
import { compileStages, topicsOf } from '../../../runtime/engine/stage-run.ts'
import { type TaskRun, taskRun } from '../../../runtime/engine/task-run.ts'
import type { LogRecord, OutRecord, Task } from '../../../runtime/log.ts'
import { memoryCluster } from '../../../runtime/memory/cluster.ts'
import { memoryLog } from '../../../runtime/memory/memory-log.ts'
import { memoryRegistry } from '../../../runtime/memory/registry.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { type CaseRules, defaultCaseRules } from '../../../services/case-builder/rules.ts'
import { caseBuilder } from '../../../services/case-builder/topology.ts'
import { alertOf } from './alert-of.ts'

/** One task of case-builder on the engine itself, without a log: what a transaction would write is counted. */
export type Folding = {
  /** Folds the next alert of a case, in a transaction of its own. */
  fold(caseName: string): Promise<void>
  /** Bytes of keys and values written so far: outputs and changelog. */
  readonly bytes: () => number
}

/** As by default, but a case never fills up and its observable is never too common: only so does one case get so large. */
const boundless: CaseRules = { ...defaultCaseRules, alertsPerCase: 1_000_000, commonAfter: 1_000_000 }
const prefix = 'bench.'

export async function folding(): Promise<Folding> {
  const service = caseBuilder(boundless)
  const log = memoryLog(memoryCluster({ seed: 1 }), { clientId: 'bench' })
  const used = [...topicsOf(service, [topics.dlq, topics.rulesets]).values()]
  await log.createTopics(topicSpecs(used, { prefix, partitions: 1 }))
  const codec = await codecFor({
    registry: memoryRegistry(),
    topics: used,
    prefix,
    clock: Date.now,
    schemas: 'register',
  })
  const options = { log, codec, prefix, clock: Date.now, observer: silent }
  const [run] = await compileStages(service, topics.dlq, topics.rulesets, options)
  if (run === undefined) throw new Error('case-builder has no stage')
  let bytes = 0
  const task: Task = {
    group: run.group,
    partition: 0,
    committed: new Map(),
    async transact({ records }) {
      for (const record of records) bytes += sizeOf(record)
    },
    async *restore() {},
    pause() {},
    resume() {},
  }
  const folds: TaskRun = taskRun(run, task)
  const next = new Map<string, number>()
  let offset = 0
  return {
    async fold(caseName) {
      const number = next.get(caseName) ?? 0
      next.set(caseName, number + 1)
      const { key, event } = alertOf(caseName, number, offset)
      const record: LogRecord = {
        ...{ topic: prefix + topics.alerts.name, partition: 0, offset, timestamp: event.at, headers: {} },
        key: Buffer.from(key),
        value: codec.encode(topics.alerts, event),
      }
      offset += 1
      await folds.batch([record])
    },
    bytes: () => bytes,
  }
}

function sizeOf({ key, value }: OutRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0)
}
