import { kafkaAclScript } from '../acl/commands.ts'
import { principalsOf } from '../acl/rights.ts'
import { addressFrom } from '../connection.ts'
import { textFlag, UsageError, type Verb } from '../verb.ts'

/** The rights on the brokers, from what the services declare; gives none itself, and asks no broker. */
export const acl: Verb = {
  name: 'acl',
  usage: '[--format kafka-acls|json]',
  summary: 'the rights that each principal needs on the brokers',
  options: { format: { type: 'string' } },
  async run(_words, flags, io) {
    const format = textFlag(flags, 'format') ?? (flags.json === true ? 'json' : 'kafka-acls')
    if (format !== 'kafka-acls' && format !== 'json') throw new UsageError('--format takes kafka-acls or json')
    const principals = principalsOf(addressFrom(flags, io.env).prefix)
    io.out(format === 'json' ? JSON.stringify(principals) : kafkaAclScript(principals).trimEnd())
    return 0
  },
}
