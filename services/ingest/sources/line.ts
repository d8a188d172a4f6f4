import type { JsonObject } from '../json-object.ts'

/** A line of a log, without what its shipper put before it. */
export type Line = {
  readonly text: string
  /** As written, or `undefined` where it has no year. */
  readonly time: string | undefined
  readonly host: string
  readonly program: string | undefined
  readonly message: string
}

const host = String.raw`(?<host>[\w.:%{}=-]{1,255})`
const program = String.raw`(?:(?<program>[\w./-]{1,64})(?:\[\d{1,10}\])?: )?`
const iso = String.raw`(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))`

/** `Mmm dd hh:mm:ss host program[pid]: message`, with or without a priority (RFC 3164). */
const bsd = new RegExp(
  String.raw`^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ${host} ${program}(?<message>[^\n]*)$`,
)
/** The same with an ISO time, as rsyslog writes, and `time host message`, as Logstash's codec `plain` does. */
const dated = new RegExp(String.raw`^(?:<\d{1,3}>)?${iso} ${host} ${program}(?<message>[^\n]*)$`)
/** `<priority>1 time host program pid id [data] message` (RFC 5424). */
const numbered = new RegExp(
  String.raw`^<\d{1,3}>1 ${iso} ${host} (?<program>\S{1,48}) \S{1,128} \S{1,32} (?:-|\[[^\n]*?[^\\]\])(?: \ufeff?(?<message>[^\n]*))?$`,
)

/** A line with the header of a log, or `undefined` where it has none, or where it is several lines. */
export function lineOf(line: string): Line | undefined {
  const text = line.trimEnd()
  // A pattern that cannot end at its line's end is tried from each place before that.
  if (text.includes('\n')) return undefined
  const first = text.charCodeAt(0)
  // `<`, a digit or a capital: what every header begins with.
  if (first !== 0x3c && !(first >= 0x30 && first <= 0x39) && !(first >= 0x41 && first <= 0x5a)) return undefined
  const found = (bsd.exec(text) ?? dated.exec(text) ?? numbered.exec(text))?.groups
  if (found === undefined) return undefined
  return {
    text,
    time: found.time,
    host: found.host ?? '',
    program: found.program,
    message: (found.message ?? '').trimStart(),
  }
}

/** The key under which a text that is no JSON becomes a document. */
export const lineKey = 'vigia_line'

/** A text as a document, with what the header of a log line says. */
export function lineBody(text: string, line?: Line): JsonObject {
  if (line === undefined) return { [lineKey]: text }
  return {
    [lineKey]: text,
    message: line.message,
    ...(line.time === undefined ? {} : { '@timestamp': line.time }),
    host: { name: line.host },
    ...(line.program === undefined ? {} : { process: { name: line.program } }),
  }
}
