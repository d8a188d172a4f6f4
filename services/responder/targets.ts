import { z } from 'zod'
import type { NotifyTarget } from '../../adapters/notify/notifier.ts'
import { type Tlp, tlpAtMost, tlps } from '../../core/tlp.ts'
import { type FileProblem, readYamlFile, refuse, type SourceFile } from '../../core/yaml-file.ts'

/**
 * `targets.yaml`: where notices may go, by name.
 *
 *     targets:
 *       - name: soc
 *         type: notify.webhook
 *         url: https://chat.example/hooks/soc     # or {env: NAME} or {file: PATH}: some webhook URLs are secrets
 *         token: { env: SOC_TOKEN }               # optional for a webhook
 *         maxTlp: AMBER                           # default GREEN; of a case above it, nothing is told but that it is there
 *         link: https://vigia.example/cases/{{case.number}}
 */
export type Target = NotifyTarget & {
  readonly maxTlp: Tlp
  /** Where people look a case up; `{{case.number}}` is all that it may hold of it. */
  readonly link: string | null
}

/** Where secrets are read from. `readFile` throws where there is no such file. */
export type Secrets = {
  readonly env: Readonly<Record<string, string | undefined>>
  readFile(path: string): string
}

export const actionTypes = ['notify.webhook', 'notify.telegram'] as const

const telegramApi = 'https://api.telegram.org'

const elsewhere = [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })] as const
const entry = z.strictObject({
  name: z.string().min(1),
  type: z.enum(actionTypes),
  url: z.union([z.string().min(1), ...elsewhere], { error: 'a URL, {env: NAME} or {file: PATH}' }).optional(),
  chat: z.union([z.string().min(1), z.int().transform(String)], { error: 'the id of a chat' }).optional(),
  token: z.union(elsewhere, { error: 'a token is never written here: {env: NAME} or {file: PATH}' }).optional(),
  maxTlp: z
    .enum(tlps)
    .refine(tlp => tlp !== 'RED', 'RED never leaves')
    .default('GREEN'),
  link: z.string().optional(),
})
const targetsFile = z.strictObject({ targets: z.array(entry) })

type Entry = z.infer<typeof entry>
type Complain = (field: keyof Entry, cause: string) => undefined

/** The targets of the file, with their secrets; throws `VIG_FILE_INVALID` with every problem. No file: no targets. */
export function loadTargets(file: SourceFile | undefined, secrets: Secrets): readonly Target[] {
  if (file === undefined) return []
  const read = readYamlFile(file.path, file.text, targetsFile)
  const problems: FileProblem[] = [...read.problems]
  const names = new Set<string>()
  const targets = (read.value?.targets ?? []).flatMap((each, index) => {
    const complain: Complain = (field, cause) => {
      const line = read.lineOf(['targets', index, field])
      problems.push({ file: file.path, line, cause: `target '${each.name}': ${cause}` })
    }
    if (names.has(each.name)) complain('name', 'there is another of this name')
    names.add(each.name)
    const target = targetOf(each, secrets, complain)
    return target === undefined ? [] : [target]
  })
  if (problems.length > 0) refuse(problems)
  return targets
}

function targetOf(each: Entry, secrets: Secrets, complain: Complain): Target | undefined {
  const { name, type, maxTlp, link = null, chat } = each
  const url = urlOf(
    secretOf('url', each.url ?? (type === 'notify.telegram' ? telegramApi : undefined), secrets, complain),
    complain,
  )
  const token = secretOf('token', each.token, secrets, complain)
  if (link !== null && /\{\{(?!case\.number\}\})/.test(link))
    complain('link', 'only {{case.number}} may stand in a link')
  if (type === 'notify.webhook') {
    if (chat !== undefined) complain('chat', 'only a notify.telegram has a chat')
    if (each.url === undefined) return complain('name', 'a notify.webhook has a url')
    return url === undefined ? undefined : { type, name, url, token: token ?? null, maxTlp, link }
  }
  if (chat === undefined) complain('name', 'a notify.telegram has a chat')
  if (each.token === undefined) complain('name', 'a notify.telegram has a token')
  if (url === undefined || token === undefined || chat === undefined) return undefined
  return { type, name, url, chat, token, maxTlp, link }
}

/** The value itself, or what it refers to. Says where it looked, never what it found. */
function secretOf(
  field: 'url' | 'token',
  from: Entry['url'],
  { env, readFile }: Secrets,
  complain: Complain,
): string | undefined {
  if (from === undefined || typeof from === 'string') return from
  if ('env' in from) return env[from.env] || complain(field, `the environment has no ${from.env}`)
  try {
    return readFile(from.file).trim() || complain(field, `${from.file} is empty`)
  } catch {
    return complain(field, `${from.file} cannot be read`)
  }
}

function urlOf(text: string | undefined, complain: Complain): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? text : complain('url', 'no http or https URL')
}

/** What a target is to a decision: no address and no secret, so that it may be recorded with the playbooks. */
export function publicPart({ name, type, maxTlp, link }: Target): object {
  return { name, type, maxTlp, link }
}

/** Default-deny: a TLP that is not known is above any. */
export function mayTell(target: Pick<Target, 'maxTlp'>, tlp: string): boolean {
  const known = tlps.find(each => each === tlp)
  return known !== undefined && tlpAtMost(known, target.maxTlp)
}
