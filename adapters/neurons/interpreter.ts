import { open } from 'node:fs/promises'
import { basename, extname } from 'node:path'

const byExtension: Readonly<Record<string, readonly string[]>> = {
  '.py': ['python3'],
  '.sh': ['sh'],
  '.js': [process.execPath],
  '.mjs': [process.execPath],
}

/**
 * The program and arguments that run a neuron's file: the interpreter of its first line, started by ourselves, because
 * of 431 public neurons 23 lack the executable bit, one has a shebang that ends in CR, and six ask for `python`, which
 * Debian does not have (reference section 2). `node` is the one that runs us. Without a shebang the extension decides;
 * without a known one the file is executed as it is. Rejects where the file cannot be read.
 */
export async function argvOf(command: string): Promise<readonly [string, ...string[]]> {
  const words = wordsOf(await firstLine(command))
  const [program, ...rest] = words.length > 0 ? words : (byExtension[extname(command)] ?? [])
  if (program === undefined) return [command]
  return [resolved(program), ...rest, command]
}

function wordsOf(line: string): string[] {
  if (!line.startsWith('#!')) return []
  const words = line
    .slice(2)
    .trim()
    .split(/\s+/)
    .filter(word => word !== '')
  if (basename(words[0] ?? '') !== 'env') return words
  const rest = words.slice(1)
  while (rest[0]?.startsWith('-') || rest[0]?.includes('=')) rest.shift()
  return rest
}

function resolved(program: string): string {
  const name = basename(program)
  if (name === 'node' || name === 'nodejs') return process.execPath
  return name === 'python' ? 'python3' : program
}

async function firstLine(path: string): Promise<string> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0)
    const text = buffer.toString('latin1', 0, bytesRead)
    return (text.split('\n', 1)[0] ?? '').replace(/^\u00ef\u00bb\u00bf/, '')
  } finally {
    await handle.close()
  }
}
