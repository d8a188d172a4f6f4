import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, folderWith } from '../integration/folder.ts'
import { type RealChain, startRealChain } from '../integration/real-chain.ts'
import { alertsFrom, settled } from './accounts.ts'
import { pythonWith } from './python.ts'

type Told = { readonly status?: number; readonly id: string; readonly body: Record<string, unknown> }

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url))
const toldIn = (stdout: string): Told[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Told)
const minutes = 60_000

describe('thehive4py against the intake', () => {
  let chain: RealChain
  let folder: Folder
  let file: string

  beforeAll(async () => {
    folder = await folderWith(() => ({}))
    file = join(folder.path, 'muestra ñ.bin')
    await writeFile(file, Buffer.from('MZ a sample \x00\xff', 'latin1'))
    chain = await startRealChain({ env: { VIGIA_CONTENT_DIR: join(folder.path, 'content') } })
  }, 2 * minutes)
  afterAll(async () => {
    await chain.stop()
    await folder.remove()
  })

  it.each([3, 4])(
    'takes what 1.8.2 sends as version %i: a resend is one alert with one id',
    async version => {
      const python = await pythonWith(['thehive4py==1.8.2'])
      const before = (await alertsFrom(chain, 'thehive4py-1')).length
      const { stdout } = await python.run([program('thehive4py1.py'), chain.api, chain.key, String(version), file])
      const told = toldIn(stdout)
      expect(told.map(({ status }) => status)).toEqual([201, 201, 201])
      expect(told[1]?.id).toBe(told[0]?.id)
      expect(told[2]?.id).not.toBe(told[0]?.id)
      await settled(chain, before + 3)
      const alerts = (await alertsFrom(chain, 'thehive4py-1')).slice(before)
      expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(2)
      const observables = alerts[0]?.observables.map(({ type, value }) => `${type} ${value}`)
      expect(observables).toEqual(
        expect.arrayContaining(['ip 203.0.113.77', `hash ${'a'.repeat(64)}`, `hash ${'b'.repeat(32)}`]),
      )
      // The file went into the content store: its name without the folders of the sender.
      const attachment = alerts[0]?.observables.find(({ type }) => type === 'file')?.attachment
      expect(attachment).toMatchObject({ name: 'muestra ñ.bin', size: 14 })
    },
    5 * minutes,
  )

  it(
    'loses and doubles nothing that 2.x sends while the intake is killed twice',
    async () => {
      const count = 60
      const python = await pythonWith(['thehive4py==2.0.3'])
      const before = (await settled(chain, 0)).linked
      const running = python.run([program('thehive4py2.py'), chain.api, chain.key, String(count), file])
      for (const few of [5, 25]) {
        await expect
          .poll(async () => (await alertsFrom(chain, 'thehive4py-2')).length, { timeout: 2 * minutes })
          .toBeGreaterThanOrEqual(few)
        await chain.kill('ingest')
      }
      const told = toldIn((await running).stdout)
      expect(new Set(told.map(({ id }) => id)).size).toBe(count + 1)
      const ledger = await settled(chain, before + count + 1)
      const fingerprints = new Set((await alertsFrom(chain, 'thehive4py-2')).map(({ fingerprint }) => fingerprint))
      expect({ new: ledger.linked - before, real: fingerprints.size, balanced: ledger.balanced }).toEqual({
        ...{ new: count + 1, real: count + 1, balanced: true },
      })
    },
    5 * minutes,
  )
})
