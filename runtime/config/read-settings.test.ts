import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettings } from './read-settings.ts'

describe('settings', () => {
  it('come from the environment, with defaults', () => {
    const read = readSettings({ VIGIA_KAFKA_BROKERS: 'a:1, b:2' }, [
      'VIGIA_KAFKA_BROKERS',
      'VIGIA_PREFIX',
      'VIGIA_API_PORT',
    ])
    expect(read).toEqual({ VIGIA_KAFKA_BROKERS: ['a:1', 'b:2'], VIGIA_PREFIX: 'vigia.', VIGIA_API_PORT: undefined })
  })

  it('come from a file where the name ends in _FILE', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vigia-')), 'secret')
    writeFileSync(file, 'a-secret-of-length\n')
    expect(readSettings({ VIGIA_SEAL_SECRET_FILE: file }, ['VIGIA_SEAL_SECRET'])).toEqual({
      VIGIA_SEAL_SECRET: 'a-secret-of-length',
    })
  })

  it('refuses all that is wrong at once, and prints no value', () => {
    const env = {
      VIGIA_KAFKA_BROKER: 'x',
      VIGIA_SEAL_SECRET: 'hunter2',
      VIGIA_METRICS_PORT: 'many',
      VIGIA_API_KEYS_FILE: '/no/such/file',
    }
    const wanted = ['VIGIA_SEAL_SECRET', 'VIGIA_METRICS_PORT', 'VIGIA_API_KEYS', 'VIGIA_REGISTRY_URL'] as const
    let message = ''
    try {
      readSettings(env, wanted)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toContain('VIGIA_KAFKA_BROKER: no such setting (nearest: VIGIA_KAFKA_BROKERS)')
    for (const name of [
      'VIGIA_SEAL_SECRET:',
      'VIGIA_METRICS_PORT:',
      'VIGIA_API_KEYS_FILE:',
      'VIGIA_REGISTRY_URL: is missing',
    ])
      expect(message).toContain(name)
    expect(message).not.toContain('hunter2')
  })
})
