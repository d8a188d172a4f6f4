import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../log.ts'
import { kafkaLog } from './kafka-log.ts'

/** Takes connections and says nothing: brokers that hang. */
const silent = createServer(socket => socket.on('error', () => {}).resume())
let log: Log
beforeAll(async () => {
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : undefined
  log = kafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: 'appender-test' })
})
afterAll(async () => {
  silent.close()
  await log.close()
})

describe('appending while the brokers do not answer', () => {
  const megabyte = Buffer.alloc(1024 * 1024)
  const append = (value: Buffer) => log.append([{ topic: 't', partition: 0, key: null, value }])

  it('holds 32 MiB at most: what comes beyond is refused at once, as unavailable', async () => {
    const settled: string[] = []
    const waiting = Array.from({ length: 31 }, () =>
      append(megabyte).then(
        () => settled.push('appended'),
        error => settled.push(messageOf(error)),
      ),
    )
    const refused = await append(megabyte).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(refused).toMatchObject({ code: 'VIG_LOG_UNAVAILABLE', message: expect.stringContaining('wait already') })
    expect(settled).toEqual([])
    // Small ones find room, and none of them waits for ever.
    await expect(append(Buffer.alloc(10))).rejects.toMatchObject({ code: 'VIG_LOG_UNAVAILABLE' })
    await Promise.all(waiting)
    expect(settled).toHaveLength(31)
    expect(settled.filter(said => said === 'appended' || said.includes('wait already'))).toEqual([])
  })
})
