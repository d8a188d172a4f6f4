import type { ErrorCode } from '../../core/errors.ts'

/** What the engine tells of itself. Labels are stages and codes: never an observable, never a key. */
export type Observer = {
  /** Records decided on and events written by one committed transaction, and how long it took. */
  committed(stage: string, inputs: number, outputs: number, ms: number): void
  deadLettered(stage: string, code: ErrorCode): void
  /** An input that its stage hands nothing on of, and why, in a word. */
  withheld(stage: string, reason: string): void
  taskState(stage: string, partition: number, state: TaskState): void
  restored(stage: string, partition: number, entries: number, ms: number): void
  /** What a task remembers, to be looked at whenever somebody asks; undefined once it is closed. */
  remembers(stage: string, partition: number, look: (() => Remembered) | undefined): void
  performed(stage: string, running: number, queued: number): void
  /** Something that a person should read; never with secrets or observables. */
  say(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, string | number>>): void
}

/** `digest`: equal for equal entries, whatever way they came about (`state-digest.ts`). */
export type Remembered = { readonly entries: number; readonly digest: number }

export type TaskState = 'restoring' | 'running' | 'closed'

export const silent: Observer = {
  committed() {},
  deadLettered() {},
  withheld() {},
  taskState() {},
  restored() {},
  remembers() {},
  performed() {},
  say() {},
}
