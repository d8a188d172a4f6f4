import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { VigiaError } from '../core/errors.ts'
import { type ApiKey, keysOf } from '../services/ingest/api/keys.ts'

/**
 * The file of API keys that `VIGIA_API_KEYS_FILE` of ingest names. Remarks and order stay. It is replaced whole, so that a
 * running API never reads half of it, and never by two at once. Each throws `VIG_CONFIG_INVALID` with every bad line.
 */

/** A file that is not there is made, for its owner alone. Throws `VIG_CONFIG_INVALID` where the name is taken. */
export function addKey(file: string, line: string): void {
  change(file, text => `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
}

/** Whether there was one of that name. */
export function removeKey(file: string, name: string): boolean {
  if (!listKeys(file).some(key => key.name === name)) return false
  change(file, text =>
    text
      .split('\n')
      .filter(line => line.trimStart().startsWith('#') || line.trim().split(/\s+/)[0] !== name)
      .join('\n'),
  )
  return true
}

export function listKeys(file: string): readonly ApiKey[] {
  return keysOf(readFileSync(file, 'utf8'))
}

function change(file: string, edited: (text: string) => string): void {
  const next = `${file}.new`
  const opened = openNew(next)
  try {
    const before = statSync(file, { throwIfNoEntry: false })
    const after = edited(before === undefined ? '' : readFileSync(file, 'utf8'))
    keysOf(after)
    writeFileSync(opened, after)
    // Whoever could read it, the API above all, still can.
    if (before !== undefined) {
      fchmodSync(opened, before.mode & 0o777)
      const now = fstatSync(opened)
      if (now.uid !== before.uid || now.gid !== before.gid) fchownSync(opened, before.uid, before.gid)
    }
    fsyncSync(opened)
    renameSync(next, file)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  } finally {
    closeSync(opened)
  }
}

/** Its existence is the lock: two that change the file at once would lose one of the changes. */
function openNew(next: string): number {
  try {
    return openSync(next, 'wx', 0o600)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const message = `${next} is there: somebody else changes the keys, or was broken off; then remove it`
    throw new VigiaError('VIG_CONFIG_INVALID', message, {}, { cause: error })
  }
}
