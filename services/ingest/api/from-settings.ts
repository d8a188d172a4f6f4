import { readFile } from 'node:fs/promises'
import { openFolderStore } from '../../../adapters/content/folder-store.ts'
import { messageOf } from '../../../core/errors.ts'
import type { Settings } from '../../../core/settings.ts'
import { domainFor, fingerprintFor, sourceFor } from '../identity.ts'
import { partsOf } from '../parts.ts'
import type { IngestRules } from '../rules.ts'
import type { Serves } from '../topology.ts'
import { watchedKeys } from './keys-watch.ts'
import { serveApi } from './serve.ts'

/** After this long at most, a key that was taken out of its file is refused. */
const keysEveryMs = 2_000

/** The API of an instance that has one. Throws `VIG_CONFIG_INVALID` for bad keys, and when it starts for a bad folder. */
export function apiFrom(
  settings: Settings,
  port: number,
  rules: IngestRules,
  sealSecret: string,
  say: (message: string) => void,
): Serves {
  const { VIGIA_API_KEYS_FILE: file, VIGIA_CONTENT_DIR: folder } = settings
  const first = settings.VIGIA_API_KEYS ?? ''
  const read = () => (file === undefined ? Promise.resolve(first) : readFile(file, 'utf8'))
  const keys = watchedKeys({ text: { read }, first, say })
  say(`API keys: ${keys.current().length}`)
  if (folder === undefined) say('VIGIA_CONTENT_DIR is not set: files that come with alerts are described, not kept')
  return async producer => {
    const limits = { maxFile: settings.VIGIA_CONTENT_MAX_FILE, maxTotal: settings.VIGIA_CONTENT_MAX_TOTAL }
    const content = folder === undefined ? undefined : await openFolderStore({ folder, ...limits, clock: Date.now })
    const served = await serveApi({
      host: settings.VIGIA_API_HOST,
      port,
      keys: keys.current,
      sealSecret,
      clock: Date.now,
      domainFor: domainFor(rules),
      fingerprintFor: fingerprintFor(rules),
      partsOf: body => partsOf(body, rules.mappers),
      sourceFor: sourceFor(rules),
      content,
      failed: error => say(`a request was answered 500: ${messageOf(error)}`),
    })(producer)
    const stop = file === undefined ? () => {} : keys.follow(keysEveryMs)
    return {
      address: served.address,
      async close() {
        stop()
        await served.close()
      },
    }
  }
}
