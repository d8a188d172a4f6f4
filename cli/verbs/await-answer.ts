import type { Envelope } from '../../schemas/generated/types.ts'
import type { Topic } from '../../schemas/topic.ts'
import type { Connection } from '../connection.ts'

/** How long a command may take until it shows in the topics. */
export const answerMs = 10_000

type Source = Pick<Connection, 'log' | 'codec' | 'prefix'>

/**
 * Asks, and waits for what follows from it: the first event of `topic` whose cause is the command. Reading begins where
 * the topic ended before the command was sent, so that no answer is missed. Undefined where none came in time.
 */
export async function awaitAnswer<Value extends Envelope>(
  { log, codec, prefix }: Source,
  topic: Topic<Value>,
  ask: () => Promise<string>,
  withinMs = answerMs,
): Promise<Value | undefined> {
  const bounds = await log.bounds(prefix + topic.name)
  const offsets = new Map(bounds.map(({ partition, end }) => [partition, end]))
  const commandId = await ask()
  const signal = AbortSignal.timeout(withinMs)
  for await (const records of log.read(prefix + topic.name, { from: { offsets }, signal })) {
    await codec.learn(records.map(record => record.value))
    for (const { value } of records) {
      if (value === null) continue
      const event = codec.decode(topic, value) as unknown as Value
      if (event.causeId === commandId) return event
    }
  }
  return undefined
}
