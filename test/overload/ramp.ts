import { type Answers, bounds, countOf, type Load, sendFor, totalOf } from './load.ts'

export type Ramp = {
  /** Alerts a second that are all taken in time, and decided on as they come. */
  readonly perSecond: number
  readonly answers: readonly Answers[]
}

const firstRate = 25
const mostRate = 20_000
/** The chain may be this many seconds behind at the end of a step. */
const mostSecondsBehind = 2
/** Of requests, that may be answered later than soon. */
const mostSlow = 0.05

/** Doubles the rate until it is too much, then tries once between. */
export async function findSustainable(
  load: Load,
  stepSeconds: number,
  behind: () => Promise<number>,
  say: (line: string) => void,
): Promise<Ramp> {
  const answers: Answers[] = []
  const holds = async (perSecond: number): Promise<boolean> => {
    const step = await sendFor(load, perSecond, stepSeconds)
    const left = await behind()
    answers.push(step)
    const total = totalOf(step)
    const taken = countOf(step, '201', '202')
    const isGood =
      taken === total &&
      step.unsent === 0 &&
      (step.slower[0] ?? 0) <= mostSlow * total &&
      left <= mostSecondsBehind * perSecond
    say(
      `${perSecond}/s: ${taken} of ${total} taken, ${step.slower[0]} in more than ${bounds[0]} ms, ${left} behind: ${isGood ? 'good' : 'too much'}`,
    )
    return isGood
  }
  // What was never run is slow: that is not what is measured.
  answers.push(await sendFor(load, firstRate, stepSeconds))
  let good = 0
  let rate = firstRate
  for (; rate <= mostRate && (await holds(rate)); rate *= 2) good = rate
  if (good === 0) throw new Error(`not even ${firstRate} alerts a second are sustainable here`)
  const between = Math.round(good * 1.5)
  return { perSecond: (await holds(between)) ? between : good, answers }
}
