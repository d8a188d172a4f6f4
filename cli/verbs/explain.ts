import { topics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { type Connection, connect } from '../connection.ts'
import { type Story, storyOf } from '../explain/story.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { timeText } from '../table.ts'
import { UsageError, type Verb } from '../verb.ts'

/** For people; with `--json` all is told. */
const mostBytes = 600
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
      const raw = await rawTexts(connection, flags.json === true ? story.rawIds : story.rawIds.slice(0, mostRaw))
      if (story.steps.length === 0) {
        io.err(`nothing is known by the name ${id}`)
        return 3
      }
      io.out(flags.json === true ? JSON.stringify({ id, raw, steps: story.steps }) : storyText(story, raw))
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

async function rawTexts({ log, prefix }: Connection, rawIds: readonly string[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const rawId of rawIds) {
    const [topic = '', partition = '', offset = ''] = rawId.split('/')
    const from = { offsets: new Map([[Number(partition), Number(offset)]]) }
    for await (const records of log.read(prefix + topic, { from, until: 'end', partitions: [Number(partition)] })) {
      texts[rawId] = records[0]?.value?.toString() ?? ''
      break
    }
  }
  return texts
}

function storyText(story: Story, raw: Readonly<Record<string, string>>): string {
  const bytes = Object.entries(raw).map(
    ([rawId, text]) => `raw ${rawId}\n  ${shortText(text).replaceAll('\n', '\n  ')}`,
  )
  const steps = story.steps.map(step => `${timeText(step.at)}  ${step.topic.padEnd(16)}  ${step.says}`)
  return [...bytes, '', ...steps].join('\n')
}

function shortText(text: string): string {
  return text.length <= mostBytes ? text : `${text.slice(0, mostBytes)}… (${mostBytes} of ${text.length} characters)`
}
