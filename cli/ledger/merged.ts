import type { LogRecord } from '../../runtime/log.ts'

export type Reader<Name> = { readonly name: Name; readonly batches: AsyncIterable<readonly LogRecord[]> }

/**
 * Batches of several readers in the order of time in which they begin, so that an event and what followed from it come
 * soon after one another. Of equal times the reader that is named first comes first. Of each, one batch is read ahead.
 */
export async function* merged<Name>(
  readers: readonly Reader<Name>[],
): AsyncGenerator<readonly [Name, readonly LogRecord[]]> {
  const iterators = readers.map(({ batches }) => batches[Symbol.asyncIterator]())
  const next = async (index: number): Promise<readonly LogRecord[] | undefined> => {
    for (;;) {
      const result = await iterators[index]?.next()
      if (result === undefined || result.done === true) return undefined
      if (result.value.length > 0) return result.value
    }
  }
  try {
    const heads = await Promise.all(readers.map((_, index) => next(index)))
    for (;;) {
      let earliest = -1
      for (const [index, head] of heads.entries())
        if (head !== undefined && startOf(head) < startOf(heads[earliest])) earliest = index
      const reader = readers[earliest]
      const batch = heads[earliest]
      if (reader === undefined || batch === undefined) return
      yield [reader.name, batch]
      heads[earliest] = await next(earliest)
    }
  } finally {
    await Promise.all(iterators.map(iterator => iterator.return?.()))
  }
}

function startOf(batch: readonly LogRecord[] | undefined): number {
  return batch?.[0]?.timestamp ?? Number.POSITIVE_INFINITY
}
