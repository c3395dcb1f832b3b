import { priceChart } from './price-chart.js'
import { sortableTables } from './sortable-table.js'
import { watchTheme } from './theme.js'
import { timeCharts } from './time-charts.js'

const data = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('data')).textContent ?? '')
watchTheme()
sortableTables()
if (data.equity.x.length > 1) timeCharts(data)
priceChart(data)
document.documentElement.dataset.ready = 'true'
performance.mark('ready') // all of the page can be read and used
addEventListener('load', () => setTimeout(settle, 100))
addEventListener('beforeprint', settle)

/** Lets the style sheet lay out the long lists. */
function settle() {
  document.documentElement.dataset.settled = 'true'
}
