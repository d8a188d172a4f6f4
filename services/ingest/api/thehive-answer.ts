import { isObject, type JsonObject } from '../json-object.ts'

/**
 * What a created alert is answered with. Nothing was looked up: it is what the sender said, with TheHive's defaults. An
 * equal alert gets the same `_id`, whether it was seen before or not.
 */
export type Created = {
  readonly id: string
  readonly alert: JsonObject
  /** Name of the API key. */
  readonly by: string
  /** Epoch ms. */
  readonly at: number
}

/** TheHive 3 and 4, `/api/alert`. Contract TheHive 1.5. */
export function answerV0({ id, alert, by, at }: Created): JsonObject {
  return {
    _id: id,
    id,
    createdBy: by,
    updatedBy: null,
    createdAt: at,
    updatedAt: null,
    _type: 'alert',
    ...scalars(alert, at),
    case: null,
    status: 'New',
    follow: true,
    customFields: isObject(alert.customFields) ? alert.customFields : {},
    artifacts: [],
    similarCases: [],
  }
}

const severityLabels = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']
const tlpLabels = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']
const papLabels = ['CLEAR', 'GREEN', 'AMBER', 'RED']

/** TheHive 5, `/api/v1/alert`: with all that Kibana's connector insists on. Contract TheHive 1.7, reference 7.1. */
export function answerV1({ id, alert, by, at }: Created): JsonObject {
  const said = scalars(alert, at)
  return {
    _id: id,
    _type: 'Alert',
    _createdBy: by,
    _createdAt: at,
    _updatedBy: null,
    _updatedAt: null,
    ...said,
    severityLabel: severityLabels[said.severity - 1] ?? 'MEDIUM',
    tlpLabel: tlpLabels[said.tlp] ?? 'AMBER',
    papLabel: papLabels[said.pap] ?? 'AMBER',
    follow: true,
    customFields: customFields(alert.customFields),
    observableCount: countOf(alert.observables) + countOf(alert.artifacts),
    caseId: null,
    status: 'New',
    stage: 'New',
    assignee: null,
    summary: textOr(alert.summary, null),
    extraData: {},
    newDate: at,
    inProgressDate: null,
    closedDate: null,
    importedDate: null,
    timeToDetect: 0,
    timeToTriage: null,
    timeToQualify: null,
    timeToAcknowledge: null,
  }
}

function scalars(alert: JsonObject, at: number) {
  return {
    type: alert.type,
    source: alert.source,
    sourceRef: alert.sourceRef,
    externalLink: textOr(alert.externalLink, null),
    title: alert.title,
    description: alert.description,
    severity: numberOr(alert.severity, 2),
    date: numberOr(typeof alert.date === 'string' ? Number(alert.date) : alert.date, at),
    tags: Array.isArray(alert.tags) ? [...new Set<unknown>(alert.tags)] : [],
    tlp: numberOr(alert.tlp, 2),
    pap: numberOr(alert.pap, 2),
    caseTemplate: textOr(alert.caseTemplate, null),
  }
}

/** Always an array here; senders give one, an object of values, or TheHive 4's object of typed values. */
function customFields(given: unknown): JsonObject[] {
  const listed: [unknown, unknown][] = Array.isArray(given)
    ? given.filter(isObject).map(field => [field.name, field.value])
    : Object.entries(isObject(given) ? given : {})
  return listed.map(([name, value], order) => ({ _id: name, name, description: '', value: plain(value), order }))
}

function plain(value: unknown): unknown {
  if (!isObject(value)) return value ?? null
  return Object.entries(value).find(([type]) => type !== 'order')?.[1] ?? null
}

/** An observable with several values stands for several. */
function countOf(given: unknown): number {
  if (!Array.isArray(given)) return 0
  return given.reduce<number>(
    (sum, item) => sum + (isObject(item) && Array.isArray(item.data) ? item.data.length : 1),
    0,
  )
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

function textOr<Otherwise>(value: unknown, otherwise: Otherwise): string | Otherwise {
  return typeof value === 'string' ? value : otherwise
}
