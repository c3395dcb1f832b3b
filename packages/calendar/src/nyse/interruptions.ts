/** A stretch of a regular session without trading in the whole market, wall time in New York, `[from, until)`. */
export interface Interruption {
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly kind: 'late-open' | 'halt' | 'halt-until-close'
  /** `HH:MM:SS` */
  readonly from: string
  /** `HH:MM:SS` */
  readonly until: string
  readonly reason: string
}

/**
 * Late opens and market-wide halts of fifteen minutes or more on the NYSE since 1990. Nobody could know them in
 * advance, so sessions keep their scheduled hours: this list explains gaps in data. Silences of some minutes, and halts
 * of one exchange while others traded its shares on (2015-07-08), are left out.
 *
 * @see NYSE, "Special Closings", http://www.nyse.com/pdfs/closings.pdf; for 2020: Report of the Market-Wide Circuit
 * Breaker Working Group (2021), https://www.nyse.com/publicdocs/nyse/markets/nyse/Report_of_the_Market-Wide_Circuit_Breaker_Working_Group.pdf
 */
export const nyseInterruptions: readonly Interruption[] = [
  row('1994-02-11', 'halt-until-close', '14:30:00', '16:00:00', 'snow storm'),
  row('1995-12-18', 'late-open', '09:30:00', '10:30:00', 'computer failure'),
  row('1996-01-08', 'late-open', '09:30:00', '11:00:00', 'snow storm'),
  row('1996-01-08', 'halt-until-close', '14:00:00', '16:00:00', 'snow storm'),
  row('1997-10-27', 'halt-until-close', '15:30:00', '16:00:00', 'circuit breaker'),
  row('2002-09-11', 'late-open', '09:30:00', '12:00:00', 'first anniversary of the attack of 2001'),
  row('2020-03-09', 'halt', '09:34:13', '09:49:13', 'circuit breaker, level 1'),
  row('2020-03-12', 'halt', '09:35:44', '09:50:44', 'circuit breaker, level 1'),
  row('2020-03-16', 'halt', '09:30:01', '09:45:01', 'circuit breaker, level 1'),
  row('2020-03-18', 'halt', '12:56:17', '13:11:17', 'circuit breaker, level 1'),
]

function row(date: string, kind: Interruption['kind'], from: string, until: string, reason: string): Interruption {
  return Object.freeze({ date, kind, from, until, reason })
}
