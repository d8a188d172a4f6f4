import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprintOfTheHive } from '../../../core/fingerprint.ts'
import { type StartedApi, startedApi } from './started-api.ts'

/** What real clients sent, recorded; their key is replaced by one that is known here. */

type Recorded = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly json?: object; readonly base64?: string } | null
}

const fixtures = new URL('../../../test/fixtures/', import.meta.url)
const jsonOf = (path: string) => JSON.parse(readFileSync(new URL(path, fixtures), 'utf8')) as unknown

const recordings = [
  'thehive4py-1.8.2-version3',
  'thehive4py-1.8.2-version4',
  'thehive4py-2.0.3',
  'elastalert2-hive-any',
  'elastalert2-hive-frequency',
  'elastalert2-hive-aggregation',
  'elastalert2-post',
  'elastalert2-post2',
].flatMap(name =>
  (jsonOf(`recorded/${name}.json`) as { requests: Recorded[] }).requests.map((request, index) => ({
    name,
    index,
    request,
  })),
)
const isCreate = ({ method, path }: Recorded) => method === 'POST' && /^\/api\/(?:v1\/)?alert$/.test(path)

let api: StartedApi
beforeAll(async () => {
  api = await startedApi()
})
afterAll(() => api.close())

function replay({ method, path, headers, body }: Recorded): Promise<Response> {
  const bytes =
    body?.base64 === undefined ? body?.json && JSON.stringify(body.json) : Buffer.from(body.base64, 'base64')
  const { 'content-type': contentType, 'x-organisation': organisation, 'user-agent': agent } = headers
  return api.send(method, path, bytes, {
    headers: {
      ...(contentType && { 'content-type': contentType }),
      ...(organisation && { 'x-organisation': organisation }),
      ...(agent && { 'user-agent': agent }),
    },
  })
}

describe('recorded clients', () => {
  const creates = recordings.filter(({ request }) => isCreate(request))

  it('are there', () => {
    expect(creates.length).toBeGreaterThanOrEqual(12)
  })

  it.each(creates)('$name, request $index: the alert is created', async ({ request }) => {
    const response = await replay(request)
    expect(response.status).toBe(201)
    const answer = (await response.json()) as Record<string, unknown>
    const put = JSON.parse(api.producer.raws.at(-1)?.value.toString() ?? '') as Record<string, unknown>
    expect(answer._id).toBe(fingerprintOfTheHive(put, 'acme'))
    // What they sent as files stands in `files.test.ts`.
    const sent = (request.body?.json ?? {}) as Record<string, unknown>
    for (const [name, value] of Object.entries(sent)) if (name !== 'artifacts') expect(put[name]).toEqual(value)
  })

  it.each(recordings.filter(({ request }) => request.path.startsWith('/hook/')))(
    '$name, request $index: the webhook takes it',
    async ({ request }) => {
      expect((await replay({ ...request, path: '/v1/alerts/elastalert-post' })).status).toBe(202)
    },
  )

  it.each(recordings.filter(({ request }) => !isCreate(request) && !request.path.startsWith('/hook/')))(
    '$name, request $index: what is not here is told as such',
    async ({ request }) => {
      expect([404, 405]).toContain((await replay(request)).status)
    },
  )
})

describe("Kibana's TheHive connector", () => {
  type Wanted = {
    required: Record<'strings' | 'numbers' | 'object', string[]>
    nullable: Record<'strings' | 'numbers' | 'string[]' | 'object[] (never an object)' | 'boolean', string[]>
    'example 201': object
  }

  it.each([
    ['with all fields', {}],
    ['with what its templates leave out', { tags: [], customFields: null, severity: null, tlp: null, pap: null }],
  ])('finds every field that it validates in the answer, %s', async (_, more) => {
    const wanted = jsonOf('samples/kibana-thehive-connector-required-response.json') as Wanted
    const response = await api.send('POST', '//api/v1/alert', {
      ...wanted['example 201'],
      ...more,
      isRuleSeverity: true,
    })
    expect(response.status).toBe(201)
    const answer = (await response.json()) as Record<string, unknown>
    const kinds = (names: readonly string[]) => names.map(name => [name, typeof answer[name]])
    const all = (names: readonly string[], kind: string) => names.map(name => [name, kind])
    expect(kinds(wanted.required.strings)).toEqual(all(wanted.required.strings, 'string'))
    expect(kinds(wanted.required.numbers)).toEqual(all(wanted.required.numbers, 'number'))
    expect(answer.extraData).toEqual({})
    for (const name of [...wanted.nullable.strings, ...wanted.nullable.numbers]) expect(answer).toHaveProperty(name)
    expect(answer.tags).toBeInstanceOf(Array)
    expect(answer.customFields).toBeInstanceOf(Array)
    expect(answer.follow).toBe(true)
  })
})
