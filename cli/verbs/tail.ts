import { parseInstant } from '../../core/time.ts'
import type { LogRecord, ReadFrom } from '../../runtime/log.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { type Connection, connect } from '../connection.ts'
import { numberFlag, textFlag, UsageError, type Verb } from '../verb.ts'

/** Prints records as they are: decoded, with headers, partition and offset; one JSON document a line with `--json`. */
export const tail: Verb = {
  name: 'tail',
  usage: 'TOPIC [--from beginning|latest|TIME] [--count N]',
  summary: 'decoded records of a topic, as they come',
  words: 1,
  options: { from: { type: 'string' }, count: { type: 'string' } },
  async run([name], flags, io) {
    const topic = allTopics.find(each => each.name === name)
    if (topic === undefined) throw new UsageError(`TOPIC is one of ${allTopics.map(each => each.name).join(', ')}`)
    const count = numberFlag(flags, 'count')
    const from = fromFlag(textFlag(flags, 'from') ?? (count === undefined ? 'latest' : 'beginning'))
    const connection = await connect(flags, io.env)
    const stop = new AbortController()
    process.on('SIGINT', () => stop.abort())
    process.on('SIGTERM', () => stop.abort())
    try {
      let printed = 0
      const reading = {
        from,
        signal: stop.signal,
        ...(count !== undefined && from === 'beginning' ? { until: 'end' as const } : {}),
      }
      for await (const records of connection.log.read(connection.prefix + topic.name, reading)) {
        await connection.codec.learn(records.map(record => record.value))
        for (const record of records) {
          io.out(
            flags.json === true ? JSON.stringify(document(connection, topic, record)) : line(connection, topic, record),
          )
          printed += 1
          if (printed === count) return 0
        }
      }
      return 0
    } finally {
      await connection.close()
    }
  },
}

function fromFlag(text: string): ReadFrom {
  if (text === 'beginning' || text === 'latest') return text
  const time = parseInstant(text)
  if (time === undefined) throw new UsageError(`--from takes beginning, latest or a time, not ${text}`)
  return { time }
}

function document(connection: Connection, topic: Topic, record: LogRecord) {
  const { partition, offset, timestamp } = record
  const headers = Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, value.toString()]))
  return {
    topic: topic.name,
    partition,
    offset,
    timestamp,
    key: record.key?.toString() ?? null,
    headers,
    value: valueIn(connection, topic, record),
  }
}

function valueIn(connection: Connection, topic: Topic, record: LogRecord): unknown {
  if (record.value === null) return null
  if (topic.json) return JSON.parse(record.value.toString())
  if (!topic.schema) return record.value.toString()
  try {
    const decoded = connection.codec.decode(topic, record.value)
    return Object.fromEntries(Object.entries(decoded).filter(([, value]) => value !== null))
  } catch (error) {
    return { unreadable: String(error), bytes: record.value.toString('base64') }
  }
}

function line(connection: Connection, topic: Topic, record: LogRecord): string {
  const value = valueIn(connection, topic, record)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `${record.partition}/${record.offset}  ${new Date(record.timestamp).toISOString()}  ${record.key?.toString() ?? '-'}  ${text}`
}
