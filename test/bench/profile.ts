import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** What V8 writes for `--cpu-prof`, as far as it is read here. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export type SelfTime = { readonly name: string; readonly share: number }

/** The functions that take the most time by themselves, as shares of the time that is not idle. */
export function topOf(profile: CpuProfile, most: number): readonly SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? ''
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0))
  }
  times.delete('(idle)')
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times]
    .map(([name, time]) => ({ name, share: time / total }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, most)
}

/** The top of each profile in a folder, as text. */
export async function topOfProfiles(folder: string, most = 25): Promise<string> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.cpuprofile')).toSorted()
  const parts = await Promise.all(
    files.map(async file => {
      const top = topOf(JSON.parse(await readFile(join(folder, file), 'utf8')), most)
      return [file, ...top.map(({ name, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${name}`)].join('\n')
    }),
  )
  return parts.join('\n\n')
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)'
  return url === '' ? name : `${name} ${basename(url)}:${lineNumber + 1}`
}
