import { errors, isVigiaError, messageOf } from '../../core/errors.ts'

/** One line of `doctor`. What is wrong always has a mend. */
export type Finding =
  | { readonly ok: true; readonly what: string }
  | { readonly ok: false; readonly what: string; readonly mend: string }

export function fine(what: string): Finding {
  return { ok: true, what }
}

export function wrong(what: string, mend: string): Finding {
  return { ok: false, what, mend }
}

/** A check that threw: the table of errors knows the mend of each code. */
export function thrown(what: string, error: unknown, otherwise: string): Finding {
  return wrong(`${what}: ${messageOf(error)}`, isVigiaError(error) ? errors[error.code].mend : otherwise)
}

export function findingText(finding: Finding): string {
  return finding.ok ? `ok     ${finding.what}` : `wrong  ${finding.what}\n         → ${finding.mend}`
}
