import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { countIn, type Fault, oneOf, type World } from '../run/world.ts'
import { between, wait } from './wait.ts'

const run = promisify(execFile)
const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find(path => existsSync(path))
/** Every file of a broker is longer soon. */
const mostBytes = 4096
const diesWithinMs = 15_000

/**
 * A disk that refuses writes, without a file system of its own and whoever runs this (root is refused nothing by permissions):
 *
 * - a broker whose files may not grow (RLIMIT_FSIZE, by prlimit): each write ends in EFBIG, Kafka gives up its log folder
 *   and ends; it is started again with a disk that works. Linux alone has it.
 * - a dispatcher whose folder of jobs is a file: no job's directory can be made.
 */
export const disk: Fault = {
  name: 'disk',
  what: 'a disk refuses writes: of a broker, or of the analyzer',
  async act(world, random, signal) {
    if (prlimit !== undefined && random.below(2) === 0)
      return refuseBroker(world, prlimit, oneOf(random, world.cluster.stack.nodes) ?? 1)
    return refuseJobs(world, between(random, 3000, 7000), signal)
  },
}

async function refuseBroker({ cluster, tally, say }: World, command: string, node: number): Promise<boolean> {
  const { stack } = cluster
  const pid = stack.pid(node)
  if (pid === undefined) return false
  say(`disk: that of node ${node} refuses every write`)
  await run(command, ['--pid', String(pid), `--fsize=${mostBytes}`])
  const until = Date.now() + diesWithinMs
  while (stack.pid(node) === pid && Date.now() < until) await wait(100, new AbortController().signal)
  const died = stack.pid(node) !== pid
  say(`disk: node ${node} ${died ? 'gave up' : 'did not notice, and is killed'}; it starts again with one that works`)
  await stack.kill(node, 'SIGKILL')
  countIn(tally.kills, 'broker')
  await stack.start(node)
  return true
}

async function refuseJobs({ fleet, say }: World, ms: number, signal: AbortSignal): Promise<boolean> {
  const [dispatcher] = fleet.instances().filter(each => each.service === 'analyzer-dispatcher')
  const pid = dispatcher?.pid()
  if (dispatcher === undefined || pid === undefined) return false
  const folder = join(dispatcher.temporary, 'vigia-jobs', String(pid))
  if (!existsSync(folder)) return false
  say(`disk: no job of ${dispatcher.name} can be written for ${ms} ms`)
  const aside = `${folder}.aside`
  await rename(folder, aside)
  await writeFile(folder, '')
  try {
    await wait(ms, signal)
  } finally {
    await rm(folder, { force: true })
    await rename(aside, folder).catch(() => {})
  }
  return true
}
