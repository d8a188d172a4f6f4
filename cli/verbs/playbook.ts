import { readFileSync } from 'node:fs'
import { isVigiaError } from '../../core/errors.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { loadPlaybooks, type PlaybookSet } from '../../services/responder/playbook/load.ts'
import { loadTargets } from '../../services/responder/targets.ts'
import { shippedConfig } from '../up/defaults.ts'
import { UsageError, type Verb } from '../verb.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Compiles playbooks against the targets, as the responder does at its start; exits 1 with every problem. */
export const playbook: Verb = {
  name: 'playbook',
  usage: 'test FILE...',
  summary: 'the rules of playbooks, or what is wrong with them',
  words: Number.POSITIVE_INFINITY,
  async run([what, ...files], flags, io) {
    if (what !== 'test') throw new UsageError('say test')
    if (files.length === 0) throw new UsageError('FILE is missing')
    const sources = files.map(path => ({ path, text: readFileSync(path, 'utf8') }))
    try {
      const loaded = loadPlaybooks(sources, targetsFrom(io.env))
      io.out(flags.json === true ? JSON.stringify({ hash: loaded.hash, rules: rulesOf(loaded) }) : rulesText(loaded))
      return 0
    } catch (error) {
      if (!isVigiaError(error, 'VIG_FILE_INVALID')) throw error
      const problems = error.message.split('\n')
      io.out(flags.json === true ? JSON.stringify({ rules: [], problems: problems.map(placed) }) : problems.join('\n'))
      return 1
    }
  },
}

function targetsFrom(given: Env) {
  const env = { ...shippedConfig(), ...given }
  const path = readSettings(env, ['VIGIA_TARGETS']).VIGIA_TARGETS
  const file = path === undefined ? undefined : { path, text: readFileSync(path, 'utf8') }
  return loadTargets(file, { env: given, readFile: name => readFileSync(name, 'utf8') })
}

function rulesOf({ rules }: PlaybookSet) {
  return rules.map(({ playbook: from, name, mode, when, do: steps }) => ({
    ...{ playbook: from, name, mode, when: when.source },
    do: steps.map(each => ({
      ...{ action: each.target.type, target: each.target.name, maxTlp: each.target.maxTlp },
      ...{ approval: each.approval, text: each.text.source },
    })),
  }))
}

function rulesText(loaded: PlaybookSet): string {
  return rulesOf(loaded)
    .flatMap(rule => [
      `${rule.playbook}/${rule.name} (${rule.mode}): when ${rule.when.trim()}`,
      ...rule.do.map(
        each =>
          `  ${each.action} ${each.target}, up to TLP ${each.maxTlp}${each.approval ? ', after an approval' : ''}: ${each.text}`,
      ),
    ])
    .join('\n')
}

/** `file:line: says`, as every loader of configuration tells it. */
function placed(problem: string) {
  const [, file = '', line = '1', says = problem] = /^(.*?):(\d+): (.*)$/.exec(problem) ?? []
  return { file, line: Number(line), says }
}
