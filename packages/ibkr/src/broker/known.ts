import type { Known } from '@onetape/core'

/** An answer, or why there is none: a question that failed says nothing about what it asked for. */
export async function known<T>(ask: () => Promise<T>): Promise<Known<T>> {
  try {
    return { kind: 'known', value: await ask() }
  } catch (error) {
    return { kind: 'unknown', detail: error instanceof Error ? error.message : String(error) }
  }
}
