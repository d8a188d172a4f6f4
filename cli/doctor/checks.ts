import { errors, messageOf } from '../../core/errors.ts'
import type { Drift } from '../verbs/topic.ts'
import { type Finding, fine, thrown, wrong } from './finding.ts'
import type { Loaded } from './load-service.ts'

/** The checks of `doctor`. Each asks one probe, never throws, and names what is wrong with its mend. */

const leastNode = 24
const mostDrifts = 20

export function checkNode(version: string): Finding {
  const isNew = Number(version.split('.')[0]) >= leastNode
  if (isNew) return fine(`Node ${version}`)
  return wrong(`Node ${version} is too old`, `use Node ${leastNode} or later; \`npm ci\` brings one with it`)
}

export function checkSettings(problems: readonly string[]): readonly Finding[] {
  if (problems.length === 0) return [fine('settings: every VIGIA_ name is known')]
  return problems.map(problem => wrong(`settings: ${problem}`, errors.VIG_CONFIG_INVALID.mend))
}

/** Each address of its own: one broker that is gone is seen, though the others answer. */
export async function checkBrokers(
  brokers: readonly string[],
  reach: (address: string) => Promise<void>,
): Promise<readonly Finding[]> {
  if (brokers.length === 0)
    return [wrong('brokers: no address is given', 'start `vigia up`, or set VIGIA_KAFKA_BROKERS (or give --brokers)')]
  return Promise.all(
    brokers.map(async address => {
      try {
        await reach(address)
        return fine(`broker ${address} answers`)
      } catch (error) {
        const mend = 'start the broker (`vigia up` starts one), or mend VIGIA_KAFKA_BROKERS'
        return wrong(`no broker answers at ${address}: ${messageOf(error)}`, mend)
      }
    }),
  )
}

export async function checkRegistry(
  url: string | undefined,
  statusOf: (url: string) => Promise<number>,
): Promise<Finding> {
  const mend = 'start the registry (`vigia up` starts one), or mend VIGIA_REGISTRY_URL'
  if (url === undefined) return wrong('registry: no address is given', 'set VIGIA_REGISTRY_URL (or give --registry)')
  try {
    const status = await statusOf(`${url.replace(/\/$/, '')}/subjects`)
    if (status === 200) return fine(`registry ${url} answers`)
    if (status === 401 || status === 403)
      return wrong(`the registry ${url} refuses our login (${status})`, errors.VIG_AUTH_REFUSED.mend)
    return wrong(`the registry ${url} answers ${status} where 200 was expected`, mend)
  } catch (error) {
    return wrong(`no registry answers at ${url}: ${messageOf(error)}`, mend)
  }
}

export async function checkTopics(
  count: number,
  driftOf: () => Promise<readonly Drift[]>,
): Promise<readonly Finding[]> {
  try {
    const drifts = await driftOf()
    if (drifts.length === 0) return [fine(`topics: all ${count} are as the catalogue says`)]
    const more = drifts.length - mostDrifts
    return [
      ...drifts.slice(0, mostDrifts).map(drifted),
      ...(more > 0 ? [wrong(`topics: ${more} more differences`, 'see them all with `vigia topic diff`')] : []),
    ]
  } catch (error) {
    return [thrown('topics', error, 'look at the brokers; then run `vigia topic diff`')]
  }
}

function drifted({ topic, setting, wanted, found }: Drift): Finding {
  if (setting === 'topic') return wrong(`topic ${topic} is missing`, 'create what is missing with `vigia topic apply`')
  const says = `topic ${topic}: ${setting} is ${found}, the catalogue says ${wanted}`
  if (setting === 'partitions') return wrong(says, 'partitions never change: use a new prefix (VIGIA_PREFIX)')
  return wrong(says, `set ${setting}=${wanted} with the tools of the brokers, e.g. kafka-configs.sh --alter`)
}

export async function checkSchemas(
  count: number,
  missing: () => Promise<readonly string[]>,
): Promise<readonly Finding[]> {
  try {
    const subjects = await missing()
    if (subjects.length === 0) return [fine(`schemas: all ${count} are registered`)]
    return subjects.map(each => wrong(`schema ${each} is not registered`, 'register it with `vigia schema apply`'))
  } catch (error) {
    return [thrown('schemas', error, 'look at the registry; then run `vigia schema check`')]
  }
}

export type ApiProbe = {
  /** Status of a request without a key. */
  get(url: string): Promise<number>
  /** Status of a command that is none, under the key: it is looked at after the key and the role, and changes nothing. */
  command(url: string, key: string): Promise<number>
}

export async function checkApi(
  api: string | undefined,
  key: string | undefined,
  probe: ApiProbe,
): Promise<readonly Finding[]> {
  if (api === undefined)
    return [wrong('API: no address is given', 'start `vigia up`, or set VIGIA_API_URL (or give --api)')]
  const base = api.replace(/\/$/, '')
  try {
    const status = await probe.get(`${base}/api/status`)
    if (status !== 200) return [wrong(`what answers ${status} at ${base} is not the API`, 'mend VIGIA_API_URL')]
  } catch (error) {
    const mend = 'start ingest with VIGIA_API_PORT (`vigia up` does), or mend VIGIA_API_URL'
    return [wrong(`no API answers at ${base}: ${messageOf(error)}`, mend)]
  }
  return [fine(`API ${base} answers`), await checkKey(base, key, probe)]
}

async function checkKey(base: string, key: string | undefined, probe: ApiProbe): Promise<Finding> {
  if (key === undefined) return wrong('API key: none is given', 'set VIGIA_API_KEY (or give --key)')
  try {
    const status = await probe.command(`${base}/v1/commands`, key)
    if (status === 400) return fine('API key: accepted, and may command')
    if (status === 403) return fine('API key: accepted; it may send alerts, not command')
    if (status !== 401) return wrong(`API key: the API answers ${status}`, 'look at the log of ingest')
    const mend = 'make one with `vigia key create`, put its line into the file of VIGIA_API_KEYS_FILE of ingest'
    return wrong('API key: the API does not know it', mend)
  } catch (error) {
    return thrown('API key', error, 'look at the log of ingest')
  }
}

export function checkFiles(what: string, { said, problems }: Pick<Loaded, 'said' | 'problems'>): readonly Finding[] {
  if (problems.length === 0) return [fine(`${what}: ${said.length === 0 ? 'nothing is set' : said.join('; ')}`)]
  return problems.map(problem => wrong(`${what}: ${problem}`, errors.VIG_FILE_INVALID.mend))
}
