import type { ErrorCode } from '../../core/errors.ts'

/** What the engine tells of itself. Labels are stages and codes: never an observable, never a key. */
export type Observer = {
  /** Records decided on and events written by one committed transaction, and how long it took. */
  committed(stage: string, inputs: number, outputs: number, ms: number): void
  deadLettered(stage: string, code: ErrorCode): void
  taskState(stage: string, partition: number, state: TaskState): void
  restored(stage: string, partition: number, entries: number, ms: number): void
  performed(stage: string, running: number, queued: number): void
  /** Something that a person should read; never with secrets or observables. */
  say(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, string | number>>): void
}

export type TaskState = 'restoring' | 'running' | 'closed'

export const silent: Observer = {
  committed() {},
  deadLettered() {},
  taskState() {},
  restored() {},
  performed() {},
  say() {},
}
