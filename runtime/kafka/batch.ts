import type { KafkaMessage } from 'kafkajs'
import { BATCH_LIMIT, recordBytes } from './size.ts'

/** Cuts a fetched batch, in order, so that each part stays under the bytes that one transaction should carry. */
export function chunks(messages: readonly KafkaMessage[], limit = BATCH_LIMIT): KafkaMessage[][] {
  const parts: KafkaMessage[][] = []
  let part: KafkaMessage[] = []
  let bytes = 0
  for (const message of messages) {
    const size = recordBytes({ key: message.key, value: message.value }) + headerBytes(message)
    if (part.length > 0 && bytes + size > limit) {
      parts.push(part)
      part = []
      bytes = 0
    }
    part.push(message)
    bytes += size
  }
  if (part.length > 0) parts.push(part)
  return parts
}

function headerBytes({ headers = {} }: KafkaMessage): number {
  let bytes = 0
  for (const [name, held] of Object.entries(headers)) {
    for (const value of Array.isArray(held) ? held : [held]) bytes += name.length + (value?.length ?? 0) + 4
  }
  return bytes
}
