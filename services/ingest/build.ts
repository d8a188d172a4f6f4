import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readWarninglists } from '../../adapters/misp/warninglist-folder.ts'
import { VigiaError } from '../../core/errors.ts'
import type { Settings } from '../../core/settings.ts'
import type { Service } from '../../runtime/stage.ts'
import { apiFrom } from './api/from-settings.ts'
import { mappersWith } from './mappings/mapper-set.ts'
import { ingestRulesOf } from './rules.ts'
import { sourcesOf } from './sources-file.ts'
import { ingest } from './topology.ts'

/** The service from its settings; with VIGIA_API_PORT it hosts the HTTP API too. */
export function buildIngest(settings: Settings, say: (message: string) => void): Service {
  const file = settings.VIGIA_SOURCES
  const mappers = mappersWith(settings.VIGIA_MAPPINGS)
  const sources = file === undefined ? undefined : sourcesOf(readFileSync(file, 'utf8'), file, mappers)
  const serves = settings.VIGIA_API_PORT !== undefined
  if (serves && settings.VIGIA_SEAL_SECRET === undefined) {
    throw new VigiaError(
      'VIG_CONFIG_INVALID',
      'VIGIA_SEAL_SECRET: is missing; every instance of ingest needs the same one where there is an API',
    )
  }
  // Without an API nobody seals: a secret of this process alone makes every seal false.
  const secret = settings.VIGIA_SEAL_SECRET ?? randomBytes(32).toString('hex')
  const warninglists = settings.VIGIA_WARNINGLISTS === undefined ? [] : readWarninglists(settings.VIGIA_WARNINGLISTS)
  say(`warninglists: ${warninglists.length}`)
  const rules = ingestRulesOf({
    ...(sources === undefined ? {} : { sources }),
    mappers,
    secret,
    ownNetworks: settings.VIGIA_OWN_NETWORKS,
    ownDomains: settings.VIGIA_OWN_DOMAINS,
    warninglists,
  })
  const port = settings.VIGIA_API_PORT
  return port === undefined ? ingest(rules) : ingest(rules, apiFrom(settings, port, rules, secret, say))
}
