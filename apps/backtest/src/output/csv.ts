import { MS_PER_DAY, formatDay, formatInstant } from '@onetape/core'

/** A cell: text is quoted where it must be, NaN and undefined are empty, numbers keep all their digits. */
export type Cell = string | number | undefined

/** RFC 4180 with `\n`, header line first. */
export function csv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  let text = `${header.join(',')}\n`
  for (const row of rows) {
    let line = ''
    for (let i = 0; i < row.length; i++) line += i === 0 ? cell(row[i]) : `,${cell(row[i])}`
    text += `${line}\n`
  }
  return text
}

function cell(value: Cell): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value)
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/** `formatInstant`, for many times that follow each other: the date is made once a day. */
export function instantFormatter(): (time: number) => string {
  let day = NaN
  let date = ''
  return (time) => {
    const today = Math.floor(time / MS_PER_DAY)
    if (!Number.isFinite(today)) return ''
    if (today !== day) {
      day = today
      date = formatDay(today)
    }
    const seconds = (time - today * MS_PER_DAY) / 1000
    if (!Number.isInteger(seconds)) return formatInstant(time)
    const minutes = Math.floor(seconds / 60)
    return `${date}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}Z`
  }
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}
