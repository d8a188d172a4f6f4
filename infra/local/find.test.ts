import { describe, expect, it } from 'vitest'
import { VigiaError } from '../../core/errors.ts'
import { kafkaEnvironment } from './containers.ts'
import { chooseBrokers, findBrokers, type Ways } from './find.ts'

const at = (brokers: string) => ({ brokers, registry: `http://${brokers}/r`, stop: async () => {} })

function ways(open: Partial<Ways>): Ways & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    containers: log => {
      asked.push('containers')
      return open.containers ? open.containers(log) : Promise.resolve('no container engine answers')
    },
    java: log => {
      asked.push('java')
      return open.java ? open.java(log) : Promise.reject(new VigiaError('VIG_BROKER_ABSENT', 'install Java 21'))
    },
  }
}

const given = { VIGIA_KAFKA_BROKERS: 'k1:9092,[::1]:9092', VIGIA_REGISTRY_URL: 'https://user:hush@registry.test/c/v7' }

describe('brokers', () => {
  it('from the environment come first, ask nothing else, and keep the password out of the log', async () => {
    const open = ways({ containers: async () => at('c:1'), java: async () => at('j:1') })
    const said: string[] = []
    const found = await chooseBrokers(given, line => said.push(line), open)
    expect(found).toMatchObject({
      how: 'environment',
      brokers: 'k1:9092,[::1]:9092',
      registry: given.VIGIA_REGISTRY_URL,
    })
    expect(open.asked).toEqual([])
    expect(said).toEqual([found.say])
    expect(found.say).toContain('https://registry.test/c/v7')
    expect(found.say).not.toContain('hush')
  })

  it('in containers come before local Java', async () => {
    const open = ways({ containers: async () => at('c:1'), java: async () => at('j:1') })
    expect(await chooseBrokers({}, () => {}, open)).toMatchObject({ how: 'containers', brokers: 'c:1' })
    expect(open.asked).toEqual(['containers'])
  })

  it('on local Java are chosen where no engine answers, and the reason is told', async () => {
    const open = ways({ java: async () => at('j:1') })
    const said: string[] = []
    const found = await chooseBrokers({}, line => said.push(line), open)
    expect(found).toMatchObject({ how: 'java', brokers: 'j:1', registry: 'http://j:1/r' })
    expect(open.asked).toEqual(['containers', 'java'])
    expect(said).toEqual(['no containers: no container engine answers', found.say])
  })

  it('on local Java are chosen where an engine answers but an image cannot be had', async () => {
    const open = ways({ containers: async () => 'an image cannot be had', java: async () => at('j:1') })
    expect(await chooseBrokers({}, () => {}, open)).toMatchObject({
      how: 'java',
      say: expect.stringContaining('image'),
    })
  })

  it('that cannot be had in any way are VIG_BROKER_ABSENT with what to set or install', async () => {
    const nowhere = chooseBrokers({}, () => {}, ways({}))
    await expect(nowhere).rejects.toMatchObject({ code: 'VIG_BROKER_ABSENT' })
    await expect(nowhere).rejects.toThrow(/VIGIA_KAFKA_BROKERS.*no container engine answers.*install Java 21/)
  })

  it('are not explained away where Java failed in another way', async () => {
    const open = ways({ java: () => Promise.reject(new Error('disk full')) })
    await expect(chooseBrokers({}, () => {}, open)).rejects.toThrow(/^disk full$/)
  })

  it('are stopped through what was found', async () => {
    const stopped: string[] = []
    const stop = async () => {
      stopped.push('java')
    }
    const found = await chooseBrokers({}, () => {}, ways({ java: async () => ({ ...at('j:1'), stop }) }))
    await found.stop()
    expect(stopped).toEqual(['java'])
  })
})

describe('settings for brokers', () => {
  it.each([
    [{ VIGIA_KAFKA_BROKERS: 'k:1' }, /VIGIA_REGISTRY_URL is missing/],
    [{ VIGIA_REGISTRY_URL: 'http://r' }, /VIGIA_KAFKA_BROKERS is missing/],
    [{ ...given, VIGIA_KAFKA_BROKERS: 'k1:9092,k2' }, /VIGIA_KAFKA_BROKERS is no list of host:port/],
    [{ ...given, VIGIA_KAFKA_BROKERS: 'k:99999' }, /VIGIA_KAFKA_BROKERS is no list of host:port/],
    [{ ...given, VIGIA_REGISTRY_URL: 'r.test:8080' }, /VIGIA_REGISTRY_URL is no http/],
    [{ VIGIA_KAFKA_BROKERS: 'k', VIGIA_REGISTRY_URL: 'r' }, /VIGIA_KAFKA_BROKERS.*; VIGIA_REGISTRY_URL/],
  ])('%j are refused', async (env, said) => {
    const refused = findBrokers(env)
    await expect(refused).rejects.toMatchObject({ code: 'VIG_CONFIG_INVALID' })
    await expect(refused).rejects.toThrow(said)
  })
})

describe('containers', () => {
  it('are named by the settings that the image of Kafka reads', () => {
    const environment = kafkaEnvironment('docker.test', 20_000)
    expect(environment).toMatchObject({
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://docker.test:20000',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_PROCESS_ROLES: 'broker,controller',
    })
  })
})
