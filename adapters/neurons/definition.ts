import { readdir, readFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../../core/errors.ts'

/** What is wrong with one file; `line` counts from 1 and is absent where the whole file is meant. */
export type Problem = { readonly file: string; readonly line?: number; readonly cause: string }

export type ConfigurationItem = {
  readonly name: string
  readonly type: 'string' | 'text' | 'number' | 'boolean'
  readonly multi: boolean
  readonly required: boolean
  readonly defaultValue?: unknown
}

/** A neuron as its folder describes it: Cortex's service definition file (contract section 5.1). */
export type NeuronDefinition = {
  /** `name_version`, dots as underscores: what Cortex calls it too. */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly description: string
  /** As the definition spells them: `mail_subject` and `mail-subject` both occur. */
  readonly dataTypes: readonly string[]
  /** Absolute; absent where the neuron exists as a Docker image only. The file need not exist. */
  readonly command?: string
  /** Absolute: the parent of the neuron's folder, which is its working directory. */
  readonly root: string
  readonly file: string
  readonly config: Readonly<Record<string, unknown>>
  readonly items: readonly ConfigurationItem[]
}

// Measured on 431 public definitions: extra keys, absent config or items, items without multi, and wrong types of
// defaults all occur, and Cortex loads every one of them.
const itemSchema = z.object({
  name: z.string().min(1),
  type: z.enum(['string', 'text', 'number', 'boolean']),
  multi: z.boolean().nullish(),
  required: z.boolean().nullish(),
  defaultValue: z.unknown().optional(),
})

const fileSchema = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  description: z.string(),
  author: z.string(),
  url: z.string(),
  license: z.string(),
  dataTypeList: z.array(z.string()).nullish(),
  command: z.string().min(1).nullish(),
  dockerImage: z.string().min(1).nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
  configurationItems: z.array(itemSchema).nullish(),
})

/**
 * Reads `<folder>/<Neuron>/<flavour>.json` of every folder; a file holds one definition or an array of them.
 * A broken definition is a problem and the others load; so is an id that was loaded before (the first one stays) and a
 * folder that cannot be read. Sorted by id, so that the result does not hang on the file system's order.
 */
export async function loadDefinitions(
  folders: readonly string[],
): Promise<{ definitions: NeuronDefinition[]; problems: Problem[] }> {
  const loaded = new Map<string, NeuronDefinition>()
  const problems: Problem[] = []
  for (const folder of folders) {
    const root = resolve(folder)
    for (const file of await definitionFiles(root, problems)) {
      for (const definition of await definitionsOf(root, file, problems)) {
        const first = loaded.get(definition.id)
        if (first) problems.push({ file, cause: `${definition.id} is already defined by ${first.file}` })
        else loaded.set(definition.id, definition)
      }
    }
  }
  const definitions = [...loaded.values()].sort((left, right) => (left.id < right.id ? -1 : 1))
  return { definitions, problems }
}

async function definitionFiles(root: string, problems: Problem[]): Promise<string[]> {
  const files: string[] = []
  try {
    for (const neuron of await readdir(root, { withFileTypes: true })) {
      if (neuron.name.startsWith('.') || !(neuron.isDirectory() || neuron.isSymbolicLink())) continue
      const names = await readdir(join(root, neuron.name)).catch(() => [])
      files.push(...names.filter(name => name.endsWith('.json')).map(name => join(root, neuron.name, name)))
    }
  } catch (error) {
    problems.push({ file: root, cause: messageOf(error) })
  }
  return files.sort()
}

async function definitionsOf(root: string, file: string, problems: Problem[]): Promise<NeuronDefinition[]> {
  let json: unknown
  try {
    json = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''))
  } catch (error) {
    problems.push({ file, cause: messageOf(error) })
    return []
  }
  const definitions: NeuronDefinition[] = []
  for (const entry of Array.isArray(json) ? json : [json]) {
    const parsed = fileSchema.safeParse(entry)
    if (!parsed.success) {
      const causes = parsed.error.issues.map(issue => `${issue.path.join('.') || 'definition'}: ${issue.message}`)
      problems.push({ file, cause: causes.join('; ') })
      continue
    }
    const definition = definitionOf(root, file, parsed.data)
    if (typeof definition === 'string') problems.push({ file, cause: definition })
    else definitions.push(definition)
  }
  return definitions
}

function definitionOf(root: string, file: string, data: z.infer<typeof fileSchema>): NeuronDefinition | string {
  if (!data.command && !data.dockerImage) return 'it has neither command nor dockerImage'
  const command = data.command ? resolve(root, data.command) : undefined
  if (command !== undefined && !command.startsWith(root.endsWith(sep) ? root : root + sep)) {
    return `command ${data.command} lies outside ${root}`
  }
  return {
    id: `${data.name}_${data.version}`.replaceAll('.', '_'),
    name: data.name,
    version: data.version,
    description: data.description,
    dataTypes: data.dataTypeList ?? [],
    ...(command === undefined ? {} : { command }),
    root,
    file,
    config: data.config ?? {},
    items: (data.configurationItems ?? []).map(item => ({
      name: item.name,
      type: item.type,
      multi: item.multi ?? false,
      required: item.required ?? false,
      ...(item.defaultValue === undefined || item.defaultValue === null ? {} : { defaultValue: item.defaultValue }),
    })),
  }
}
