import { readFileSync } from 'node:fs'
import { messageOf } from '../../core/errors.ts'
import { partIdOf } from '../../core/ids.ts'
import { sealName } from '../../services/ingest/trust.ts'
import { type Connection, connect } from '../connection.ts'
import { chosenBy, sourceOf } from '../dlq/choose.ts'
import { type DeadLetterEntry, entriesNamed, stateOf, triesAt } from '../dlq/dead-letter.ts'
import { bytesText, printable } from '../dlq/printable.ts'
import { type DeadLetters, readBytes, readDeadLetters } from '../dlq/read-dead-letters.ts'
import { type Drive, type Driven, driven, drivesOf, judged, type Sent, sendEach } from '../dlq/redrive.ts'
import { table, timeText } from '../table.ts'
import { type ExitCode, type Flags, type Io, numberFlag, textFlag, UsageError, type Verb } from '../verb.ts'
import { postRedrive } from './post-command.ts'
import { rulesFrom } from './source.ts'

/** The dead letters; `show` exits 3 where there is none of that name, `redrive` where one of them did not go through. */
export const dlq: Verb = {
  name: 'dlq',
  usage:
    'list [--code C] [--source S] [--tenant T] [--limit N] | show ID | redrive ID...|--code C [--source S] [--tenant T] [--limit N] [--edit FILE] [--dry-run] [--again]',
  summary: 'dead letters: what they are, and driving them again; ID may be short, or alerts.raw/P/O#N',
  words: 1000,
  options: {
    ...{ code: { type: 'string' }, source: { type: 'string' }, limit: { type: 'string' }, edit: { type: 'string' } },
    tenant: { type: 'string' },
    ...{ 'dry-run': { type: 'boolean' }, again: { type: 'boolean' } },
  },
  async run([what, ...names], flags, io) {
    if (what !== 'list' && what !== 'show' && what !== 'redrive') throw new UsageError('say list, show or redrive')
    if (what === 'list' && names.length > 0) throw new UsageError('list takes no ID')
    if (what === 'show' && names.length !== 1) throw new UsageError('show takes one ID')
    const code = textFlag(flags, 'code')
    if (what === 'redrive' && names.length > 0 === (code !== undefined)) throw new UsageError('say ID... or --code C')
    const narrower = ['source', 'tenant', 'limit'].find(name => flags[name] !== undefined)
    if (what !== 'list' && code === undefined && narrower !== undefined)
      throw new UsageError(`--${narrower} goes with list, and with redrive --code`)
    if (textFlag(flags, 'edit') !== undefined && names.length !== 1) throw new UsageError('--edit takes one ID')
    const connection = await connect(flags, io.env)
    try {
      const letters = await readDeadLetters(connection)
      if (what === 'list') return list(letters, flags, io)
      if (what === 'show') return await show(connection, letters, names[0] ?? '', flags, io)
      return await redrive(connection, letters, names, flags, io)
    } finally {
      await connection.close()
    }
  },
}

const shown = 20

function list(letters: DeadLetters, flags: Flags, io: Io): ExitCode {
  const { limit = shown, ...choice } = choiceFrom(flags)
  const found = chosenBy(letters, choice)
  const codes = [...Map.groupBy(found, each => each.code)].map(([name, group]) => ({
    ...{ code: name, count: group.length, newest: group[0]?.at ?? 0 },
    open: group.filter(each => stateOf(each, letters.tries) === 'open').length,
  }))
  const entries = found.slice(0, limit).map(each => document(each, letters))
  if (flags.json === true) io.out(JSON.stringify({ codes, entries }))
  else if (codes.length === 0) io.out('no dead letter')
  else {
    const counts = codes.map(each => [each.code, String(each.count), String(each.open), timeText(each.newest)])
    const rows = entries.map(each => [
      ...[each.id.slice(0, 8), timeText(each.at), each.code, each.origin ?? each.place, each.source ?? '-'],
      ...[each.state === 'open' ? '' : stateText(each), printable(each.reason).slice(0, 100)],
    ])
    io.out(`${table(['CODE', 'COUNT', 'OPEN', 'NEWEST'], counts)}\n`)
    io.out(table(['ID', 'WHEN', 'CODE', 'ORIGIN', 'SOURCE', '', 'REASON'], rows))
    if (found.length > entries.length) io.err(`${found.length - entries.length} more: --limit ${found.length}`)
  }
  return 0
}

function choiceFrom(flags: Flags) {
  const [code, source, tenant] = ['code', 'source', 'tenant'].map(name => textFlag(flags, name))
  return { code, source, tenant, limit: numberFlag(flags, 'limit') }
}

function document(entry: DeadLetterEntry, letters: DeadLetters) {
  const { lies: _lies, headers: _headers, declared: _declared, sent: _sent, ...plain } = entry
  const tries = triesAt(entry, letters.tries)
  const later = { attempts: Math.max(tries?.highest ?? 0, entry.attempt), taken: tries?.taken ?? null }
  return { ...plain, source: sourceOf(entry, letters), state: stateOf(entry, letters.tries), ...later }
}

function stateText({ state, attempts, taken }: ReturnType<typeof document>): string {
  if (state === 'open') return 'open'
  return state === 'taken' ? `attempt ${taken?.attempt} went through` : `attempt ${attempts} failed too`
}

async function show(
  connection: Connection,
  letters: DeadLetters,
  name: string,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const entry = only(name, letters.entries, io)
  if (entry === undefined) return 3
  const bytes = (await readBytes(connection, [entry], letters.entries)).get(entry.id)?.value
  const told = document(entry, letters)
  const headers = Object.entries(entry.headers)
    .filter(([header]) => header !== sealName)
    .map(([header, value]) => [header, value.toString()] as const)
  if (flags.json === true) {
    const value = bytes?.toString('base64') ?? null
    io.out(JSON.stringify({ ...told, headers: Object.fromEntries(headers), value }))
    return 0
  }
  const attempt = entry.attempt === 0 ? '' : `, attempt ${entry.attempt}`
  const lines = [
    `${told.code}  ${told.id}`,
    `  ${printable(told.reason)}`,
    `  of ${partIdOf(told.place, told.part ?? 0)} in ${told.stage}, ${timeText(told.at)}, tenant ${told.tenant}, source ${told.source ?? 'unknown'}`,
    ...(told.origin === null ? [] : [`  origin ${told.origin}${attempt}, ${stateText(told)}`]),
    ...headers.map(([header, value]) => `  ${printable(header)}: ${printable(value)}`),
    '',
    bytes === undefined ? `(the bytes are not kept here: see ${told.place})` : bytesText(bytes),
  ]
  io.out(lines.join('\n'))
  return 0
}

function only(name: string, entries: readonly DeadLetterEntry[], io: Io): DeadLetterEntry | undefined {
  const found = entriesNamed(name, entries)
  if (found.length === 1) return found[0]
  io.err(found.length === 0 ? `no dead letter is called ${name}` : `${name} may be any of these; give more of the id:`)
  for (const { id, place, part, code } of found) io.err(`  ${id}  ${partIdOf(place, part ?? 0)}  ${code}`)
  return undefined
}

async function redrive(
  connection: Connection,
  letters: DeadLetters,
  names: readonly string[],
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const again = flags.again === true
  const code = textFlag(flags, 'code')
  const file = textFlag(flags, 'edit')
  const named = names.map(name => only(name, letters.entries, io))
  if (named.includes(undefined)) return 3
  const chosen = new Set(
    code === undefined
      ? named.filter(each => each !== undefined)
      : chosenBy(letters, { ...choiceFrom(flags), isOpen: !again }).toReversed(),
  )
  const edited = file === undefined ? {} : { edited: readFileSync(file === '-' ? 0 : file) }
  const bytes = await readBytes(connection, [...chosen], letters.entries)
  const drives = drivesOf([...chosen], letters, bytes, { again, ...edited })
  const results = flags['dry-run'] === true ? tried(drives, io) : await sent(connection, drives, flags, io)
  if (flags.json === true) io.out(JSON.stringify({ dryRun: flags['dry-run'] === true, redriven: results }))
  else if (results.length === 0) io.out('nothing to drive again')
  else for (const { id, origin, says } of results) io.out(`${id.slice(0, 8)}  ${origin ?? '-'}  ${printable(says)}`)
  return results.every(each => each.outcome === 'alert' || each.outcome === 'suppression') ? 0 : 3
}

type Result = Pick<DeadLetterEntry, 'id' | 'origin'> & {
  readonly attempt: number | null
  readonly rawId: string | null
  readonly outcome: Driven['outcome'] | 'refused'
  readonly says: string
  readonly eventId: string | null
}

function tried(drives: readonly Drive[], io: Io): readonly Result[] {
  const rules = rulesFrom(io.env)
  return drives.map(each => resultOf(each, null, each.request && judged(rules, each.request, Date.now())))
}

/** Where the API takes no more, what was sent until then is told all the same. */
async function sent(
  connection: Connection,
  drives: readonly Drive[],
  flags: Flags,
  io: Io,
): Promise<readonly Result[]> {
  let told: Sent | undefined
  const outcomes = await driven(connection, async () => {
    told = await sendEach(drives, request => postRedrive(request, flags, io))
    return [...told.rawIds.values()]
  })
  const { rawIds, refusals, problem } = told ?? { rawIds: new Map(), refusals: new Map(), problem: undefined }
  if (problem !== undefined && rawIds.size === 0) throw problem
  return drives.map(each => {
    const rawId = rawIds.get(each)
    if (rawId !== undefined) return resultOf(each, rawId, outcomes.get(rawId))
    return resultOf({ entry: each.entry, refused: refusals.get(each) ?? messageOf(problem) }, null, undefined)
  })
}

function resultOf({ entry, request, refused }: Drive, rawId: string | null, made: Driven | undefined): Result {
  const about = { id: entry.id, origin: entry.origin, attempt: request?.attempt ?? null, rawId }
  if (refused !== undefined)
    return { ...about, outcome: 'refused', says: `not driven again: ${refused}`, eventId: null }
  return { ...about, ...(made ?? { outcome: 'pending', says: 'sent, but nothing was decided in time', eventId: null }) }
}
