import type { Case } from '../../schemas/generated/types.ts'
import type { TextTemplate } from './playbook/text-template.ts'
import type { Variables } from './playbook/variables.ts'
import { mayTell, type Target } from './targets.ts'

/** What is told of a case: the playbook's words, or, above the target's highest TLP, only that there is something to see. */
export function noticeText(target: Target, template: TextTemplate, about: Case, values: Variables): string {
  const link = linkTo(target, about.number)
  if (!mayTell(target, about.tlp)) return `Case #${about.number}, severity ${about.severity}: ${link}`
  const told = template.fill(values)
  return target.link === null ? told : `${told}\n${link}`
}

/** One for all further notices of the hour; of the cases it says nothing. */
export function digestText(target: Target, mostAnHour: number): string {
  return `More than ${mostAnHour} notices for ${target.name} within this hour: further ones are recorded, not sent. See: vigia response list`
}

function linkTo(target: Target, caseNumber: number): string {
  return target.link?.replaceAll('{{case.number}}', String(caseNumber)) ?? `vigia case show ${caseNumber}`
}
