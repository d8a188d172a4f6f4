import { suffixesOf } from './observable/domain-name.ts'
import { hostOf, hostText } from './observable/host.ts'
import { type IpAddress, type IpNetwork, parseNetwork, truncated } from './observable/ip-address.ts'
import { observableTypesOfMisp } from './observable/misp-types.ts'

/** A MISP warninglist, as `lists/<dir>/list.json` has it (contract section 4.2). */
export type Warninglist = {
  readonly name: string
  /** string, substring, hostname, cidr or regex; lists of another type are passed over. */
  readonly type: string
  readonly list: readonly string[]
  readonly matching_attributes?: readonly string[]
}

/** Names of the lists that a normalised value is on. */
export type WarninglistMatcher = (type: string, value: string) => string[]

type Test = (type: string, value: string) => boolean
type Compiled = { readonly name: string; readonly types: ReadonlySet<string> | 'ALL'; readonly test: Test }

/**
 * Compiles lists once for many questions: sets and prefix tables, so that a list of a million entries costs what one of
 * ten does. `substring` lists alone are walked through; they are short.
 */
export function compileWarninglists(lists: readonly Warninglist[]): WarninglistMatcher {
  const compiled = lists.flatMap((list): Compiled[] => {
    const test = testOf(list)
    return test === undefined ? [] : [{ name: list.name, types: typesOf(list), test }]
  })
  return (type, value) =>
    compiled
      .filter(each => (each.types === 'ALL' || each.types.has(type)) && each.test(type, value))
      .map(each => each.name)
}

/** Lists that are not asked: regular expressions from outside could run for ever on a value from outside. */
export function skippedWarninglists(lists: readonly Warninglist[]): string[] {
  return lists.filter(({ type }) => !['string', 'substring', 'hostname', 'cidr'].includes(type)).map(({ name }) => name)
}

function typesOf({ matching_attributes: matching }: Warninglist): ReadonlySet<string> | 'ALL' {
  if (matching === undefined || matching.length === 0 || matching.includes('ALL')) return 'ALL'
  const types = matching.flatMap(observableTypesOfMisp)
  // A name without a dot is one that MISP has under `hostname` as well.
  return new Set<string>(types.includes('domain') ? [...types, 'hostname'] : types)
}

function testOf({ type, list }: Warninglist): Test | undefined {
  const entries = list.map(each => each.trim()).filter(each => each !== '')
  switch (type) {
    case 'string':
      return stringTest(entries)
    case 'substring':
      return (_, value) => entries.some(entry => value.includes(entry))
    case 'hostname':
      return hostnameTest(entries)
    case 'cidr':
      return cidrTest(entries)
    default:
      return undefined
  }
}

/** Types whose normal form is lower case, so that an entry's case says nothing. */
const caseless = new Set(['ip', 'cidr', 'domain', 'fqdn', 'hostname', 'mail', 'hash', 'mac'])

function stringTest(entries: readonly string[]): Test {
  const exact = new Set(entries)
  const lower = new Set(entries.map(each => each.toLowerCase()).filter(each => !exact.has(each)))
  return (type, value) =>
    exact.has(value) ||
    (caseless.has(type) && lower.has(value)) ||
    (type === 'cve' && lower.has(value.toLowerCase())) ||
    // An empty path is written as `/` here, and mostly not at all in lists.
    (type === 'url' && value.endsWith('/') && exact.has(value.slice(0, -1)))
}

/** MISP compares the host as written, with its port; here it is lower-cased, and has neither port nor user. */
function hostnameTest(entries: readonly string[]): Test {
  const names = new Set(
    entries.map(each =>
      each
        .toLowerCase()
        .replace(/^\*?\./, '')
        .replace(/\.$/, ''),
    ),
  )
  return (type, value) => {
    const host = hostOf(type, value)
    if (host === undefined) return false
    if (host.kind === 'ip') return names.has(hostText(host))
    for (const suffix of suffixesOf(host.name)) if (names.has(suffix)) return true
    return false
  }
}

function cidrTest(entries: readonly string[]): Test {
  const four = new Map<number, Set<bigint>>()
  const six = new Map<number, Set<bigint>>()
  const tableOf = ({ version }: IpAddress) => (version === 4 ? four : six)
  for (const entry of entries) {
    const network = parseNetwork(entry)
    if (network === undefined) continue
    const table = tableOf(network)
    const starts = table.get(network.prefix) ?? new Set()
    table.set(network.prefix, starts.add(network.bits))
  }
  return (type, value) => {
    const asked = networkOf(type, value)
    if (asked === undefined) return false
    for (const [prefix, starts] of tableOf(asked)) {
      if (prefix <= asked.prefix && starts.has(truncated(asked, prefix))) return true
    }
    return false
  }
}

function networkOf(type: string, value: string): IpNetwork | undefined {
  if (type === 'cidr') return parseNetwork(value)
  const host = hostOf(type, value)
  return host?.kind === 'ip' ? { ...host.ip, prefix: host.ip.version === 4 ? 32 : 128 } : undefined
}
