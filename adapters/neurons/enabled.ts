import { readFile, stat } from 'node:fs/promises'
import { canonicalJson } from '../../core/canonical.ts'
import type { Egress } from '../../core/egress.ts'
import { messageOf } from '../../core/errors.ts'
import { digest } from '../../core/ids.ts'
import type { Tlp } from '../../core/tlp.ts'
import { type FileProblem, refuse } from '../../core/yaml-file.ts'
import type { Level } from './analyzer.ts'
import { type AnalyzerEntry, parseAnalyzersFile } from './analyzers-file.ts'
import { normaliseDataType } from './data-type.ts'
import type { NeuronDefinition } from './definition.ts'
import { settingsOf } from './settings.ts'

/** Levels of one analyzer that are to be read as others: a hit in a list of known-good things that says `suspicious`. */
type LevelOverrides = Readonly<Partial<Record<Level, Level>>>

/** An analyzer that analyzers.yaml names. Its configuration and secrets are functions, so that no log line holds them. */
export type EnabledAnalyzer = {
  readonly id: string
  readonly name: string
  readonly version: string
  /** Normalised; without `file`, whose bytes are not at hand here. */
  readonly dataTypes: readonly string[]
  /** none: it stays on this machine. passive: it looks up. active: it fetches, submits or uploads. */
  readonly egress: Egress
  /** The highest TLP that it may be given: RED without egress, otherwise GREEN unless raised by hand. */
  readonly maxTlp: Tlp
  readonly timeoutMs: number
  /** How many may run at once; whoever calls the port keeps to it. */
  readonly parallel: number
  /** For `verdictOf` of core/verdict.ts; reports keep the levels that the analyzer gave. */
  readonly verdict: LevelOverrides
  /** sha256 over the definition's id, the whole configuration with its secrets, and the verdict overrides. */
  readonly configHash: string
  readonly definition: NeuronDefinition
  readonly config: () => Readonly<Record<string, unknown>>
  readonly secrets: () => readonly string[]
}

const defaultTimeoutSeconds = 60
const mostNames = 20

/**
 * The analyzers that may run: those that `file` (analyzers.yaml) names, and no other. Secrets are read from `env` and
 * from files beside it. Throws `VIG_FILE_INVALID` with every problem, each with file and line.
 */
export async function loadAnalyzers(
  file: string,
  definitions: readonly NeuronDefinition[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ analyzers: EnabledAnalyzer[] }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    refuse([{ file, line: 1, cause: messageOf(error) }])
  }
  const { value, lineOf } = parseAnalyzersFile(file, text)
  const problems: FileProblem[] = []
  const analyzers = new Map<string, EnabledAnalyzer>()
  for (const [index, entry] of value.analyzers.entries()) {
    const say = (path: readonly PropertyKey[], cause: string) =>
      problems.push({ file, line: lineOf(['analyzers', index, ...path]), cause })
    const definition = definitionFor(entry.use, definitions)
    if (typeof definition === 'string') {
      say(['use'], definition)
      continue
    }
    if (analyzers.has(definition.id)) say(['use'], `${definition.id} is named twice`)
    const analyzer = await enabled(entry, definition, { file, env }, say)
    analyzers.set(analyzer.id, analyzer)
  }
  if (problems.length > 0) refuse(problems)
  return { analyzers: [...analyzers.values()] }
}

function definitionFor(use: string, definitions: readonly NeuronDefinition[]): NeuronDefinition | string {
  const byId = definitions.find(definition => definition.id === use)
  if (byId) return byId
  const named = definitions.filter(definition => definition.name === use)
  if (named.length > 1) return `${use} is the name of ${named.map(({ id }) => id).join(', ')}; use an id`
  return named[0] ?? `no neuron ${use} is loaded; ${namesNear(use, definitions)}`
}

function namesNear(use: string, definitions: readonly NeuronDefinition[]): string {
  if (definitions.length === 0) return 'none is loaded at all'
  const ids = definitions.map(({ id }) => id)
  const pairs = pairsOf(use)
  const likeness = new Map(ids.map(id => [id, [...pairsOf(id)].filter(pair => pairs.has(pair)).length]))
  const near = ids.toSorted((left, right) => (likeness.get(right) ?? 0) - (likeness.get(left) ?? 0))
  const shown = near.slice(0, mostNames)
  const more = ids.length - shown.length
  return `loaded are ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The pairs of neighbouring letters: what two spellings of one name mostly share. */
function pairsOf(name: string): Set<string> {
  const letters = [...name.toLowerCase()]
  return new Set(letters.slice(1).map((letter, at) => `${letters[at]}${letter}`))
}

async function enabled(
  entry: AnalyzerEntry,
  definition: NeuronDefinition,
  place: { readonly file: string; readonly env: Readonly<Record<string, string | undefined>> },
  say: (path: readonly PropertyKey[], cause: string) => void,
): Promise<EnabledAnalyzer> {
  if (definition.command === undefined) say(['use'], `${definition.id} is a Docker image only, which is not run here`)
  else if (!(await isFile(definition.command))) say(['use'], `${definition.id}: there is no file ${definition.command}`)
  if (entry.egress !== 'none' && entry.maxTlp === 'RED') say(['maxTlp'], 'TLP:RED never leaves: egress must be none')
  const offered = [...new Set(definition.dataTypes.map(normaliseDataType))].filter(type => type !== 'file')
  const dataTypes = entry.dataTypes ? [...new Set(entry.dataTypes.map(normaliseDataType))] : offered
  for (const [at, type] of dataTypes.entries()) {
    if (!offered.includes(type))
      say(['dataTypes', at], `${definition.id} does not analyse ${type}: ${offered.join(', ')}`)
  }
  if (offered.length === 0)
    say(['use'], `${definition.id} analyses nothing that has a value; files are not analysed here`)
  const settings = await settingsOf(definition, entry.config ?? {}, place)
  for (const { key, cause } of settings.problems) say(key === undefined ? ['use'] : ['config', key], cause)
  const verdict = withoutUndefined(entry.verdict ?? {})
  return {
    id: definition.id,
    name: definition.name,
    version: definition.version,
    dataTypes,
    egress: entry.egress,
    maxTlp: entry.maxTlp ?? (entry.egress === 'none' ? 'RED' : 'GREEN'),
    timeoutMs: Math.ceil((entry.timeout ?? defaultTimeoutSeconds) * 1000),
    parallel: entry.parallel ?? 1,
    verdict,
    configHash: digest([definition.id, canonicalJson({ config: settings.config, verdict })]),
    definition,
    config: () => settings.config,
    secrets: () => settings.secrets,
  }
}

function withoutUndefined(verdict: NonNullable<AnalyzerEntry['verdict']>): LevelOverrides {
  return Object.fromEntries(Object.entries(verdict).filter(([, level]) => level !== undefined))
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  )
}
