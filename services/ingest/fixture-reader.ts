import { readdirSync, readFileSync } from 'node:fs'
import { isObject, type JsonObject } from './json-object.ts'

/** Reads recorded traffic of real programs, for tests. */

const fixtures = new URL('../../test/fixtures/', import.meta.url)

export function fixtureText(path: string): string {
  return readFileSync(new URL(path, fixtures), 'utf8')
}

export function fixtureNames(folder: string, pattern: RegExp): string[] {
  return readdirSync(new URL(folder, fixtures))
    .filter(name => pattern.test(name))
    .map(name => `${folder}${name}`)
    .sort()
}

/** The JSON bodies that a client POSTed to a path, in order. */
export function recordedBodies(path: string, to: string): JsonObject[] {
  const { requests } = JSON.parse(fixtureText(path)) as {
    requests: { method: string; path: string; body: JsonObject }[]
  }
  return requests
    .filter(request => request.method === 'POST' && request.path === to)
    .map(request => request.body.json)
    .filter(isObject)
}

/** The values of recorded Kafka records, one JSON document per line. */
export function recordedPayloads(path: string): string[] {
  return lines(path).map(line => (JSON.parse(line) as { payload: string }).payload)
}

export function recordedLines(path: string): JsonObject[] {
  return lines(path).map(line => JSON.parse(line) as JsonObject)
}

function lines(path: string): string[] {
  return fixtureText(path)
    .split('\n')
    .filter(line => line.trim() !== '')
}
