import { freePorts } from './port.ts'
import { brokerSettings } from './properties.ts'
import { registryUrl } from './registry.ts'

export const images = { kafka: 'apache/kafka:4.3.1', registry: 'apicurio/apicurio-registry:3.3.3' } as const

export type Containers = { readonly brokers: string; readonly registry: string; stop(): Promise<void> }

const probeMs = 5000
const pullMs = 180_000

/**
 * Broker and registry as containers, where an engine answers and has the images or can pull them; otherwise a sentence that
 * says why not. Containers that are left by a process that died are removed by testcontainers' own reaper.
 */
export async function startContainers(log: (line: string) => void): Promise<Containers | string> {
  // A devDependency: an installation without it goes on without containers.
  const testcontainers = await import('testcontainers').catch(() => undefined)
  if (!testcontainers) return 'the package testcontainers is not installed'
  const { GenericContainer, getContainerRuntimeClient, ImageName, Wait } = testcontainers

  const client = await within(probeMs, getContainerRuntimeClient()).catch(() => undefined)
  if (!client) return 'no container engine answers'
  try {
    for (const image of Object.values(images)) {
      const name = ImageName.fromString(image)
      if (await within(probeMs, client.image.exists(name))) continue
      log(`pulling ${image}`)
      await within(pullMs, client.image.pull(name))
    }
  } catch (error) {
    return `a container engine answers, but an image cannot be had: ${firstLine(error)}`
  }

  log(`starting ${images.kafka} and ${images.registry} in containers`)
  const { host } = client.info.containerRuntime
  // The same port outside and inside: a broker tells its clients its address before the mapping is known.
  const [port = 0] = await freePorts(1)
  const kafka = new GenericContainer(images.kafka)
    .withEnvironment(kafkaEnvironment(host, port))
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
  const registry = new GenericContainer(images.registry)
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', 8080))
  const started = await Promise.allSettled([kafka.start(), registry.start()])
  const stop = async () => {
    await Promise.all(started.map(one => (one.status === 'fulfilled' ? one.value.stop() : undefined)))
  }
  const [broker, schemas] = started
  if (broker.status === 'fulfilled' && schemas.status === 'fulfilled') {
    return { brokers: `${host}:${port}`, registry: registryUrl(host, schemas.value.getMappedPort(8080)), stop }
  }
  await stop()
  const failed = started.find(one => one.status === 'rejected')
  return `a container engine answers, but a container did not start: ${firstLine(failed?.reason)}`
}

/** The image's own way of settings: `KAFKA_` and the name in capitals, dots as underscores. */
export function kafkaEnvironment(host: string, port: number): Record<string, string> {
  const settings = {
    ...brokerSettings,
    listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:9093`,
    'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': '1@127.0.0.1:9093',
  }
  const name = (setting: string) => `KAFKA_${setting.toUpperCase().replaceAll('.', '_')}`
  return Object.fromEntries(Object.entries(settings).map(([setting, value]) => [name(setting), value]))
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''
