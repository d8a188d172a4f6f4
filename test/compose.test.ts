import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { settings } from '../core/settings.ts'
import { images } from '../infra/local/containers.ts'
import { brokerSettings } from '../infra/local/properties.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const container = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  privileged: z.boolean().optional(),
  user: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
})
const compose = z
  .object({ services: z.record(z.string(), container), secrets: z.record(z.string(), z.object({ file: z.string() })) })
  .parse(parse(read('docker-compose.yml'), { merge: true }))

const of = (name: string) => {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}
const everything = Object.entries(compose.services)
const five = ['ingest', 'case-builder', 'analyzer-dispatcher', 'misp-sync', 'responder']
const services = [...five, 'mirror']
const ours = everything.filter(([, { image }]) => image === 'vigia')

/** The `VIGIA_` names of an environment that no setting stands behind: a service would refuse to start. */
function unknownNames(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).filter(name => name.startsWith('VIGIA_') && !(name.replace(/_FILE$/, '') in settings))
}

describe('docker-compose.yml', () => {
  it('has the five services, the set-up, one broker and one registry, in the versions that the tests run on', () => {
    const always = everything.filter(([, { profiles }]) => profiles === undefined)
    expect(always.map(([name]) => name).toSorted()).toEqual([...five, 'kafka', 'registry', 'setup'].toSorted())
    expect(of('kafka').image).toBe(images.kafka)
    expect(of('registry').image).toBe(images.registry)
  })

  it.each(ours)(
    '%s: read-only, no capabilities, no new privileges, and nothing writable but /tmp',
    (_name, service) => {
      expect(service).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] })
      expect(service.security_opt).toContain('no-new-privileges:true')
      expect(service.privileged).toBeUndefined()
      expect(service.user).toBeUndefined()
      expect(service.volumes.filter(volume => !volume.endsWith(':ro'))).toEqual([])
    },
  )

  it('has the mirror too, for those who ask for it', () => {
    const asked = everything.filter(([, { profiles }]) => profiles !== undefined)
    expect(asked.map(([name, { profiles }]) => [name, profiles])).toEqual([['mirror', ['mirror']]])
  })

  it.each(services)('%s: runs its main file, after the set-up, and is healthy when it is ready', name => {
    const { command, depends_on, environment, healthcheck } = of(name)
    expect(command).toEqual(['node', `services/${name}/main.ts`])
    expect(existsSync(new URL(`../services/${name}/main.ts`, import.meta.url))).toBe(true)
    expect(depends_on).toEqual({ setup: { condition: 'service_completed_successfully' } })
    expect(environment).toMatchObject({ VIGIA_METRICS_HOST: '0.0.0.0', VIGIA_METRICS_PORT: '9464' })
    expect(healthcheck?.test.join(' ')).toContain('127.0.0.1:9464/health/ready')
  })

  it('sets up topics, then schemas, once broker and registry are healthy', () => {
    const { command, depends_on } = of('setup')
    expect(command?.join(' ')).toMatch(/topic apply && .*schema apply/)
    expect(depends_on).toEqual({
      kafka: { condition: 'service_healthy' },
      registry: { condition: 'service_healthy' },
    })
    expect(of('registry').environment.APICURIO_STORAGE_KIND).toBe('kafkasql')
    expect(of('kafka').environment).toMatchObject({
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: brokerSettings['auto.create.topics.enable'],
      KAFKA_OFFSETS_RETENTION_MINUTES: brokerSettings['offsets.retention.minutes'],
    })
  })

  it.each(everything)('%s: every VIGIA_ name is a setting', (_name, { environment }) => {
    expect(unknownNames(environment)).toEqual([])
  })

  it('would see a name that is none', () => {
    expect(unknownNames({ VIGIA_API_PROT: '1', VIGIA_API_KEYS_FILE: 'a', PATH: '' })).toEqual(['VIGIA_API_PROT'])
  })

  it.each(ours)('%s: is given what it must have, and settings of its own only', (name, { environment }) => {
    const names = Object.keys(environment).map(each => each.replace(/_FILE$/, ''))
    expect(names).toEqual(expect.arrayContaining(['VIGIA_KAFKA_BROKERS', 'VIGIA_REGISTRY_URL']))
    const foreign = Object.entries(settings).filter(
      ([each, { of: readers }]) =>
        names.includes(each) && !readers.some(reader => reader === 'every service' || reader === name),
    )
    expect(foreign.map(([each]) => each)).toEqual([])
  })

  it.each(ours)('%s: values fit their settings', (_name, { environment }) => {
    const given = Object.entries(settings).filter(([each]) => environment[each] !== undefined)
    expect(given.filter(([each, { schema }]) => !schema.safeParse(environment[each]).success)).toEqual([])
  })

  it('gives secrets by file only', () => {
    const secrets = Object.entries(settings).flatMap(([name, setting]) => ('secret' in setting ? [name] : []))
    expect(secrets).toContain('VIGIA_SEAL_SECRET')
    for (const [, { environment }] of everything)
      expect(secrets.filter(secret => environment[secret] !== undefined)).toEqual([])
    const { environment, secrets: mounted } = of('ingest')
    expect(mounted.map(each => `/run/secrets/${each}`)).toEqual([
      environment.VIGIA_API_KEYS_FILE,
      environment.VIGIA_SEAL_SECRET_FILE,
    ])
    expect(Object.keys(compose.secrets)).toEqual(mounted)
  })

  it('publishes ports on this machine only', () => {
    const ports = everything.flatMap(([, service]) => service.ports)
    expect(ports.length).toBeGreaterThan(0)
    expect(ports.filter(port => !port.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('names files of the image that are there', () => {
    const paths = ours.flatMap(([, { environment }]) =>
      Object.values(environment).filter(text => text.startsWith('/app/')),
    )
    expect(paths.length).toBeGreaterThan(3)
    expect(paths.filter(path => !existsSync(new URL(`..${path.slice(4)}`, import.meta.url)))).toEqual([])
  })
})

describe('the image', () => {
  const lines = read('infra/docker/Dockerfile').split('\n')

  it('is Node 24 without what only developers need, and does not run as root', () => {
    expect(lines.filter(line => line.startsWith('FROM '))).toEqual(['FROM node:24-slim'])
    expect(lines.find(line => line.startsWith('RUN npm ci'))).toContain('--omit=dev')
    expect(lines.filter(line => line.startsWith('USER '))).toEqual(['USER node'])
  })

  it('holds every room that runs', () => {
    const kept = read('infra/docker/Dockerfile.dockerignore').split('\n')
    for (const room of ['bin', 'schemas', 'core', 'runtime', 'adapters', 'services', 'cli'])
      expect(kept).toContain(`!${room}`)
    expect(kept).not.toContain('!test')
  })
})
