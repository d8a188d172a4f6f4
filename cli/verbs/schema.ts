import { schemaText } from '../../runtime/codec.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { reach } from '../connection.ts'
import { UsageError, type Verb } from '../verb.ts'

/** The schemas against the registry: `check` says which are missing (exit 3), `apply` registers them. */
export const schema: Verb = {
  name: 'schema',
  usage: 'apply|check',
  summary: 'the schemas against the registry',
  words: 1,
  async run([what], flags, io) {
    if (what !== 'apply' && what !== 'check') throw new UsageError('say apply or check')
    const { log, registry, prefix } = reach(flags, io.env)
    try {
      const rows: { subject: string; id: number | null }[] = []
      for (const topic of allTopics.filter(each => each.schema)) {
        const subject = `${prefix}${topic.name}-value`
        const text = schemaText(topic)
        const id =
          what === 'apply'
            ? await registry.register(subject, text, topic.compatibility)
            : await registry.idOf(subject, text)
        rows.push({ subject, id: id ?? null })
      }
      const missing = rows.filter(row => row.id === null)
      if (flags.json === true) io.out(JSON.stringify({ subjects: rows }))
      else io.out(rows.map(row => `${row.id === null ? 'missing' : `id ${row.id}`}  ${row.subject}`).join('\n'))
      return missing.length === 0 ? 0 : 3
    } finally {
      await log.close()
    }
  },
}
