import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from 'kafkajs'
import type { CommittedOffset } from '../log.ts'
import { forgetCoordinators } from './fixes/coordinator-cache.ts'
import { upstream } from './fixes/upstream.ts'

type Encoder = {
  writeInt32(value: number): Encoder
  writeBoolean(value: boolean): Encoder
  writeUVarIntString(value: string): Encoder
  writeUVarIntArray(values: readonly Encoder[]): Encoder
  writeUVarIntBytes(): Encoder
}
type Decoder = {
  readInt16(): number
  readInt32(): number
  readInt64(): { toString(): string }
  readUVarIntString(): string | null
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[]
  readTaggedFields(): unknown
}
type Coordinator = { readonly connectionPool: { send(protocol: object): Promise<Answer> } }
type Answered = { partition: number; offset: string; metadata: string; errorCode: number }
type Answer = { errorCode: number; topics: { topic: string | null; partitions: Answered[] }[] }

const OFFSET_FETCH = 9
const UNSTABLE_OFFSET_COMMIT = 88
/** The coordinator is moving: loading, not available, or another one. */
const MOVING = [14, 15, 16]
/** A commit that was answered takes a few milliseconds to arrive; a transaction that is still open may take long. */
const STABLE_WITHIN_MS = 1_000
/** Past the default timeout of a transaction: then the take-over begins anew. */
const FINAL_WITHIN_MS = 20_000

/**
 * What a group has committed for a topic. kafkajs asks in a version that answers with the offsets from before a
 * transaction whose markers are still on their way. This asks in version 7 for stable ones (KIP-447).
 *
 * `final`: never answers with anything else, and rejects where a transaction stays open. A take-over needs that: after a
 * broker has been killed, a fence can succeed a second or more before the offsets of the predecessor's last
 * transaction arrive. Without it, what there is counts where a transaction stays open for more than a second.
 */
export async function fetchOffsets(
  cluster: Cluster,
  group: string,
  topic: string,
  partitions: readonly number[],
  final = false,
): Promise<Map<number, CommittedOffset>> {
  const started = Date.now()
  const committed = new Map<number, CommittedOffset>()
  let asked = partitions
  for (;;) {
    const waited = Date.now() - started
    const requireStable = final || waited < STABLE_WITHIN_MS
    const coordinator = (await cluster.findGroupCoordinator({ groupId: group })) as unknown as Coordinator
    const { errorCode, topics } = await coordinator.connectionPool
      .send(request(group, topic, asked, requireStable))
      .catch(error => {
        forgetCoordinators()
        throw error
      })
    // The brokers may say for seconds that it is one which is gone.
    if (MOVING.includes(errorCode) && waited < FINAL_WITHIN_MS) {
      forgetCoordinators()
      await sleep(100)
      continue
    }
    const answered = topics.flatMap(found => found.partitions)
    const codes = [errorCode, ...answered.map(found => found.errorCode)]
    const failed = codes.find(code => code !== 0 && (code !== UNSTABLE_OFFSET_COMMIT || waited > FINAL_WITHIN_MS))
    if (failed !== undefined) {
      forgetCoordinators()
      throw upstream<{ createErrorFromCode(code: number): Error }>('protocol/error.js').createErrorFromCode(failed)
    }
    for (const { partition, offset, metadata, errorCode: unstable } of answered) {
      if (!unstable && Number(offset) >= 0) committed.set(partition, { topic, offset: Number(offset), metadata })
    }
    asked = answered.filter(found => found.errorCode !== 0).map(({ partition }) => partition)
    if (asked.length === 0) return committed
    await sleep(waited < 100 ? 2 : 50)
  }
}

/** OffsetFetch, version 7, as in the Kafka protocol guide; the calls without a value write empty tag buffers. */
function request(group: string, topic: string, partitions: readonly number[], requireStable: boolean): object {
  const EncoderClass = upstream<new () => Encoder>('protocol/encoder.js')
  const DecoderClass = upstream<new (bytes: Buffer) => Decoder>('protocol/decoder.js')
  const encode = async () => {
    const numbers = partitions.map(partition => new EncoderClass().writeInt32(partition))
    const asked = new EncoderClass().writeUVarIntString(topic).writeUVarIntArray(numbers).writeUVarIntBytes()
    return new EncoderClass()
      .writeUVarIntBytes()
      .writeUVarIntString(group)
      .writeUVarIntArray([asked])
      .writeBoolean(requireStable)
      .writeUVarIntBytes()
  }
  return {
    request: { apiKey: OFFSET_FETCH, apiVersion: 7, apiName: 'OffsetFetch', encode },
    response: { decode: async (bytes: Buffer) => decode(new DecoderClass(bytes)), parse: async (data: Answer) => data },
  }
}

function decode(decoder: Decoder): Answer {
  decoder.readTaggedFields()
  decoder.readInt32() // throttle time
  const topics = decoder.readUVarIntArray(of => {
    const topic = of.readUVarIntString()
    const partitions = of.readUVarIntArray(decodePartition)
    of.readTaggedFields()
    return { topic, partitions }
  })
  return { topics, errorCode: decoder.readInt16() }
}

function decodePartition(decoder: Decoder): Answered {
  const partition = decoder.readInt32()
  const offset = decoder.readInt64().toString()
  decoder.readInt32() // leader epoch
  const metadata = decoder.readUVarIntString() ?? ''
  const errorCode = decoder.readInt16()
  decoder.readTaggedFields()
  return { partition, offset, metadata, errorCode }
}
