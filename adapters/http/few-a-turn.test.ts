import { expect, it } from 'vitest'
import { fewATurn } from './few-a-turn.ts'

it('begins a few in each turn of the event loop, in order, and begins again after a pause', async () => {
  let after: (() => void)[] = []
  const turn = fewATurn(2, callback => after.push(callback))
  const begun: number[] = []
  const ask = (...numbers: readonly number[]) => {
    for (const number of numbers) void turn().then(() => begun.push(number))
  }
  const nextTurn = async () => {
    const callbacks = after
    after = []
    for (const callback of callbacks) callback()
    await Promise.resolve()
    return begun.join()
  }
  ask(1, 2, 3)
  expect(begun).toEqual([])
  expect(await nextTurn()).toBe('1,2')
  ask(4, 5)
  expect(await nextTurn()).toBe('1,2,3,4')
  expect(await nextTurn()).toBe('1,2,3,4,5')
  expect(await nextTurn()).toBe('1,2,3,4,5')
  ask(6)
  expect(await nextTurn()).toBe('1,2,3,4,5,6')
})
