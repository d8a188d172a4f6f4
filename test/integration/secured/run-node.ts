import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Runs a file of this repository to its end, with no other `VIGIA_` settings than those given. */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIA_'))
  const started = spawn(process.execPath, args, { cwd: root, env: { ...Object.fromEntries(inherited), ...env } })
  const code = new Promise<number | null>(resolve => started.once('close', resolve))
  const [out, err] = await Promise.all([text(started.stdout), text(started.stderr)])
  return { code: await code, out, err }
}
