import { beforeAll, describe, expect, it } from 'vitest'
import type { AnalyzerJob, AnalyzerPort } from './analyzer.ts'

/**
 * What every implementation of the port promises. `make` gives one with four analyzers of `ip`: Echo_1_0 (egress none;
 * one taxonomy info Stub:Says=<value>), Lookup_1_0 (the same with egress passive), Fails_1_0 (says "no such thing"),
 * Slow_1_0 (ends when it is stopped).
 */
export function analyzerContract(name: string, make: () => Promise<AnalyzerPort>): void {
  describe(`${name} as an analyzer port`, () => {
    let port: AnalyzerPort
    const job: AnalyzerJob = { analyzer: 'Echo_1_0', dataType: 'ip', value: '192.0.2.1', tlp: 'AMBER', pap: 'AMBER' }
    const never = new AbortController().signal

    beforeAll(async () => {
      port = await make()
    })

    it('reports what the analyzer found', async () => {
      const report = await port.run(job, never)
      expect(report).toMatchObject({
        success: true,
        taxonomies: [{ level: 'info', namespace: 'Stub', predicate: 'Says', value: '192.0.2.1' }],
        artifacts: [],
        operations: [],
      })
    })

    it('reports the failure that the analyzer tells of', async () => {
      const report = await port.run({ ...job, analyzer: 'Fails_1_0' }, never)
      expect(report).toEqual({ success: false, reason: 'failed', errorMessage: 'no such thing' })
    })

    it('fails a job for an analyzer that is not there', async () => {
      const report = await port.run({ ...job, analyzer: 'Other_1_0' }, never)
      expect(report).toMatchObject({
        success: false,
        reason: 'failed',
        errorMessage: expect.stringContaining('Other_1_0'),
      })
    })

    it('gives TLP:RED to an analyzer without egress', async () => {
      expect(await port.run({ ...job, tlp: 'RED' }, never)).toMatchObject({ success: true })
    })

    it('refuses TLP:RED for an analyzer with egress, and says so', async () => {
      const report = await port.run({ ...job, analyzer: 'Lookup_1_0', tlp: 'RED' }, never)
      expect(report).toMatchObject({
        success: false,
        reason: 'failed',
        errorMessage: expect.stringContaining('TLP:RED'),
      })
    })

    it('stops an analysis when the signal is raised', async () => {
      const stop = new AbortController()
      const report = port.run({ ...job, analyzer: 'Slow_1_0' }, stop.signal)
      setImmediate(() => stop.abort())
      expect(await report).toMatchObject({ success: false, reason: 'aborted' })
    })

    it('does not begin when the signal was raised before', async () => {
      expect(await port.run(job, AbortSignal.abort())).toMatchObject({ success: false, reason: 'aborted' })
    })

    it('runs jobs side by side without mixing them up', async () => {
      const values = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
      const reports = await Promise.all(values.map(value => port.run({ ...job, value }, never)))
      expect(reports.map(report => report.success && report.taxonomies[0]?.value)).toEqual(values)
    })
  })
}
