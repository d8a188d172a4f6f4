import avro from 'avsc'
import { schemaText } from '../../../runtime/codec.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { Item } from '../measure/item.ts'
import { copyInput, fillCopyInput } from '../records/copy-input.ts'
import { withCopyOutput } from '../records/copy-output.ts'
import { copyLoop } from './copy-loop.ts'

const framing = 5

/** What is between `bare` and `identity`: how much of the engine's cost is Avro itself. */
export const item: Item = {
  name: 'bare-avro',
  what: 'the same loop, which decodes and encodes each value with plain avsc: what Avro alone costs',
  prepare: fillCopyInput,
  async run(context) {
    const { prefix } = context
    const to = `${prefix}copy`
    const type = avro.Type.forSchema(JSON.parse(schemaText(topics.alerts)))
    const pass = (value: Buffer): Buffer => {
      const datum: unknown = type.fromBuffer(value.subarray(framing))
      return Buffer.concat([value.subarray(0, framing), type.toBuffer(datum)])
    }
    return withCopyOutput(context, to, () =>
      copyLoop(context, { from: copyInput(context), to, group: `${prefix}bare`, pass }),
    )
  },
}
