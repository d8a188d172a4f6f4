import { expect, it } from 'vitest'
import { codeOf, Journal, noted } from './journal.ts'
import { type Current, logAppendTime, topic } from './under-test.ts'

export function topicCases(current: Current): void {
  it('creates what is missing, once, and answers what it created', async () => {
    const log = await current().log('a')
    const first = { name: current().name('first'), partitions: 2, config: logAppendTime }
    const second = { name: current().name('second'), partitions: 3, config: logAppendTime }
    expect(await log.createTopics([first])).toEqual([first.name])
    expect(await log.createTopics([first, second])).toEqual([second.name])
    expect(await log.createTopics([first, second])).toEqual([])
  })

  it('describes the topics that exist and leaves out those that do not', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'described', 3, {
      'cleanup.policy': 'compact',
      'max.message.bytes': '20000',
    })
    const absent = current().name('absent')
    const described = await log.describeTopics([name, absent])
    expect([...described.keys()]).toEqual([name])
    expect(described.get(name)?.partitions).toBe(3)
    expect(described.get(name)?.config).toMatchObject({ 'cleanup.policy': 'compact', 'max.message.bytes': '20000' })
  })

  it('does not change a topic that exists when it is created again with other settings', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'kept', 1, { 'max.message.bytes': '20000' })
    await log.createTopics([{ name, partitions: 4, config: { 'max.message.bytes': '30000' } }])
    const described = (await log.describeTopics([name])).get(name)
    expect(described?.partitions).toBe(1)
    expect(described?.config['max.message.bytes']).toBe('20000')
  })

  it('refuses to join with inputs of different partition counts', async () => {
    const log = await current().log('a')
    const inputs = [await topic(current, log, 'two', 2), await topic(current, log, 'three', 3)]
    const joined = log.join({ group: current().name('group'), inputs }, noted(new Journal(), 'a'))
    expect(await joined.then(() => 'joined', codeOf)).toBe('VIG_TOPIC_MISFIT')
  })
}
