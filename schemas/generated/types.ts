// Generated from the .avsc files by `npm run generate`. Not to be edited.

/** What every event carries, from the first version on. */
export type Envelope = {
  /** hash(cause id, stage, kind, ordinal): unique, and the same again for a retry or a replay */
  readonly id: string
  /** The event that led to this one; an alert's cause is its part of a raw record */
  readonly causeId: string
  /** topic/partition/offset of the raw record that this goes back to, where there is one */
  readonly rawId: string | null
  /** Correlation domain: the tenant, or tenant/site */
  readonly domain: string
  /** Who owns this */
  readonly tenant: string
  /** CLEAR, GREEN, AMBER, AMBER+STRICT or RED */
  readonly tlp: string
  /** CLEAR, GREEN, AMBER or RED */
  readonly pap: string
  /** Epoch ms: when it happened, clamped to at + 5 min */
  readonly eventTime: number
  /** Epoch ms: stamped once, where the fact entered; inherited by its consequences */
  readonly at: number
  /** Epoch ms: when this record was made; enters no id, fold or equality */
  readonly processTime: number
  /** Gapless number within the domain, where the topic is a record of decisions */
  readonly seq: number | null
  /** The rule set that made this decision */
  readonly rulesetHash: string | null
  /** 0, or how often this was driven again */
  readonly attempt: number
}

/** What a changelog entry carries beside its body. */
export type StateEnvelope = {
  readonly expiresAt: number | null
}

/** An alert with its observables */
export type Alert = {
  /** 0-based part of the raw record */
  readonly part: number
  /** How many parts the raw record has */
  readonly parts: number
  /** What the alert says; equal for a resend */
  readonly fingerprint: string
  readonly source: string
  readonly type: string
  readonly sourceRef: string
  readonly title: string
  readonly description: string
  /** low, medium, high or critical */
  readonly severity: string
  readonly tags: readonly string[]
  readonly externalLink: string | null
  /** Name of the rule that fired */
  readonly rule: string | null
  /** For how long, from the first receipt, an equal alert is a repeat */
  readonly dedupeMs: number
  readonly observables: readonly ObservableInAlert[]
  /** The part that this is another attempt at, where it was driven again; the envelope's attempt says which */
  readonly origin: string | null
  /** MITRE ATT&CK ids such as T1059.001, as the source said */
  readonly techniques: readonly string[]
  /** Ids of the rule: the source's own, Sigma's */
  readonly ruleIds: readonly string[]
  /** Where the rule is explained */
  readonly references: readonly string[]
}

/** A value found in an alert, with where it stood */
export type ObservableInAlert = {
  readonly type: string
  /** Normalised */
  readonly value: string
  /** source, target, indicator, observer or mentioned */
  readonly role: string
  /** Field path, or text@start-end */
  readonly path: string
  readonly tlp: string | null
  readonly tags: readonly string[]
  /** private, loopback, reserved, own, empty-file, file-like, warninglist:<name> */
  readonly flags: readonly string[]
  readonly attachment: Attachment | null
}

/** A file in the content store, under its sha256 */
export type Attachment = {
  readonly name: string
  readonly contentType: string
  /** Bytes */
  readonly size: number
  readonly sha256: string
}

/** A part that is no alert; its bytes are in the dead letters */
export type Rejection = {
  readonly part: number
  readonly parts: number
  readonly source: string
  /** See docs/errors.md */
  readonly code: string
  /** Names the field and the cause */
  readonly reason: string
  /** The part that this is another attempt at, where it was driven again; the envelope's attempt says which */
  readonly origin: string | null
}

/** A part that a named policy keeps out of the cases */
export type Suppression = {
  readonly part: number
  readonly parts: number
  readonly source: string
  readonly policy: string
  readonly reason: string
  /** The part that this is another attempt at, where it was driven again; the envelope's attempt says which */
  readonly origin: string | null
}

/** A case as it stands: bounded to 16 kB */
export type Case = {
  readonly caseId: string
  /** Counts up within the domain */
  readonly number: number
  /** open or closed */
  readonly status: string
  readonly title: string
  readonly severity: string
  readonly tlp: string
  readonly pap: string
  /** unknown, benign, suspicious or malicious */
  readonly verdict: string
  /** Sum over taxonomies */
  readonly score: number
  readonly alerts: number
  readonly repeats: number
  readonly observables: number
  readonly openedAt: number
  readonly lastAlertAt: number
  readonly closedAt: number | null
  readonly sources: readonly string[]
  readonly joinedOn: readonly JoinedOn[]
  readonly findings: readonly Finding[]
  /** The closed or full case that this one goes on from */
  readonly linkedTo: string | null
}

/** An observable that ties the alerts of a case together */
export type JoinedOn = {
  readonly type: string
  readonly value: string
  readonly role: string
  readonly alerts: number
}

/** What somebody said about an observable of the case */
export type Finding = {
  /** Analyzer name or indicator source */
  readonly by: string
  readonly type: string
  readonly value: string
  readonly verdict: string
  readonly says: string
  readonly at: number
  /** The indicator arrived after the alert */
  readonly retro: boolean
}

/** A new case */
export type CaseOpened = {
  readonly number: number
  readonly reason: string
  readonly linkedTo: string | null
}

/** An alert became part of a case */
export type AlertLinked = {
  readonly alertId: string
  readonly part: number
  readonly parts: number
  readonly fingerprint: string
  readonly source: string
  readonly title: string
  readonly severity: string
  /** What it shares with the case; empty when it opened the case */
  readonly joinedOn: readonly ObservableRef[]
  readonly notJoined: readonly NotJoined[]
  readonly observables: readonly ObservableRef[]
  /** Findings that were known already and now count for this case */
  readonly answered: number
}

export type ObservableRef = {
  readonly type: string
  readonly value: string
}

/** An observable that did not join, and why */
export type NotJoined = {
  readonly type: string
  readonly value: string
  readonly because: string
}

/** An alert that says what an earlier one said, within the window of its source */
export type AlertRepeated = {
  readonly alertId: string
  readonly part: number
  readonly parts: number
  readonly fingerprint: string
  readonly source: string
  readonly firstAlertId: string
  /** How often the first alert was repeated */
  readonly count: number
}

/** An alert that a suppression keeps out of the cases */
export type AlertSuppressed = {
  readonly alertId: string
  readonly part: number
  readonly parts: number
  readonly fingerprint: string
  readonly source: string
  readonly suppressionId: string
  /** Why the suppression was made */
  readonly reason: string
}

/** A result of an analysis counts for this case */
export type AnalysisFolded = {
  readonly analyzer: string
  readonly type: string
  readonly value: string
  readonly verdict: string
  readonly score: number
  readonly taxonomies: readonly Taxonomy[]
  /** Alerts that this result answers */
  readonly answers: number
}

/** Cortex's short report */
export type Taxonomy = {
  readonly level: string
  readonly namespace: string
  readonly predicate: string
  readonly value: string
}

/** An indicator matches an observable of this case */
export type IndicatorMatched = {
  readonly source: string
  readonly type: string
  readonly value: string
  readonly indicatorUuid: string
  readonly eventUuid: string
  readonly eventInfo: string
  readonly toIds: boolean
  /** The indicator arrived after the alert */
  readonly retro: boolean
  /** How long after */
  readonly afterMs: number
}

/** The verdict of the case moved */
export type VerdictChanged = {
  readonly from: string
  readonly to: string
  readonly score: number
  readonly because: string
}

/** An analyst closed the case */
export type CaseClosed = {
  readonly by: string
  readonly reason: string
}

/** From now on alerts that match are kept out of the cases */
export type SuppressionAdded = {
  readonly suppressionId: string
  /** CEL over the alert */
  readonly when: string
  readonly by: string
  readonly reason: string
  /** Epoch ms */
  readonly expiresAt: number
}

/** An analyst ended a suppression before it expired */
export type SuppressionEnded = {
  readonly suppressionId: string
  readonly by: string
  readonly reason: string
}

/** An input that changed nothing */
export type Noted = {
  /** Topic and kind of the input */
  readonly input: string
  readonly reason: string
}

/** An output, never restored from */
export type CaseSummary = {
  readonly summary: Case
}

/** One value seen in a domain */
export type Observable = {
  readonly type: string
  readonly value: string
  readonly role: string
  readonly flags: readonly string[]
  readonly firstSeenAt: number
  /** 0: from an alert; 1: found by an analysis, analysed no further */
  readonly depth: number
}

/** One value of one attribute */
export type Indicator = {
  readonly type: string
  readonly value: string
  /** A tenant, or shared */
  readonly scope: string
  readonly source: string
  readonly uuid: string
  readonly mispType: string
  readonly eventUuid: string
  readonly eventInfo: string
  readonly orgc: string
  readonly toIds: boolean
  readonly tags: readonly string[]
  readonly comment: string
  /** Epoch ms: last change in MISP */
  readonly timestamp: number
}

/** One analyzer on one observable */
export type Job = {
  /** Id */
  readonly analyzer: string
  readonly configHash: string
  readonly type: string
  readonly value: string
  readonly flags: readonly string[]
  readonly depth: number
  /** Epoch ms; after it the job ends as expired */
  readonly notAfter: number
}

/** An analysis that was run */
export type Report = {
  readonly jobId: string
  readonly analyzer: string
  readonly name: string
  readonly configHash: string
  readonly type: string
  readonly value: string
  readonly verdict: string
  readonly score: number
  readonly taxonomies: readonly Taxonomy[]
  readonly artifacts: readonly Artifact[]
  /** The full report as JSON; empty when it is larger than 256 kB */
  readonly report: string
  /** sha256 of the full report */
  readonly reportHash: string
}

/** An observable that an analysis found */
export type Artifact = {
  readonly type: string
  readonly value: string
  readonly tags: readonly string[]
  readonly tlp: string | null
}

/** An analysis that gave no report */
export type Failure = {
  readonly jobId: string
  readonly analyzer: string
  readonly name: string
  readonly type: string
  readonly value: string
  /** failed, timeout, crashed, output-invalid or expired */
  readonly reason: string
  readonly says: string
}

/** An analysis that was refused before any process started */
export type Refusal = {
  readonly analyzer: string
  readonly name: string
  readonly type: string
  readonly value: string
  /** tlp, pap, private or own */
  readonly reason: string
  readonly says: string
}

/** An indicator and an observable are equal */
export type Match = {
  readonly source: string
  readonly scope: string
  readonly type: string
  readonly value: string
  readonly indicatorUuid: string
  readonly eventUuid: string
  readonly eventInfo: string
  readonly orgc: string
  readonly toIds: boolean
  readonly retro: boolean
  readonly afterMs: number
  /** Of the indicator alone; the envelope's is the higher of both sides */
  readonly tlp: string
}

/** What a playbook decided to do, once per case and verdict */
export type Action = {
  readonly actionId: string
  readonly playbook: string
  readonly rule: string
  readonly caseId: string
  readonly caseNumber: number
  /** notify.webhook or notify.telegram */
  readonly type: string
  /** Name of the configured target */
  readonly target: string
  /** live or shadow */
  readonly mode: string
  readonly approval: boolean
  /** What will be said; already redacted for the target */
  readonly text: string
  readonly caseTlp: string
}

/** Decided by a playbook */
export type Planned = {
  readonly because: string
}

/** Waits for an approval */
export type Awaiting = {
  readonly expiresAt: number
}

/** An analyst said yes */
export type Approved = {
  readonly by: string
  readonly reason: string
}

/** An analyst said no, or nobody answered in time */
export type Rejected = {
  readonly by: string
  readonly reason: string
}

/** The call is about to be made, or was made */
export type Attempted = {
  readonly idempotencyKey: string
}

/** The receiver confirmed */
export type Done = {
  readonly says: string
}

/** The receiver refused; it was not done */
export type Failed = {
  readonly says: string
}

/** The outcome of the call is not known; it is not made again */
export type Unknown = {
  readonly says: string
}

/** Too old to be acted on */
export type Expired = {
  readonly says: string
}

/** Over the hourly limit of notices; told in the digest */
export type Digested = {
  readonly says: string
}

/** An input that led to nothing */
export type ResponseNoted = {
  readonly input: string
  readonly reason: string
}

/** The call is about to be made */
export type Calling = {
  readonly actionId: string
  readonly idempotencyKey: string
}

/** What came of it */
export type Outcome = {
  readonly actionId: string
  /** done, failed, unknown or expired */
  readonly result: string
  readonly says: string
}

/** Let an action go on */
export type Approve = {
  readonly actionId: string
  readonly reason: string
}

/** Stop an action */
export type Reject = {
  readonly actionId: string
  readonly reason: string
}

/** Close a case */
export type CloseCase = {
  readonly caseId: string
  readonly reason: string
}

/** Keep alerts that match out of the cases */
export type AddSuppression = {
  /** CEL over the alert */
  readonly when: string
  readonly reason: string
  /** Epoch ms */
  readonly expiresAt: number
}

/** End a suppression before it expires */
export type EndSuppression = {
  readonly suppressionId: string
  readonly reason: string
}

/** One record as it was read */
export type DeadLetter = {
  readonly code: string
  readonly reason: string
  readonly service: string
  readonly stage: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  /** Part of a raw record, where only one of them failed */
  readonly part: number | null
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

/** As it was loaded */
export type Ruleset = {
  readonly service: string
  readonly stage: string
  /** JSON */
  readonly content: string
}

/** Counters of a domain */
export type DomainState = {
  readonly seq: number
  readonly cases: number
}

/** The first alert with this fingerprint within the window */
export type FingerprintState = {
  readonly alertId: string
  readonly caseId: string
  readonly firstAt: number
  readonly count: number
}

/** The case as it stands */
export type CaseState = {
  readonly summary: Case
}

/** An observable in a domain */
export type SightingState = {
  readonly firstSeenAt: number
  readonly writtenAt: number
  readonly tlp: string
  readonly pap: string
  readonly depth: number
  readonly role: string
  /** When it was seen, the last 21 alerts */
  readonly recent: readonly number[]
  /** Open cases that hold it, oldest first, at most 20 */
  readonly cases: readonly string[]
}

/** What was found about an observable: one per analyzer or indicator */
export type OpinionState = {
  readonly by: string
  readonly verdict: string
  readonly score: number
  readonly says: string
  readonly at: number
  readonly indicator: boolean
  readonly retro: boolean
  /** Of what was said: a case that takes it is at least as high */
  readonly tlp: string
}

/** Who has said something about an observable */
export type OpinionIndex = {
  readonly by: readonly string[]
}

/** An observable that counts for a case: an entry each, so that a large case costs no more than a small one */
export type MemberState = {
  readonly at: number
}

/** The suppressions of a domain, one entry each */
export type SuppressionState = {
  readonly suppressionId: string
  readonly when: string
  readonly reason: string
  readonly expiresAt: number
}

/** Which suppressions a domain has */
export type SuppressionsState = {
  readonly ids: readonly string[]
}

/** A command that was answered; a repeat of it is noted and nothing more */
export type CommandState = {
  readonly at: number
}

/** The job that answers */
export type PlannedState = {
  readonly jobId: string
  readonly at: number
}

export type CursorState = {
  readonly cursor: string
  readonly at: number
}

/** Indicator keys by attribute, so that a changed value can be withdrawn */
export type KnownState = {
  readonly keys: readonly string[]
}

/** Domains that have seen this value */
export type JoinObservable = {
  readonly domain: string
  readonly tenant: string
  readonly tlp: string
  readonly pap: string
  readonly firstSeenAt: number
  readonly rawId: string | null
}

/** An indicator for this value */
export type JoinIndicator = {
  readonly scope: string
  readonly source: string
  readonly uuid: string
  readonly eventUuid: string
  readonly eventInfo: string
  readonly orgc: string
  readonly toIds: boolean
  readonly at: number
  readonly tlp: string
}

/** Keys of both sides by type|value */
export type JoinIndex = {
  readonly observables: readonly string[]
  readonly indicators: readonly string[]
}

/** A pair that was told */
export type MatchedState = {
  readonly at: number
}

/** Counters of a domain */
export type ResponderDomain = {
  readonly seq: number
}

/** An action that is not finished */
export type ActionState = {
  readonly action: Action
  readonly status: string
  readonly at: number
  readonly expiresAt: number | null
  readonly pap: string
  readonly tenant: string
  readonly rawId: string | null
}

/** A playbook rule that fired for a case and verdict */
export type FiredState = {
  readonly actionId: string
}

/** Notices of the hour, by target */
export type NoticesState = {
  readonly hour: number
  readonly count: number
  readonly digest: boolean
}

/** A command that was answered; a repeat of it is noted and nothing more */
export type CommandAnswered = {
  readonly at: number
}

export type AttemptedState = {
  readonly at: number
}

/** Normalised alerts, one per part of a raw record; and the parts that are none */
export type AlertRecord = Envelope & (
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  | { readonly kind: 'suppression'; readonly suppression: Suppression }
)

/** The record of the cases: each fact and what caused it */
export type CaseEvent = Envelope & {
  /** The case that this is about; none for `noted` */
  readonly caseId: string | null
  /** The case after this event */
  readonly case: Case | null
} & (
  | { readonly kind: 'case-opened'; readonly caseOpened: CaseOpened }
  | { readonly kind: 'alert-linked'; readonly alertLinked: AlertLinked }
  | { readonly kind: 'alert-repeated'; readonly alertRepeated: AlertRepeated }
  | { readonly kind: 'alert-suppressed'; readonly alertSuppressed: AlertSuppressed }
  | { readonly kind: 'analysis-folded'; readonly analysisFolded: AnalysisFolded }
  | { readonly kind: 'indicator-matched'; readonly indicatorMatched: IndicatorMatched }
  | { readonly kind: 'verdict-changed'; readonly verdictChanged: VerdictChanged }
  | { readonly kind: 'case-closed'; readonly caseClosed: CaseClosed }
  | { readonly kind: 'suppression-added'; readonly suppressionAdded: SuppressionAdded }
  | { readonly kind: 'suppression-ended'; readonly suppressionEnded: SuppressionEnded }
  | { readonly kind: 'noted'; readonly noted: Noted }
)

/** The latest summary of each case */
export type CaseRecord = Envelope & (
  | { readonly kind: 'case'; readonly case: CaseSummary }
)

/** Every observable of a domain: on first sight, on a TLP or PAP change, once a day */
export type ObservableRecord = Envelope & (
  | { readonly kind: 'observable'; readonly observable: Observable }
)

/** Indicators from MISP and feeds */
export type IndicatorRecord = Envelope & (
  | { readonly kind: 'indicator'; readonly indicator: Indicator }
)

/** Analyses to run */
export type JobRecord = Envelope & (
  | { readonly kind: 'job'; readonly job: Job }
)

/** What analyses and indicators say about observables */
export type ResultRecord = Envelope & (
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'match'; readonly match: Match }
)

/** The life of each action */
export type ResponseEvent = Envelope & {
  readonly action: Action | null
} & (
  | { readonly kind: 'planned'; readonly planned: Planned }
  | { readonly kind: 'awaiting'; readonly awaiting: Awaiting }
  | { readonly kind: 'approved'; readonly approved: Approved }
  | { readonly kind: 'rejected'; readonly rejected: Rejected }
  | { readonly kind: 'attempted'; readonly attempted: Attempted }
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'failed'; readonly failed: Failed }
  | { readonly kind: 'unknown'; readonly unknown: Unknown }
  | { readonly kind: 'expired'; readonly expired: Expired }
  | { readonly kind: 'digested'; readonly digested: Digested }
  | { readonly kind: 'noted'; readonly noted: ResponseNoted }
)

/** What came of each call, from the stage that makes the calls to the stage that decides */
export type OutcomeRecord = Envelope & (
  | { readonly kind: 'calling'; readonly calling: Calling }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
)

/** What people asked for; the API authenticates and stamps it */
export type CommandRecord = Envelope & {
  /** Name of the API key */
  readonly actor: string
  readonly roles: readonly string[]
} & (
  | { readonly kind: 'approve'; readonly approve: Approve }
  | { readonly kind: 'reject'; readonly reject: Reject }
  | { readonly kind: 'close-case'; readonly closeCase: CloseCase }
  | { readonly kind: 'add-suppression'; readonly addSuppression: AddSuppression }
  | { readonly kind: 'end-suppression'; readonly endSuppression: EndSuppression }
)

/** Records that could not be processed, with their bytes and origin */
export type DeadLetterRecord = Envelope & (
  | { readonly kind: 'dead-letter'; readonly deadLetter: DeadLetter }
)

/** Rule and playbook sets by their hash, so that a decision can be explained */
export type RulesetRecord = Envelope & (
  | { readonly kind: 'ruleset'; readonly ruleset: Ruleset }
)

/** What case-builder remembers of each domain */
export type FoldState = StateEnvelope & (
  | { readonly kind: 'domain'; readonly domain: DomainState }
  | { readonly kind: 'fingerprint'; readonly fingerprint: FingerprintState }
  | { readonly kind: 'case'; readonly case: CaseState }
  | { readonly kind: 'sighting'; readonly sighting: SightingState }
  | { readonly kind: 'opinion'; readonly opinion: OpinionState }
  | { readonly kind: 'opinions'; readonly opinions: OpinionIndex }
  | { readonly kind: 'member'; readonly member: MemberState }
  | { readonly kind: 'suppression'; readonly suppression: SuppressionState }
  | { readonly kind: 'suppressions'; readonly suppressions: SuppressionsState }
  | { readonly kind: 'command'; readonly command: CommandState }
)

/** Which analyses were asked for within the hour */
export type PlanState = StateEnvelope & (
  | { readonly kind: 'planned'; readonly planned: PlannedState }
)

/** How far each source was read */
export type PullState = StateEnvelope & (
  | { readonly kind: 'cursor'; readonly cursor: CursorState }
  | { readonly kind: 'known'; readonly known: KnownState }
)

/** Both sides of the join */
export type JoinState = StateEnvelope & (
  | { readonly kind: 'observable'; readonly observable: JoinObservable }
  | { readonly kind: 'indicator'; readonly indicator: JoinIndicator }
  | { readonly kind: 'index'; readonly index: JoinIndex }
  | { readonly kind: 'matched'; readonly matched: MatchedState }
)

/** Actions and limits */
export type DecideState = StateEnvelope & (
  | { readonly kind: 'domain'; readonly domain: ResponderDomain }
  | { readonly kind: 'action'; readonly action: ActionState }
  | { readonly kind: 'fired'; readonly fired: FiredState }
  | { readonly kind: 'notices'; readonly notices: NoticesState }
  | { readonly kind: 'command'; readonly command: CommandAnswered }
)

/** Calls whose outcome is not recorded yet */
export type ActState = StateEnvelope & (
  | { readonly kind: 'attempted'; readonly attempted: AttemptedState }
)
