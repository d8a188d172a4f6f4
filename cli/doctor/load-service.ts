import { messageOf } from '../../core/errors.ts'
import { type SettingName, type Settings, settings } from '../../core/settings.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import type { Service } from '../../runtime/stage.ts'
import { buildDispatcher } from '../../services/analyzer-dispatcher/build.ts'
import { buildCaseBuilder } from '../../services/case-builder/build.ts'
import { buildIngest } from '../../services/ingest/build.ts'
import { buildMispSync } from '../../services/misp-sync/build.ts'
import { buildResponder } from '../../services/responder/build.ts'
import type { ServiceName } from '../up/chain.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What a service found in its settings and files; with problems it would refuse to start. */
export type Loaded = {
  readonly service: ServiceName
  readonly said: readonly string[]
  readonly problems: readonly string[]
}

/** Reads the settings of a service and builds it, as its process does, without connecting to anything. */
export async function loadService(service: ServiceName, env: Env): Promise<Loaded> {
  const problems = settingProblems(env, namesOf(service, true))
  const own = await loadFiles(service, env)
  return { service, said: own.said, problems: [...new Set([...problems, ...own.problems])] }
}

/** The same for the service's own settings and files alone: brokers and registry need not be given. */
export async function loadFiles(service: ServiceName, env: Env): Promise<Loaded> {
  const names = namesOf(service, false)
  // Typos and the settings of others are not this service's; `settingProblems` tells them.
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('VIGIA_') || names.some(each => isOf(each, name))),
  )
  const said: string[] = []
  try {
    await build(service, readSettings(own, names) as Settings, message => said.push(message), env)
    return { service, said, problems: [] }
  } catch (error) {
    return { service, said, problems: messageOf(error).split('\n') }
  }
}

export function settingProblems(env: Env, names: readonly SettingName[]): readonly string[] {
  try {
    readSettings(env, names)
    return []
  } catch (error) {
    return messageOf(error).split('\n')
  }
}

function isOf(setting: SettingName, name: string): boolean {
  return name === setting || name === `${setting}_FILE`
}

function namesOf(service: ServiceName, isWhole: boolean): readonly SettingName[] {
  return (Object.keys(settings) as SettingName[]).filter(name => {
    const of = settings[name].of as readonly string[]
    return of.includes(service) || (isWhole && of.includes('every service'))
  })
}

function build(
  service: ServiceName,
  read: Settings,
  say: (message: string) => void,
  env: NodeJS.ProcessEnv,
): Service | Promise<Service> {
  if (service === 'ingest') return buildIngest(read, say)
  if (service === 'case-builder') return buildCaseBuilder(read)
  if (service === 'analyzer-dispatcher') return buildDispatcher(read, say, env)
  if (service === 'misp-sync') return buildMispSync(read, say, env)
  return buildResponder(read, say, env)
}
