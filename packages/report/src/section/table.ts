import { markup, type Markup, type MarkupValue } from '../html/markup.ts'

/** One column of a table: numbers stand right, and sort as numbers. */
export interface Column<Row> {
  readonly label: string
  readonly kind: 'text' | 'number'
  readonly title?: string
  readonly cell: (row: Row, index: number) => MarkupValue
  /** Sign of the row's value, for the colour of gains and losses. */
  readonly sign?: (row: Row) => number
  /** What stands under the column, when the table has a last line. */
  readonly total?: MarkupValue
}

/** A table whose rows a click on a heading sorts, in a box that scrolls when it is large. */
export function dataTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: { readonly label: string; readonly sortable?: boolean; readonly rowAttributes?: (row: Row) => MarkupValue },
): Markup {
  const sortable = options.sortable === true && rows.length > 1
  return markup`<div class="table-box" tabindex="0" role="region" aria-label="${options.label}"><table${sortable && markup` data-sortable`}>
<thead><tr>${columns.map(
    (column) =>
      markup`<th scope="col" class="${column.kind}"${column.title !== undefined && markup` title="${column.title}"`}>${sortable ? markup`<button type="button">${column.label}</button>` : column.label}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    (row, index) =>
      markup`<tr${options.rowAttributes?.(row)}>${columns.map(
        (column) => markup`<td${cellClass(column, row)}>${column.cell(row, index)}</td>`,
      )}</tr>
`,
  )}</tbody>${columns.some(({ total }) => total !== undefined) && markup`<tfoot><tr>${columns.map(({ kind, total }) => markup`<td class="${kind}">${total ?? ''}</td>`)}</tr></tfoot>`}</table></div>`
}

/** A bar on both sides of a middle: gains to the right, losses to the left. `largest` has the full length. */
export function balance(value: number, largest: number): Markup {
  const part = largest > 0 ? Math.round((Math.abs(value) / largest) * 50) : 0
  return markup`<span class="balance ${value < 0 ? 'loss' : 'gain'}" style="--part:${part}%"></span>`
}

function cellClass<Row>(column: Column<Row>, row: Row): MarkupValue {
  if (column.kind === 'text') return ''
  const sign = column.sign?.(row) ?? 0
  return sign > 0 ? markup` class="number gain"` : sign < 0 ? markup` class="number loss"` : markup` class="number"`
}
