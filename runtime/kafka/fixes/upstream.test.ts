import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pathOf } from './upstream.ts'

/** What the fixes replace, or reach into, as it is in kafkajs 2.2.4. */
const made: readonly [string, string][] = [
  ['consumer/filterAbortedMessages.js', '54ce50f2a41ee1686da8b73bf8b502c7dd07c9d7cb0a494cdb36a7fc536ced8e'],
  ['consumer/batch.js', '04ee8657247441599f200af5871ce6b3c4463abe941b97405502f8f5f683face'],
  ['consumer/runner.js', 'fad3247df2e3ba483b94e014e5c5916fd72d7bdfc3b3dfccc5232b60da18306d'],
  ['producer/groupMessagesPerPartition.js', 'ea72357721fbf67770b5e06b9bf4260faa1e60f3affb556bff2cc7892c1881fb'],
  ['producer/eosManager/index.js', 'a74ae029d7aa786b8616b77f922d30a81bec2833878769dbfa6b4a9dab66db22'],
  ['producer/sendMessages.js', '8a120e6993955e040a13014cccebd79b8d41e7355d6eda1065fa83fea2fbbcdb'],
  ['protocol/recordBatch/v0/index.js', '6d6b63a8959ff0b9ea1198b2d4ec0af940a4c92d5c793bb592310ab46f99df30'],
  ['protocol/recordBatch/v0/decoder.js', '38cae7fc865f9bc51941353e1f6e9419227a8799ba4efb437199393a4eb94819'],
  ['protocol/recordBatch/record/v0/decoder.js', '86d740054c8be29b02873bf2871eb43ba5004af94324610541dbab2d9fabcc65'],
  ['protocol/requests/produce/v3/request.js', '993a3db997827088f5acb08cacf3c67a99ec2886303ff465d244329b8a1c7f99'],
  ['protocol/decoder.js', '83c43fac8d6b8ef2dcf0dfe8bc4494e84c2c94d2b59fbe41a670505a5fcba41b'],
  ['protocol/encoder.js', '9977889e184a9e910e4f6098c36ec6a0ca36c183aa6ead0f24191b6aa1c9a777'],
  ['protocol/requests/fetch/v4/decodeMessages.js', 'd9fede59bebf84ee15169d0ecc54df594a11722b6ba8d5db535ed1d8548d4fcc'],
  ['network/requestQueue/index.js', 'b55986089c14f8f7bfc377922e2e65b3e4c1e7c7af2752d3b10a75dfe9e9260c'],
  ['broker/index.js', '9cbea8898528c439c213080f99d86974460114f81b5034c49aeb593a0337ca90'],
  ['cluster/index.js', '3831a6845e4e9fb0de73d5ff50a3695974fb8a927acde677c524fe1c362bd57d'],
  ['errors.js', 'bb3e50177a7b73f4cd35b3318d50a2fc50d9e631488c6ae89669b31aee25c926'],
  ['index.js', '38d0022e448f0aaa72ad2ed16fac346a3dd3a2d28b64ca5395cb33a26c8a82e9'],
]

describe('the files of kafkajs that the fixes were made for', () => {
  it.each(made)('%s is the one we know', (path, hash) => {
    expect(
      createHash('sha256')
        .update(readFileSync(pathOf(path)))
        .digest('hex'),
    ).toBe(hash)
  })
})
