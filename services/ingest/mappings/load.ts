import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FileProblem, readYamlFile, refuse, type SourceFile } from '../../../core/yaml-file.ts'
import { isObject } from '../json-object.ts'
import { codeMappers, genericMapper } from '../sources/detect.ts'
import { compileMapping, type DeclaredMapper } from './compile.ts'
import { type Mapping, mappingFile } from './format.ts'

/** A mapper with what is recorded of its mapping in the rule set. */
export type LoadedMapper = DeclaredMapper & { readonly recorded: unknown }

let shipped: readonly LoadedMapper[] | undefined

/** The mappings that ship; read once. */
export function shippedMappings(): readonly LoadedMapper[] {
  shipped ??= loaded(mappingFilesIn(fileURLToPath(new URL('shipped', import.meta.url))), new Set())
  return shipped
}

/** The files of a folder that are mappings by their name (`*.yaml`, `*.yml`), in the order of their names. */
export function mappingFilesIn(folder: string): readonly SourceFile[] {
  return readdirSync(folder)
    .filter(name => /\.ya?ml$/.test(name))
    .sort()
    .map(name => join(folder, name))
    .map(path => ({ path, text: readFileSync(path, 'utf8') }))
}

/**
 * Users' mappings. Throws `VIG_FILE_INVALID` with every problem of every file, each with its line: a kind that there is
 * already is one, unless the file says `replaces: true` and the other one ships as a mapping.
 */
export function usersMappings(files: readonly SourceFile[]): readonly LoadedMapper[] {
  return loaded(files, new Set(shippedMappings().map(({ kind }) => kind)))
}

function loaded(files: readonly SourceFile[], replaceable: ReadonlySet<string>): readonly LoadedMapper[] {
  const inCode = new Set([...codeMappers, genericMapper].map(({ kind }) => kind))
  const before = new Map<string, string>()
  const problems: FileProblem[] = []
  const mappers: LoadedMapper[] = []
  for (const { path, text } of files) {
    const read = readYamlFile(path, text, mappingFile)
    problems.push(...read.problems)
    if (read.value === undefined) continue
    const { kind, replaces } = read.value
    const refused = (key: string, cause: string) => problems.push({ file: path, line: read.lineOf([key]), cause })
    if (before.has(kind)) refused('kind', `kind: '${kind}' is in ${before.get(kind)} already`)
    else if (inCode.has(kind)) refused('kind', `kind: '${kind}' is read by code, which no mapping replaces`)
    else if (replaceable.has(kind) && replaces !== true) {
      refused('kind', `kind: '${kind}' ships with Vigía; say 'replaces: true' to put this in its place`)
    } else if (replaces === true && !replaceable.has(kind)) {
      refused('replaces', `replaces: no mapping of the kind '${kind}' ships with Vigía`)
    }
    before.set(kind, path)
    mappers.push({ ...compileMapping(read.value), recorded: recordedOf(read.value) })
  }
  if (problems.length > 0) refuse(problems)
  return mappers
}

/** A mapping as data, each path as its text: what is said in another order or with other comments is the same. */
function recordedOf(mapping: Mapping): unknown {
  const plain = (_: string, value: unknown) =>
    isObject(value) && ('places' in value || 'said' in value) ? value.text : value
  return JSON.parse(JSON.stringify(mapping, plain))
}
