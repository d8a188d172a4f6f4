import { afterEach, beforeEach, describe } from 'vitest'
import { continuityCases } from './continuity.contract.ts'
import { lossCases } from './loss.contract.ts'
import { ownershipCases } from './ownership.contract.ts'
import { readingCases } from './reading.contract.ts'
import { taskCases } from './task.contract.ts'
import { topicCases } from './topic.contract.ts'
import { transactionCases } from './transaction.contract.ts'
import type { LogUnderTest } from './under-test.ts'

export type { LogUnderTest }

/** A rebalance of a real group takes seconds. */
const timeout = 60_000

/** The one suite that every implementation of the port passes. `make` is called before each test. */
export function describeLogContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`${name} keeps the contract of the log`, { timeout }, () => {
    let made: LogUnderTest | undefined
    const current = () => {
      if (!made) throw new Error('used outside of a test')
      return made
    }
    beforeEach(async () => {
      made = await make()
    }, timeout)
    afterEach(async () => {
      await made?.close()
      made = undefined
    }, timeout)

    describe('topics', () => topicCases(current))
    describe('append and read', () => readingCases(current))
    describe('transactions', () => transactionCases(current))
    describe('tasks', () => taskCases(current))
    describe('ownership', () => ownershipCases(current))
    describe('continuity', () => continuityCases(current))
    describe('loss', () => lossCases(current))
  })
}
