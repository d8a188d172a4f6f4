import { parseArgs } from 'node:util'
import { messageOf, VigiaError } from '../core/errors.ts'
import { connectionOptions } from './connection.ts'
import { type ExitCode, type Io, UsageError, type Verb } from './verb.ts'
import { verbs } from './verbs.ts'

/** `vigia VERB`: finds the verb, reads its flags strictly, and turns what it throws into an exit code. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help') {
    io.out(overview())
    return name === undefined ? 2 : 0
  }
  const verb = verbs.find(each => each.name === name)
  if (verb === undefined) {
    io.err(`vigia: no such verb: ${name}\n\n${overview()}`)
    return 2
  }
  try {
    const options = { ...connectionOptions, ...verb.options, help: { type: 'boolean' as const } }
    const { values, positionals } = readArguments([...rest], options)
    if (values.help === true) {
      io.out(usageOf(verb))
      return 0
    }
    const most = verb.words ?? 0
    if (positionals.length > most) throw new UsageError(`too many words: ${positionals.slice(most).join(' ')}`)
    let printed = false
    const out = (text: string) => {
      printed = true
      io.out(text)
    }
    const code = await verb.run(positionals, values, { ...io, out })
    if (code === 3 && values.json === true && !printed) io.out(JSON.stringify({ holds: false }))
    return code
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`vigia ${name}: ${error.message}\n${usageOf(verb)}`)
      return 2
    }
    io.err(
      error instanceof VigiaError
        ? `vigia ${name}: ${error.code}: ${error.message}`
        : `vigia ${name}: ${messageOf(error)}`,
    )
    return 1
  }
}

function readArguments(args: string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']) {
  try {
    const { values, positionals } = parseArgs({ args, options: options ?? {}, allowPositionals: true, strict: true })
    return { values: values as Record<string, string | boolean | undefined>, positionals }
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

function usageOf(verb: Verb): string {
  return `usage: vigia ${verb.name} ${verb.usage} [--json] [--brokers B --registry U --prefix P --api U --key K]\n${verb.summary}`
}

function overview(): string {
  const width = Math.max(...verbs.map(verb => verb.name.length + verb.usage.length)) + 3
  return [
    'usage: vigia VERB [--json]',
    '',
    ...verbs.map(verb => `  ${`${verb.name} ${verb.usage}`.padEnd(width)}${verb.summary}`),
  ].join('\n')
}

const io: Io = {
  out: text => process.stdout.write(`${text}\n`),
  err: text => process.stderr.write(`${text}\n`),
  env: process.env,
}
process.exitCode = await main(process.argv.slice(2), io)
// A closed connection may keep a socket for a moment; a verb that is done is done.
if (process.stdout.writableLength === 0) process.exit()
else process.stdout.once('drain', () => process.exit())
