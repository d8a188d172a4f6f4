import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { Log, LogRecord } from '../log.ts'
import { kafkaClient } from './client.ts'
import { brokerError, interpose } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { fencePredecessor } from './takeover.ts'

// kafkajs has other defaults under NODE_ENV=test, which vitest sets. This runs before kafkajs is loaded.
vi.hoisted(() => {
  process.env.NODE_ENV = 'production'
})

const unique = (suffix: string) => `retry.${randomUUID().slice(0, 8)}.${suffix}`
const options = () => ({ brokers: inject('brokers').split(','), clientId: 'retry' })
/** Codes of the protocol. */
const NOT_ENOUGH_REPLICAS = 19
const COORDINATOR_LOAD_IN_PROGRESS = 14

describe('what is tried again, on a real broker', () => {
  let log: Log
  let undo = () => {}

  const newTopic = async (suffix: string): Promise<string> => {
    const name = unique(suffix)
    log = kafkaLog(options())
    await log.createTopics([{ name, partitions: 1, config: {} }])
    return name
  }
  const append = (topic: string, value: string) =>
    log.append([{ topic, partition: 0, key: null, value: Buffer.from(value) }])
  const readAll = async (topic: string): Promise<string[]> => {
    const records: LogRecord[] = []
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) records.push(...batch)
    return records.map(({ value }) => String(value))
  }

  afterEach(async () => {
    undo()
    await log?.close()
  })

  it('D3: an append outlasts more refusals than kafkajs tries by itself', async () => {
    const topic = await newTopic('refused')
    let asked = 0
    undo = interpose('produce', (_, send) => {
      asked++
      return asked <= 6 ? Promise.reject(brokerError(NOT_ENOUGH_REPLICAS)) : send()
    })
    expect(await append(topic, 'x')).toEqual([{ partition: 0, offset: 0 }])
    expect(asked).toBe(7)
    expect(await readAll(topic)).toEqual(['x'])
  })

  it('patience: a fence outlasts a coordinator that loads for longer than kafkajs waits by itself', async () => {
    await newTopic('unused')
    let asked = 0
    undo = interpose('initProducerId', (_, send) => {
      asked++
      return asked <= 6 ? Promise.reject(brokerError(COORDINATOR_LOAD_IN_PROGRESS)) : send()
    })
    const kafka = kafkaClient(settingsFrom(options()), 'transactions')
    const producer = await fencePredecessor(kafka, unique('group'), 0, 15_000)
    expect(asked).toBe(7)
    await producer.disconnect()
  })

  it('sequence numbers: what is appended after an answer was lost is written, not taken for a repeat', async () => {
    const topic = await newTopic('lost')
    await append(topic, 'first')
    let lose = true
    undo = interpose('produce', async (_, send) => {
      const answer = await send()
      if (!lose) return answer
      lose = false
      throw Object.assign(new Error('the answer was lost'), { retriable: false })
    })
    const outcome = await append(topic, 'unknown').catch(error => isVigiaError(error, 'VIG_LOG_UNAVAILABLE'))
    expect(outcome).toBe(true)
    expect(await append(topic, 'after')).toEqual([{ partition: 0, offset: 2 }])
    expect(await readAll(topic)).toEqual(['first', 'unknown', 'after'])
  })
})
