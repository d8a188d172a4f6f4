import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDefinitions } from '../definition.ts'
import { type EnabledAnalyzer, loadAnalyzers } from '../enabled.ts'

/** The folder of the stub neurons. */
export const stubsFolder = import.meta.dirname

/** Enables neurons of a folder (the stubs) as an analyzers.yaml of these lines would. */
export async function enable(
  lines: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder = stubsFolder,
): Promise<EnabledAnalyzer[]> {
  const { definitions } = await loadDefinitions([folder])
  const place = await mkdtemp(join(tmpdir(), 'vigia-enable-'))
  try {
    const file = join(place, 'analyzers.yaml')
    await writeFile(file, ['analyzers:', ...lines.map(line => `  - ${line}`)].join('\n'))
    return (await loadAnalyzers(file, definitions, env)).analyzers
  } finally {
    await rm(place, { recursive: true })
  }
}
