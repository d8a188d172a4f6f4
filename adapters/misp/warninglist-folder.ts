import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, VigiaError } from '../../core/errors.ts'
import type { Warninglist } from '../../core/warninglist.ts'

/** `<folder>/<list>/list.json`, as the MISP project lays them out. Throws `VIG_FILE_INVALID` naming the file. */
export function readWarninglists(folder: string): readonly Warninglist[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => {
      const file = join(folder, entry.name, 'list.json')
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as Warninglist
      } catch (error) {
        throw new VigiaError('VIG_FILE_INVALID', `${file}: ${messageOf(error)}`)
      }
    })
}
