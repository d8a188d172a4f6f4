/**
 * Where a member goes on reading each partition, by its own account: where a take-over has begun, and behind what was handled
 * since. What was fetched from anywhere else is never handled. kafkajs has several ways to such a fetch once there is more than one broker:
 * - a leader moves, and the answer of the old one comes after that of the new one was handled;
 * - it joins the group again from within a fetch (a leader moved), and takes the offsets that it then asks for itself, which are
 *   neither fenced nor stable, while other fetches and the tasks go on.
 */
export type ReadPosition = {
  /** Reading goes on here. */
  set(topic: string, partition: number, offset: number): Place
  /** The same object for as long as nobody sets it, were it to the same offset. */
  of(topic: string, partition: number): Place | undefined
  isAt(topic: string, partition: number, offset: number): boolean
  /** Until it is set again nothing that is fetched of any partition is wanted. */
  forget(): void
}

export type Place = { readonly offset: number }

export function readPosition(): ReadPosition {
  const places = new Map<string, Place>()
  const of = (topic: string, partition: number) => places.get(`${topic}/${partition}`)
  return {
    set(topic, partition, offset) {
      const place = { offset }
      places.set(`${topic}/${partition}`, place)
      return place
    },
    of,
    isAt: (topic, partition, offset) => of(topic, partition)?.offset === offset,
    forget: () => places.clear(),
  }
}
