import { type Graph, isForTests } from './source.ts'

/**
 * The walls between the rooms, as a function of who imports whom (types count too): one sentence for each breach, none where
 * the house stands as docs/adr and CONTRIBUTING.md say.
 */
export function breachesOf(graph: Graph): readonly string[] {
  const edges = [...graph].flatMap(([from, imports]) => imports.map(to => ({ from, to })))
  return [...edges.flatMap(edge => laws.flatMap(law => sentence(edge, law))), ...cyclesOf(graph)]
}

type Edge = { readonly from: string; readonly to: string }
/** Says why an import may not be, or nothing. */
type Law = (edge: Edge) => string | undefined

const order = ['schemas', 'core', 'runtime', 'adapters', 'services', 'cli']
const pureLibraries = ['zod', 'yaml', '@marcbachmann/cel-js']
const pureBuiltins = ['node:crypto', 'node:url', 'node:net']
/** The runtime, and what it is held against: the bare loop of the benchmark, and the take-overs that are wrong on purpose. */
const knowsKafka = ['runtime/kafka/', 'test/bench/bare/', 'test/chaos/controls/']
const kafkaLibraries = /^(kafkajs|@kafkajs\/[^/]+)(\/|$)/

const laws: readonly Law[] = [
  ({ from, to }) => {
    const [mine, other] = [order.indexOf(roomOf(from)), order.indexOf(roomOf(to))]
    if (mine === -1 || other <= mine || isGenerator({ from, to })) return undefined
    return `${roomOf(to)} comes after ${roomOf(from)}`
  },
  ({ from, to }) => {
    const [mine, other] = [serviceOf(from), serviceOf(to)]
    if (mine === undefined || other === undefined || mine === other) return undefined
    return 'services never import one another'
  },
  ({ from, to }) => {
    if (roomOf(from) !== 'core' || isForTests(from) || order.includes(roomOf(to))) return undefined
    if (pureLibraries.includes(to) || pureBuiltins.includes(to)) return undefined
    return 'core has no I/O and no other libraries'
  },
  ({ from, to }) => {
    if (!kafkaLibraries.test(to) || knowsKafka.some(folder => from.startsWith(folder))) return undefined
    return 'only runtime/kafka knows it'
  },
  ({ from, to }) => {
    if (roomOf(from) !== 'infra' || !order.slice(2).includes(roomOf(to))) return undefined
    return 'infra stands on nothing above core'
  },
  ({ from, to }) => {
    if (roomOf(to) !== 'infra' || ['infra', 'cli', 'test'].includes(roomOf(from)) || isForTests(from)) return undefined
    return 'infra is for cli and test only'
  },
  ({ from, to }) => (roomOf(to) === 'test' && !isForTests(from) ? 'test is for tests only' : undefined),
  ({ from, to }) =>
    isForTests(to) && roomOf(to) !== 'test' && !isForTests(from) ? 'tests are for tests only' : undefined,
]

function sentence(edge: Edge, law: Law): string[] {
  const why = law(edge)
  return why === undefined ? [] : [`${edge.from} imports ${edge.to}: ${why}`]
}

/** The generator writes the pages of settings and errors, which are core's. */
function isGenerator({ from, to }: Edge): boolean {
  return from.startsWith('schemas/generate/') && roomOf(to) === 'core'
}

function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : ''
}

function serviceOf(path: string): string | undefined {
  return /^services\/([^/]+)\//.exec(path)?.[1]
}

/** Each cycle once, from where it was first met. */
function cyclesOf(graph: Graph): string[] {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, way: readonly string[]) => {
    const begin = way.indexOf(file)
    if (begin !== -1) cycles.push(`cycle: ${[...way.slice(begin), file].join(' -> ')}`)
    if (begin !== -1 || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return cycles
}
