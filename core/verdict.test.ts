import { describe, expect, it } from 'vitest'
import { highestVerdict, scoreOf, verdictOf } from './verdict.ts'

const levels = (...all: string[]) => all.map(level => ({ level }))

describe('the verdict of a report', () => {
  it.each([
    [[], 'unknown', 0],
    [['info'], 'unknown', 0],
    [['safe'], 'benign', 0],
    [['info', 'safe'], 'benign', 0],
    [['safe', 'suspicious'], 'suspicious', 1],
    [['malicious', 'safe', 'safe'], 'malicious', 2],
    [['suspicious', 'malicious', 'suspicious'], 'malicious', 4],
    [['Good'], 'unknown', 0],
    [['constructor'], 'unknown', 0],
    [['__proto__'], 'unknown', 0],
  ])('of levels %j is %s, score %i', (all, verdict, score) => {
    expect(verdictOf(levels(...all))).toBe(verdict)
    expect(scoreOf(levels(...all))).toBe(score)
  })

  it('takes other levels for those that cannot be taken at face value', () => {
    const instead = { suspicious: 'safe', malicious: 'suspicious' }
    expect(verdictOf(levels('suspicious'), instead)).toBe('benign')
    expect(verdictOf(levels('suspicious', 'malicious'), instead)).toBe('suspicious')
    expect(scoreOf(levels('suspicious', 'malicious'), instead)).toBe(1)
  })

  it('is the highest of several, and benign never outweighs', () => {
    expect(highestVerdict('benign', 'suspicious')).toBe('suspicious')
    expect(highestVerdict('malicious', 'benign', 'unknown')).toBe('malicious')
    expect(highestVerdict('unknown', 'benign')).toBe('benign')
    expect(highestVerdict()).toBe('unknown')
  })
})
