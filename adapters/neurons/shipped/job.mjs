import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Runs one job by Cortex's contract: reads `<job>/input/input.json`, writes `<job>/output/output.json` once. What
 * `analyze` throws is the analyzer's own failure, said in one line.
 * @param {(input: { data: string, dataType: string, config: Record<string, unknown> }) =>
 *   { taxonomies: object[], full: object }} analyze
 */
export function runJob(analyze) {
  const job = process.argv[2]
  if (!job) throw new Error('usage: <neuron> <job directory>')
  const write = output => writeFileSync(join(job, 'output', 'output.json'), JSON.stringify(output))
  try {
    const input = JSON.parse(readFileSync(join(job, 'input', 'input.json'), 'utf8'))
    const config = input.config ?? {}
    for (const [mark, name] of [
      ['tlp', 'TLP'],
      ['pap', 'PAP'],
    ]) {
      if (config[`check_${mark}`] === true && (input[mark] ?? 2) > (config[`max_${mark}`] ?? 2)) {
        throw new Error(`${name} is higher than allowed.`)
      }
    }
    if (typeof input.data !== 'string' || typeof input.dataType !== 'string')
      throw new Error('Missing data or dataType')
    const { taxonomies, full } = analyze({ data: input.data, dataType: input.dataType, config })
    write({ success: true, summary: { taxonomies }, artifacts: [], operations: [], full })
  } catch (error) {
    write({ success: false, errorMessage: error instanceof Error ? error.message : String(error) })
    process.exitCode = 1
  }
}
