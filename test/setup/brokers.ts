import type { TestProject } from 'vitest/node'
import { findBrokers } from '../../infra/local/find.ts'
import { coordinatorsAnswer } from './coordinators.ts'

declare module 'vitest' {
  interface ProvidedContext {
    brokers: string
    registry: string
  }
}

/** Real brokers for the tests that need them: given by the environment, else started. None is a failure, never a skip. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const found = await findBrokers(process.env, { log: line => console.log(`brokers: ${line}`) })
  await coordinatorsAnswer(found.brokers)
  project.provide('brokers', found.brokers)
  project.provide('registry', found.registry)
  return () => found.stop()
}
