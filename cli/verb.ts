import type { ParseArgsOptionsConfig } from 'node:util'

/** 0: done. 1: an error. 2: wrong usage. 3: what was asked about does not hold. */
export type ExitCode = 0 | 1 | 2 | 3

export type Io = {
  /** stdout: the answer. */
  out(text: string): void
  /** stderr: everything else. */
  err(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
}

export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export type Verb = {
  readonly name: string
  /** What follows the name, e.g. `ID` or `[--from TIME]`. */
  readonly usage: string
  readonly summary: string
  /** How many words it takes at most; none where this is absent. */
  readonly words?: number
  /** Beside `--json` and the flags of a connection, which every verb takes. */
  readonly options?: ParseArgsOptionsConfig
  run(positionals: readonly string[], flags: Flags, io: Io): Promise<ExitCode>
}

/** Wrong words on the command line: exit 2, with the usage of the verb. */
export class UsageError extends Error {}

export function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** Of a flag that may be given several times. */
export function textsFlag(flags: Flags, name: string): readonly string[] {
  const value = flags[name]
  return Array.isArray(value) ? value : []
}

export function numberFlag(flags: Flags, name: string): number | undefined {
  const text = textFlag(flags, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new UsageError(`--${name} takes a number, not ${text}`)
  return value
}
