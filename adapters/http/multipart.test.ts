import { describe, expect, it } from 'vitest'
import { partsOfForm } from './multipart.ts'

const headers = { 'content-type': 'multipart/form-data; boundary=b' }
const form = (...parts: readonly (readonly [string, Buffer | string])[]) =>
  Buffer.concat([
    ...parts.flatMap(([head, body]) => [Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]),
    Buffer.from('--b--\r\n'),
  ])

describe('a multipart form', () => {
  it('gives the exact bytes of fields and files, and the base name of a file', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45])
    const body = form(
      [
        'Content-Disposition: form-data; name="file"; filename="/home/ana/muestra ñ.bin"\r\nContent-Type: application/octet-stream',
        bytes,
      ],
      ['Content-Disposition: form-data; name="_json"', '{"a":"ñ"}'],
    )
    expect(await partsOfForm(headers, body)).toEqual([
      { name: 'file', filename: 'muestra ñ.bin', contentType: 'application/octet-stream', bytes },
      { name: '_json', filename: null, contentType: null, bytes: Buffer.from('{"a":"ñ"}') },
    ])
  })

  it.each(['C:\\\\casos\\\\muestra ñ.bin', '/home/ana/casos/muestra ñ.bin', 'muestra ñ.bin'])(
    'reduces the local path %j to the name of the file',
    async path => {
      const [part] = await partsOfForm(
        headers,
        form([`Content-Disposition: form-data; name="attachment"; filename="${path}"`, 'x']),
      )
      expect(part?.filename).toBe('muestra ñ.bin')
    },
  )

  it('gives the same bytes for a field that declares its charset', async () => {
    const head = 'Content-Disposition: form-data; name="_json"\r\nContent-Type: application/json; charset=utf-8'
    const [part] = await partsOfForm(headers, form([head, '{"a":"ñ€"}']))
    expect(part?.bytes.toString()).toBe('{"a":"ñ€"}')
  })

  it('keeps bytes that are not UTF-8 as they are, for the reader to refuse', async () => {
    const [part] = await partsOfForm(
      headers,
      form(['Content-Disposition: form-data; name="_json"', Buffer.from([255])]),
    )
    expect(part?.bytes).toEqual(Buffer.from([255]))
  })

  it.each([
    ['no boundary', { 'content-type': 'multipart/form-data' }, form()],
    ['no end', headers, Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc')],
    ['no parts at all', headers, Buffer.from('{}')],
    [
      'a field that is not in the charset that it declares',
      headers,
      form(['Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-8', Buffer.from([255])]),
    ],
    [
      'too many parts',
      headers,
      form(...Array.from({ length: 201 }, (_, n) => [`Content-Disposition: form-data; name="${n}"`, 'x'] as const)),
    ],
  ])('refuses a form with %s', async (_, given, body) => {
    await expect(partsOfForm(given, body)).rejects.toThrow(Error)
  })
})
