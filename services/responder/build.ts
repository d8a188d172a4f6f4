import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notifierFor } from '../../adapters/notify/route.ts'
import type { Settings } from '../../core/settings.ts'
import type { Service } from '../../runtime/stage.ts'
import { loadPlaybooks } from './playbook/load.ts'
import { loadTargets } from './targets.ts'
import { responder } from './topology.ts'

/** The service from its settings; without playbooks it notes what it sees and does nothing. */
export function buildResponder(
  settings: Settings,
  say: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Service {
  const file = settings.VIGIA_TARGETS
  const source = file === undefined ? undefined : { path: file, text: readFileSync(file, 'utf8') }
  const targets = loadTargets(source, { env, readFile: path => readFileSync(path, 'utf8') })
  const playbooks = loadPlaybooks(playbookFiles(settings.VIGIA_PLAYBOOKS), targets)
  say(`rules: ${playbooks.rules.length}, targets: ${targets.map(each => each.name).join(', ') || 'none'}`)
  return responder(playbooks, notifierFor(targets))
}

function playbookFiles(folder: string | undefined): { path: string; text: string }[] {
  if (folder === undefined) return []
  const names = readdirSync(folder).filter(name => /\.ya?ml$/.test(name))
  return names.toSorted().map(name => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }))
}
