#!/usr/bin/env node
// One stub neuron; config.service says what it does. It knows nothing of Vigía: only the job directory.
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const job = process.argv[2] ?? ''
const input = JSON.parse(readFileSync(join(job, 'input', 'input.json'), 'utf8'))
const raw = text => writeFileSync(join(job, 'output', 'output.json'), text)
const output = value => raw(JSON.stringify(value))
const success = (given = {}) => ({
  success: true,
  summary: { taxonomies: [] },
  artifacts: [],
  operations: [],
  full: {},
  ...given,
})
const taxonomy = (level, value) => ({ level, namespace: 'Stub', predicate: 'Says', value })

function startChild() {
  const child = spawn('sleep', ['600'], { stdio: 'inherit' })
  writeFileSync(`${input.parameters.pidFile}.new`, String(child.pid))
  renameSync(`${input.parameters.pidFile}.new`, input.parameters.pidFile)
  child.unref()
}

const services = {
  echo: () =>
    output(
      success({
        summary: { taxonomies: [taxonomy('info', input.data)] },
        full: { input, cwd: process.cwd(), environment: process.env, argv: process.argv.slice(2) },
      }),
    ),
  fails: () => {
    output({ success: false, input, errorMessage: 'no such thing' })
    process.exitCode = 1
  },
  numericError: () => output({ success: false, errorMessage: 404 }),
  objectError: () => output({ success: false, errorMessage: { status: 'bad', echo: input.config } }),
  noMessage: () => output({ success: false }),
  slow: () => setInterval(() => {}, 1000),
  nothing: () => {
    console.log('some stdout text')
    throw new Error(`it broke with ${input.config.api_token}`)
  },
  empty: () => raw(''),
  partial: () => raw('{"success":true,"summary":{"taxono'),
  array: () => output([success()]),
  textTrue: () => output(success({ success: 'true' })),
  textFull: () => output(success({ full: 'text' })),
  noFull: () => output({ success: true }),
  deep: () => raw(`{"success":true,"full":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`),
  hugeOutput: () => output(success({ full: { text: 'x'.repeat(9 * 1024 * 1024) } })),
  hugeString: () =>
    output(
      success({
        summary: { taxonomies: [taxonomy('info', 'x'.repeat(1_000_000))] },
        full: { text: 'y'.repeat(1_000_000) },
      }),
    ),
  hugeStdout: () => {
    process.stdout.write('o'.repeat(300_000))
    process.stderr.write(`${'e'.repeat(300_000)}\nthe end\n`)
  },
  noisySuccess: () => {
    process.stdout.write('o'.repeat(300_000))
    process.stderr.write('e'.repeat(300_000))
    output(success({ full: { done: true } }))
    process.exitCode = 9
  },
  artifacts: () => {
    writeFileSync(join(job, 'output', 'tmpfile'), 'bytes')
    output(
      success({
        summary: { taxonomies: [taxonomy('warning', 1), null, taxonomy('suspicious', '"3/70"'), 'text'] },
        artifacts: [
          null,
          { dataType: 'ip', data: '192.0.2.9', tags: ['autoImport:true', 7], tlp: 1, message: 'seen' },
          { dataType: 'port', data: 443 },
          { dataType: 'domain', data: 'a.example', tlp: 9 },
          { dataType: 'file', file: 'tmpfile', filename: 'invoice.exe' },
          { dataType: 'file', file: '../input/input.json', filename: 'input.json' },
          { dataType: 'file', file: '/etc/passwd' },
          { data: 'no type' },
        ],
        operations: [{ type: 'AddTagToCase', tag: 'x' }, 'text', null],
      }),
    )
  },
  link: () => symlinkSync(join(job, 'input', 'input.json'), join(job, 'output', 'output.json')),
  leavesChild: () => {
    startChild()
    output(success())
  },
  hangsWithChild: () => {
    startChild()
    setInterval(() => {}, 1000)
  },
}

services[input.config.service]()
