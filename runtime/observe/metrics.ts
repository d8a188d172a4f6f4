import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Observer, Remembered } from '../engine/observer.ts'
import type { KafkaEvent } from '../kafka/events.ts'

/** Prometheus metrics of a process. Labels: stage, partition, code. Never an observable, never a key. */
export type Metrics = {
  readonly observer: Omit<Observer, 'say'>
  readonly kafka: (event: KafkaEvent) => void
  text(): Promise<string>
  readonly contentType: string
}

type TaskLabels = { readonly stage: string; readonly partition: string }

export function metricsOf(service: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  // The delay of the event loop is sampled; every 10 ms, as by default, is half of what an idle service costs.
  collectDefaultMetrics({ register: registry, prefix: 'vigia_', eventLoopMonitoringPrecision: 200 })
  const registers = [registry]
  const inputs = new Counter({
    name: 'vigia_inputs_total',
    help: 'Records decided on, by committed transactions',
    labelNames: ['stage'],
    registers,
  })
  const outputs = new Counter({
    name: 'vigia_outputs_total',
    help: 'Events written by committed transactions',
    labelNames: ['stage'],
    registers,
  })
  const buckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
  const commits = new Histogram({
    name: 'vigia_transaction_seconds',
    help: 'Time of a transaction',
    labelNames: ['stage'],
    buckets,
    registers,
  })
  const dead = new Counter({
    name: 'vigia_dead_letters_total',
    help: 'Records sent to the dead letters',
    labelNames: ['stage', 'code'],
    registers,
  })
  const withheld = new Counter({
    name: 'vigia_withheld_total',
    help: 'Records that a stage hands nothing on of, by reason',
    labelNames: ['stage', 'reason'],
    registers,
  })
  const tasks = new Gauge({
    name: 'vigia_task_running',
    help: '1: running, 0: restoring; absent: not here',
    labelNames: ['stage', 'partition'],
    registers,
  })
  const restored = new Gauge({
    name: 'vigia_restored_entries',
    help: 'Entries of state after the last restore',
    labelNames: ['stage', 'partition'],
    registers,
  })
  const restoreSeconds = new Gauge({
    name: 'vigia_restore_seconds',
    help: 'Time of the last restore',
    labelNames: ['stage', 'partition'],
    registers,
  })
  const looks = new Map<string, { readonly labels: TaskLabels; readonly look: () => Remembered }>()
  const remembered = (name: string, help: string, of: (what: Remembered) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['stage', 'partition'], registers },
      collect() {
        this.reset()
        for (const { labels, look } of looks.values()) this.set(labels, of(look()))
      },
    })
  remembered('vigia_state_entries', 'Entries of state now', what => what.entries)
  remembered('vigia_state_digest', 'Equal for equal entries of state, whatever their order', what => what.digest)
  const running = new Gauge({
    name: 'vigia_jobs_running',
    help: 'Long work that has begun',
    labelNames: ['stage'],
    registers,
  })
  const queued = new Gauge({
    name: 'vigia_jobs_queued',
    help: 'Long work that waits',
    labelNames: ['stage'],
    registers,
  })
  const transactions = new Counter({
    name: 'vigia_transactions_total',
    help: 'Transactions by outcome: committed, failed, fenced',
    labelNames: ['outcome'],
    registers,
  })
  const takeovers = new Histogram({
    name: 'vigia_takeover_seconds',
    help: 'From the pause of a task to its resume: fencing, offsets, restore',
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  const unstable = new Gauge({
    name: 'vigia_unstable_records',
    help: 'Records behind the last stable offset, which no reader sees yet: the most among the partitions read',
    labelNames: ['group'],
    registers,
  })
  const group = new Counter({
    name: 'vigia_group_events_total',
    help: 'Rebalances, crashes and request timeouts of the consumer groups',
    labelNames: ['event'],
    registers,
  })
  return {
    kafka(event) {
      if (event.type === 'transaction') transactions.inc({ outcome: event.outcome })
      else if (event.type === 'takeover') takeovers.observe(event.ms / 1000)
      else if (event.type === 'unstable') unstable.set({ group: event.group }, event.records)
      else group.inc({ event: event.type })
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observer: {
      committed(stage, in_, out, ms) {
        inputs.inc({ stage }, in_)
        outputs.inc({ stage }, out)
        commits.observe({ stage }, ms / 1000)
      },
      deadLettered: (stage, code) => dead.inc({ stage, code }),
      withheld: (stage, reason) => withheld.inc({ stage, reason }),
      taskState(stage, partition, state) {
        if (state === 'closed') tasks.remove({ stage, partition: String(partition) })
        else tasks.set({ stage, partition: String(partition) }, state === 'running' ? 1 : 0)
      },
      restored(stage, partition, entries, ms) {
        restored.set({ stage, partition: String(partition) }, entries)
        restoreSeconds.set({ stage, partition: String(partition) }, ms / 1000)
      },
      remembers(stage, partition, look) {
        const key = `${stage}/${partition}`
        if (look === undefined) looks.delete(key)
        else looks.set(key, { labels: { stage, partition: String(partition) }, look })
      },
      performed(stage, now, waiting) {
        running.set({ stage }, now)
        queued.set({ stage }, waiting)
      },
    },
  }
}
