import type { Item } from '../measure/item.ts'
import { copyInput, fillCopyInput } from '../records/copy-input.ts'
import { withCopyOutput } from '../records/copy-output.ts'
import { copyLoop } from './copy-loop.ts'

export const item: Item = {
  name: 'bare',
  what: 'the bare kafkajs loop with all carried fixes; passes the bytes of a value on, does not decode them',
  baseline: true,
  prepare: fillCopyInput,
  async run(context) {
    const { prefix } = context
    const to = `${prefix}copy`
    const copy = { from: copyInput(context), to, group: `${prefix}bare`, pass: (value: Buffer) => value }
    return withCopyOutput(context, to, () => copyLoop(context, copy))
  },
}
