import { loadDefinitions } from '../../adapters/neurons/definition.ts'
import { type EnabledAnalyzer, loadAnalyzers } from '../../adapters/neurons/enabled.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { shippedNeurons } from '../../services/analyzer-dispatcher/build.ts'
import { table } from '../table.ts'
import { shippedConfig } from '../up/defaults.ts'
import { UsageError, type Verb } from '../verb.ts'

/** Every neuron that was found, and which of them may run; without VIGIA_ANALYZERS by the file that `up` uses. */
export const analyzer: Verb = {
  name: 'analyzer',
  usage: 'list',
  summary: 'the neurons that were found, and which may run',
  words: 1,
  async run([what], flags, io) {
    if (what !== 'list') throw new UsageError('say list')
    const env = { ...shippedConfig(), ...io.env }
    const settings = readSettings(env, ['VIGIA_ANALYZERS', 'VIGIA_NEURONS'])
    const { definitions, problems } = await loadDefinitions([shippedNeurons, ...settings.VIGIA_NEURONS])
    const file = settings.VIGIA_ANALYZERS
    const { analyzers } = file === undefined ? { analyzers: [] } : await loadAnalyzers(file, definitions, io.env)
    const rows = definitions.map(({ id, description, dataTypes }) => {
      const enabled = analyzers.find(each => each.id === id)
      return { id, enabled: enabled !== undefined, ...(enabled ? limitsOf(enabled) : { dataTypes }), description }
    })
    for (const each of problems) io.err(`passed over: ${each.file}: ${each.cause}`)
    io.err(`enabled by ${file ?? 'nothing'}`)
    if (flags.json === true) io.out(JSON.stringify({ file: file ?? null, analyzers: rows, problems }))
    else
      io.out(
        table(
          ['ANALYZER', 'ENABLED', 'EGRESS', 'MAX TLP', 'DATA TYPES'],
          rows.map(row => [
            ...[row.id, row.enabled ? 'yes' : 'no', 'egress' in row ? row.egress : '-'],
            ...['maxTlp' in row ? row.maxTlp : '-', row.dataTypes.join(', ')],
          ]),
        ),
      )
    return 0
  },
}

function limitsOf({ egress, maxTlp, timeoutMs, dataTypes }: EnabledAnalyzer) {
  return { egress, maxTlp, timeoutMs, dataTypes }
}
