import { cpus, totalmem } from 'node:os'
import { findJavas } from '../../infra/local/java.ts'
import type { Machine } from './report.ts'

/** The facts that a figure means nothing without. */
export async function machineFacts(kafka: string): Promise<Machine> {
  const processors = cpus()
  const [java] = await findJavas(process.env)
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    kafka,
    java: java === undefined ? 'none' : String(java.major),
  }
}
