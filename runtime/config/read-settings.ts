import { readFileSync } from 'node:fs'
import { messageOf, VigiaError } from '../../core/errors.ts'
import { type SettingName, type Settings, settings } from '../../core/settings.ts'
import { accessProblems } from './access-problems.ts'

/**
 * Reads the wanted settings from an environment. Refuses with `VIG_CONFIG_INVALID`, every problem in one message:
 * unknown `VIGIA_` names (with the nearest known one), wrong values, files that cannot be read, what does not fit together
 * for brokers and registry. No value is ever printed.
 */
export function readSettings<Name extends SettingName>(
  env: Readonly<Record<string, string | undefined>>,
  wanted: readonly Name[],
): Pick<Settings, Name> {
  const problems = unknownNames(env)
  const read: Record<string, unknown> = {}
  const refused = new Set<string>()
  for (const name of wanted) {
    const given = givenFor(env, name, problems)
    const result = settings[name].schema.safeParse(given)
    if (result.success) read[name] = result.data
    else {
      refused.add(name)
      problems.push(
        `${name}: ${given === undefined ? 'is missing' : result.error.issues.map(issue => issue.message).join(', ')} (${settings[name].doc})`,
      )
    }
  }
  problems.push(...accessProblems(read, refused))
  if (problems.length > 0)
    throw new VigiaError('VIG_CONFIG_INVALID', problems.join('\n'), { problems: problems.length })
  return Object.freeze(read) as Pick<Settings, Name>
}

/** The text of the named settings, where they are given, with files read: to hand them on to a process elsewhere. */
export function givenAs(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly SettingName[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const given = givenFor(env, name, [])
      return given === undefined ? [] : [[name, given]]
    }),
  )
}

function givenFor(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  problems: string[],
): string | undefined {
  const direct = env[name]
  const file = env[`${name}_FILE`]
  if (direct !== undefined && file !== undefined) problems.push(`${name}: is given twice, by ${name} and ${name}_FILE`)
  if (file === undefined) return direct
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    problems.push(`${name}_FILE: ${messageOf(error)}`)
    return undefined
  }
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.keys(settings)
  return Object.keys(env)
    .filter(name => name.startsWith('VIGIA_') && !known.includes(name.replace(/_FILE$/, '')))
    .map(name => `${name}: no such setting (nearest: ${nearest(name, known)})`)
}

/** Levenshtein distance over names of a few dozen characters; only used in an error message. */
function nearest(name: string, known: readonly string[]): string {
  return known.toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? ''
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
