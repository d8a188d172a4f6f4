import { isVigiaError } from '../../core/errors.ts'
import type { LogRecord, OutRecord, Task, TaskHandler } from '../../runtime/log.ts'

/** What happened to a task, in order, over all clients of one test. */
export type Entry = {
  readonly client: string
  readonly what: 'open' | 'batch' | 'committed' | 'refused' | 'close'
  readonly partition: number
  /** Topic of a batch, code of a refusal, reason of a close. */
  readonly detail?: string
  readonly values?: readonly string[]
  /** Next offset to be read, as committed or as found at `open`. */
  readonly offset?: number | undefined
}

export class Journal {
  readonly entries: Entry[] = []
  readonly #waiting = new Set<() => void>()

  note(entry: Entry): void {
    this.entries.push(entry)
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves as soon as `check` holds: looked at now and after each entry, never by the clock. */
  when(check: (entries: readonly Entry[]) => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!check(this.entries)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  find(what: Entry['what'], client?: string): readonly Entry[] {
    return this.entries.filter(entry => entry.what === what && (client === undefined || entry.client === client))
  }

  values(client?: string): readonly string[] {
    return this.find('batch', client).flatMap(({ values }) => values ?? [])
  }

  /** Partitions whose last opening by this client has not been closed. */
  held(client: string): readonly number[] {
    const held = new Set<number>()
    for (const entry of this.entries) {
      if (entry.client !== client) continue
      if (entry.what === 'open') held.add(entry.partition)
      if (entry.what === 'close') held.delete(entry.partition)
    }
    return [...held].sort((a, b) => a - b)
  }
}

type Behaviour = {
  readonly open?: (task: Task) => Promise<void> | void
  readonly batch?: (task: Task, records: readonly LogRecord[]) => Promise<void> | void
}

/** A handler that writes down what it is called for. `open` is noted after its behaviour, `batch` before. */
export function noted(journal: Journal, client: string, behaviour: Behaviour = {}): TaskHandler {
  return {
    async open(task) {
      await behaviour.open?.(task)
      const [offset] = [...task.committed.values()].map(committed => committed.offset)
      journal.note({ client, what: 'open', partition: task.partition, offset })
    },
    async batch(task, records) {
      const detail = records[0]?.topic ?? ''
      journal.note({ client, what: 'batch', partition: task.partition, detail, values: records.map(textOf) })
      await behaviour.batch?.(task, records)
    },
    async close(task, reason) {
      journal.note({ client, what: 'close', partition: task.partition, detail: reason })
    },
  }
}

/** Transacts copies of the records to partition 0 of `output`, with the offset; notes the outcome, never rejects. */
export async function copy(
  journal: Journal,
  client: string,
  task: Task,
  records: readonly LogRecord[],
  output: string,
): Promise<void> {
  const { partition } = task
  const offset = nextOffset(records)
  try {
    await task.transact({
      records: records.map(record => out(output, 0, textOf(record))),
      offsets: [{ topic: records[0]?.topic ?? '', offset, metadata: '' }],
    })
    journal.note({ client, what: 'committed', partition, offset })
  } catch (error) {
    journal.note({ client, what: 'refused', partition, detail: codeOf(error) })
  }
}

export function out(topic: string, partition: number, value: string | null, key: string | null = value): OutRecord {
  return {
    topic,
    partition,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }
}

export function nextOffset(records: readonly LogRecord[]): number {
  return (records.at(-1)?.offset ?? -1) + 1
}

export function textOf({ value }: { readonly value: Buffer | null }): string {
  return value?.toString() ?? '(none)'
}

export function codeOf(error: unknown): string {
  return isVigiaError(error) ? error.code : String(error)
}

/** Settles as `gate.open()` is called: lets a test hold a handler in the middle. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: () => resolve() }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
