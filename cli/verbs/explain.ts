import { topics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { type Connection, connect } from '../connection.ts'
import { storyOf } from '../explain/story.ts'
import { storyDocument, storyText } from '../explain/story-text.ts'
import { placeOf } from '../ledger/place.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { UsageError, type Verb } from '../verb.ts'

/** For people; with `--json` all is told. */
const mostRaw = 5

/** The story of one thing, from the raw bytes on; exits 3 where nothing has that name. */
export const explain: Verb = {
  name: 'explain',
  usage: 'ID',
  summary: 'the story of a rawId, fingerprint, alert, case (#N), job or action',
  words: 1,
  async run([id], flags, io) {
    if (id === undefined) throw new UsageError('ID is missing')
    const connection = await connect(flags, io.env)
    try {
      const story = storyOf(id, await readEvidence(connection))
      const isUnread = story.steps.length === 0
      const wanted = isUnread ? [id.split('#')[0] ?? id] : story.rawIds
      const raw = await rawTexts(connection, flags.json === true ? wanted : wanted.slice(0, mostRaw))
      if (isUnread && Object.keys(raw).length === 0) {
        io.err(`nothing is known by the name ${id}`)
        return 3
      }
      io.out(flags.json === true ? JSON.stringify(storyDocument(id, story, raw)) : storyText(story, raw))
      return 0
    } finally {
      await connection.close()
    }
  },
}

async function readEvidence({ log, codec, prefix }: Connection) {
  const all = async <Value>(topic: Topic<Value>) => (await readAll(log, codec, prefix, topic)).map(each => each.value)
  return {
    alerts: await all(topics.alerts),
    caseEvents: await all(topics.caseEvents),
    jobs: await all(topics.analysisJobs),
    results: await all(topics.analysisResults),
    responses: await all(topics.responses),
    deadLetters: await all(topics.dlq),
  }
}

/** Of the raw records that retention has left. */
async function rawTexts({ log, prefix }: Connection, rawIds: readonly string[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  const bounds = await log.bounds(prefix + topics.alertsRaw.name)
  for (const rawId of rawIds) {
    const place = placeOf(rawId)
    const isThere = bounds.some(
      each => each.partition === place?.partition && place.offset >= each.start && place.offset < each.end,
    )
    if (place === undefined || !isThere) continue
    const { partition, offset } = place
    const from = { offsets: new Map([[partition, offset]]) }
    for await (const records of log.read(prefix + topics.alertsRaw.name, {
      from,
      until: 'end',
      partitions: [partition],
    })) {
      if (records[0]?.offset === offset) texts[rawId] = records[0].value?.toString() ?? ''
      break
    }
  }
  return texts
}
