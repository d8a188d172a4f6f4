import { readFileSync } from 'node:fs'
import { mispFeed } from '../../adapters/misp/feed.ts'
import type { IndicatorSource } from '../../adapters/misp/indicator-source.ts'
import { mispRestSearch } from '../../adapters/misp/rest-search.ts'
import type { Settings } from '../../core/settings.ts'
import type { Service } from '../../runtime/stage.ts'
import { type IndicatorsEntry, parseIndicatorsFile } from './indicators-file.ts'
import { mispSync } from './topology.ts'

/** The service from its settings; without indicators.yaml it only joins what is on the topic. */
export function buildMispSync(
  settings: Settings,
  say: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Service {
  const file = settings.VIGIA_INDICATORS
  if (file === undefined) return mispSync([])
  const entries = parseIndicatorsFile(file, readFileSync(file, 'utf8'))
  say(`sources of indicators: ${entries.map(each => each.name).join(', ')}`)
  const sources = entries.map(entry => ({ scope: entry.scope, source: sourceOf(entry, env) }))
  return mispSync(sources, settings.VIGIA_PULL_EVERY_S * 1000)
}

function sourceOf(entry: IndicatorsEntry, env: NodeJS.ProcessEnv): IndicatorSource {
  if (entry.feed !== undefined) return mispFeed({ name: entry.name, location: entry.feed })
  return mispRestSearch({ name: entry.name, url: entry.misp ?? '', key: keyOf(entry, env), now: Date.now })
}

function keyOf({ key }: IndicatorsEntry, env: NodeJS.ProcessEnv): string {
  if (key === undefined) return ''
  return 'env' in key ? (env[key.env] ?? '') : readFileSync(key.file, 'utf8').trim()
}
