import type { Item } from './measure/item.ts'

/** All items, in the order of the table. A child process loads its own alone. */
const items: Readonly<Record<string, () => Promise<{ readonly item: Item }>>> = {
  bare: () => import('./bare/item.ts'),
  'bare-avro': () => import('./bare/avro-item.ts'),
  streams: () => import('./peers/item.ts'),
  identity: () => import('./identity/item.ts'),
  ingest: () => import('./ingest/item.ts'),
  'case-builder': () => import('./case-builder/item.ts'),
  'hot-domain': () => import('./hot-domain/item.ts'),
  'case-growth': () => import('./case-growth/item.ts'),
  chain: () => import('./chain/item.ts'),
  restore: () => import('./restore/item.ts'),
  idle: () => import('./idle/item.ts'),
}

export const itemNames: readonly string[] = Object.keys(items)

export async function loadItem(name: string): Promise<Item> {
  const load = items[name]
  if (load === undefined) throw new Error(`there is no item ${name}; there are ${itemNames.join(', ')}`)
  return (await load()).item
}
