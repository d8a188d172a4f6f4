import { readFileSync } from 'node:fs'
import axios from 'axios'
import { messageOf } from '../../core/errors.ts'
import { topics } from '../../schemas/catalogue.ts'
import { sealHeaders } from '../../services/ingest/trust.ts'
import { addressFrom, reach } from '../connection.ts'
import { readRunFile } from '../run-file.ts'
import { type Flags, type Io, textFlag, UsageError, type Verb } from '../verb.ts'

/** Publishes alerts: each line of an NDJSON file is one, any other file is one. Counts what was acknowledged. */
export const send: Verb = {
  name: 'send',
  usage: 'FILE... [--source S] [--http]',
  summary: 'publishes alerts to alerts.raw, or through the HTTP API (- reads stdin)',
  words: Number.POSITIVE_INFINITY,
  options: { source: { type: 'string' }, http: { type: 'boolean' } },
  async run(files, flags, io) {
    if (files.length === 0) throw new UsageError('FILE is missing')
    const alerts = files.flatMap(file => alertsOf(readFileSync(file === '-' ? 0 : file)))
    const acknowledged = flags.http === true ? await byHttp(alerts, flags, io) : await byKafka(alerts, flags, io)
    io.out(
      flags.json === true
        ? JSON.stringify({ sent: alerts.length, acknowledged })
        : `${acknowledged} of ${alerts.length} acknowledged`,
    )
    return acknowledged === alerts.length ? 0 : 1
  },
}

/** NDJSON is told by every line being JSON; a document over several lines is one alert. */
export function alertsOf(bytes: Buffer): readonly Buffer[] {
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
  const isNdjson = lines.length > 1 && lines.every(isJson)
  return isNdjson ? lines.map(line => Buffer.from(line)) : [bytes]
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

async function byKafka(alerts: readonly Buffer[], flags: Flags, io: Io): Promise<number> {
  const source = textFlag(flags, 'source')
  const seal = source === undefined ? undefined : sealFrom(io)
  const headersOf = (value: Buffer) =>
    source === undefined || seal === undefined
      ? {}
      : { headers: sealHeaders({ tenant: 'default', source, origin: 'accepted', refused: null }, value, seal) }
  const { log, prefix } = reach(flags, io.env)
  try {
    const topic = prefix + topics.alertsRaw.name
    const partitions = (await log.bounds(topic)).length
    const at = await log.append(
      alerts.map((value, index) => ({ topic, partition: index % partitions, key: null, value, ...headersOf(value) })),
    )
    return at.length
  } finally {
    await log.close()
  }
}

/** A source is believed under the seal alone, so naming one takes the secret. */
function sealFrom(io: Io): string {
  const seal = io.env.VIGIA_SEAL_SECRET ?? readRunFile()?.seal
  if (seal === undefined) {
    throw new UsageError('--source on Kafka takes the seal: set VIGIA_SEAL_SECRET, or send with --http and a key')
  }
  return seal
}

/** What the API said, which names the field; else what went wrong on the way. */
function answerOf(error: unknown): string {
  const body: unknown = axios.isAxiosError(error) ? error.response?.data : undefined
  const said = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : undefined
  return said ?? messageOf(error)
}

async function byHttp(alerts: readonly Buffer[], flags: Flags, io: Io): Promise<number> {
  const { api, key } = addressFrom(flags, io.env)
  if (api === undefined || key === undefined) throw new UsageError('no API: start `vigia up`, or give --api and --key')
  let acknowledged = 0
  for (const [index, alert] of alerts.entries()) {
    try {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      await axios.post(`${api}/v1/alerts/${textFlag(flags, 'source') ?? 'generic'}`, alert, {
        headers,
        maxRedirects: 0,
      })
      acknowledged += 1
    } catch (error) {
      io.err(`alert ${index + 1} not acknowledged: ${answerOf(error)}`)
    }
  }
  return acknowledged
}
