import { randomUUID } from 'node:crypto'
import { messageOf } from '../../core/errors.ts'
import { eventIdOf } from '../../core/ids.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Membership, Task } from '../log.ts'
import type { Service } from '../stage.ts'
import { producerFor } from './intake.ts'
import { compileStages, type EngineOptions, type StageRun } from './stage-run.ts'
import type { StateStore } from './state-store.ts'
import { type TaskRun, taskRun } from './task-run.ts'

/**
 * The life of a service: starting → fencing → restoring → running → draining → stopped, or failed. While a task is
 * taken over it is fencing, then restoring; a service is as far as its least advanced task.
 */
export type ServiceState = 'starting' | 'fencing' | 'restoring' | 'running' | 'draining' | 'stopped' | 'failed'

export type RunningService = {
  readonly name: string
  readonly state: () => ServiceState
  /** Partition numbers by stage: which tasks are open here. */
  readonly owned: () => Readonly<Record<string, readonly number[]>>
  /** Epoch ms of the oldest sign of life among the stages. */
  readonly lastProgress: () => number
  /** Where the stages that serve can be reached, by stage. */
  readonly addresses: Readonly<Record<string, string>>
  /** Decides on all ticks now; for tests. */
  tick(): Promise<void>
  /** Stops taking work, waits for what is in hand, leaves. */
  drain(): Promise<void>
  /** Resolves after `drain`; rejects when the service cannot go on. */
  readonly done: Promise<void>
}

/** How long a drain waits for long work that has begun. */
const graceMs = 10_000

export async function startService(service: Service, options: EngineOptions): Promise<RunningService> {
  let state: ServiceState = 'starting'
  const runs = await compileStages(service, topics.dlq, topics.rulesets, options)
  await recordRulesets(runs)
  const stages: StartedStage[] = []
  try {
    for (const run of runs) stages.push(await startStage(run))
  } catch (error) {
    await Promise.allSettled(stages.map(stage => stage.drain()))
    throw error
  }
  state = 'running'
  const failed = Promise.all(stages.map(stage => stage.done)).then(
    () => undefined,
    error => {
      state = 'failed'
      options.observer.say('error', `${service.name} cannot go on: ${messageOf(error)}`, { service: service.name })
      throw error
    },
  )
  failed.catch(() => undefined)
  return {
    name: service.name,
    state: () => (state === 'running' ? leastOf(stages) : state),
    owned: () => Object.fromEntries(stages.map(stage => [stage.name, stage.owned()])),
    lastProgress: () => Math.min(...stages.map(stage => stage.lastProgress())),
    addresses: Object.fromEntries(
      stages.flatMap(stage => (stage.address === undefined ? [] : [[stage.name, stage.address]])),
    ),
    async tick() {
      for (const stage of stages) await stage.tick()
    },
    async drain() {
      state = 'draining'
      await Promise.all(stages.map(stage => stage.drain()))
      state = 'stopped'
    },
    done: failed,
  }
}

type StartedStage = {
  readonly name: string
  readonly address: string | undefined
  readonly phase: () => 'fencing' | 'restoring' | 'running'
  owned(): readonly number[]
  lastProgress(): number
  tick(): Promise<void>
  drain(): Promise<void>
  readonly done: Promise<void>
}

async function startStage(run: StageRun): Promise<StartedStage> {
  const tasks = new Map<number, { readonly task: TaskRun; restoring: boolean }>()
  /** What each task last committed, for the one that continues it; gone with the log's last reference to the task. */
  const states = new WeakMap<Task, StateStore>()
  const { remembers } = run.stage
  const state = remembers && run.prefix + remembers.name
  const served = await run.stage.serves?.(producerFor(run))
  const membership: Membership = await run.log.join(
    {
      group: run.group,
      inputs: [...run.inputs.keys()],
      ...(run.inputs.size === 0 && state ? { elect: state } : {}),
      ...(state ? { state } : {}),
      outputs: run.outputs,
    },
    {
      async open(task, continues) {
        const kept = continues ? states.get(continues) : undefined
        const started = taskRun(run, task, kept)
        states.set(task, started.store)
        const entry = { task: started, restoring: true }
        tasks.set(task.partition, entry)
        run.observer.taskState(run.name, task.partition, 'restoring')
        try {
          if (!kept) await started.restore()
        } catch (error) {
          // Nobody calls `close` for a task that could not be opened.
          tasks.delete(task.partition)
          throw error
        }
        entry.restoring = false
        if (state) {
          const look = () => ({ entries: started.entries(), digest: started.store.digest() })
          run.observer.remembers(run.name, task.partition, look)
        }
        run.observer.taskState(run.name, task.partition, 'running')
        started.begin()
      },
      async batch(task, records) {
        await tasks.get(task.partition)?.task.batch(records)
      },
      async close(task, reason) {
        const entry = tasks.get(task.partition)
        tasks.delete(task.partition)
        if (reason === 'drained') await entry?.task.finish(graceMs)
        entry?.task.close()
        if (state) run.observer.remembers(run.name, task.partition, undefined)
        run.observer.taskState(run.name, task.partition, 'closed')
      },
    },
  )
  return {
    name: run.name,
    address: served?.address,
    phase() {
      if ([...tasks.values()].some(each => each.restoring)) return 'restoring'
      // An instance without partitions is a standby, which is as ready as it can be.
      return tasks.size < membership.assigned().length ? 'fencing' : 'running'
    },
    owned: () => membership.owned(),
    lastProgress: () => membership.lastProgress(),
    async tick() {
      for (const { task } of tasks.values()) await task.tick()
    },
    async drain() {
      await served?.close()
      await membership.drain()
    },
    done: membership.done,
  }
}

function leastOf(stages: readonly StartedStage[]): ServiceState {
  const phases = stages.map(stage => stage.phase())
  if (phases.includes('fencing')) return 'fencing'
  return phases.includes('restoring') ? 'restoring' : 'running'
}

/** What the decisions of this process follow from, kept by hash so that they can be explained later. */
async function recordRulesets(runs: readonly StageRun[]): Promise<void> {
  for (const run of runs) {
    const rules = run.stage.rules
    if (rules === undefined) continue
    const [service = '', stage = ''] = run.name.split('.')
    const body = { service, stage, content: rules.content }
    // Each start records them again, so each record has an id of its own; the hash, its key, leaves one of them.
    const id = eventIdOf(`${rules.hash}/${randomUUID()}`, run.name, 'ruleset', 0)
    await producerFor(run).event(topics.rulesets, rules.hash, id, { kind: 'ruleset', ruleset: body, domain: 'default' })
  }
}
