import type { EpochMs } from '../units.ts'

export interface Alert {
  readonly severity: 'info' | 'warning' | 'critical'
  /** Stable code of the rule. */
  readonly code: string
  readonly message: string
  readonly time: EpochMs
}

/** Delivers alerts to a person. Failed delivery throws an `Error` with a `code`. */
export interface IAlertChannel {
  readonly name: string
  send(alert: Alert): Promise<void>
}
