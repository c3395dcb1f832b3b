/** Makes a click on a heading sort the rows, a second one the other way; `n/a` stays at the end. */
export function sortableTables() {
  /** @type {NodeListOf<HTMLTableElement>} */
  const tables = document.querySelectorAll('[data-sortable]')
  for (const table of tables) {
    const headings = [...table.querySelectorAll('th')]
    headings.forEach((heading, column) => {
      heading.querySelector('button')?.addEventListener('click', () => {
        const down = heading.getAttribute('aria-sort') === 'ascending'
        for (const other of headings) other.removeAttribute('aria-sort')
        heading.setAttribute('aria-sort', down ? 'descending' : 'ascending')
        sortRows(table, column, down ? -1 : 1)
      })
    })
  }
}

/**
 * @param {HTMLTableElement} table
 * @param {number} column
 * @param {1 | -1} direction
 */
function sortRows(table, column, direction) {
  const body = table.tBodies[0]
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }))
  rows.sort((a, b) => {
    const [left, right] = [a.key, b.key]
    if (typeof left === 'number' && typeof right === 'number') {
      if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
      return (left - right) * direction
    }
    return (String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0) * direction
  })
  body.append(...rows.map(({ row }) => row))
}

/** @param {HTMLTableCellElement} cell */
function keyOf(cell) {
  /** @type {HTMLElement | null} */
  const given = cell.querySelector('[data-sort]')
  if (given) return Number(given.dataset.sort)
  const text = (cell.textContent ?? '').trim()
  if (!cell.classList.contains('number')) return text
  return text === '' ? NaN : parseFloat(text.replace(/,/g, '').replace('\u2212', '-'))
}
