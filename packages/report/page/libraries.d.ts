// The chart libraries stand in the page before its own script.
import type * as Library from 'lightweight-charts'
import type Plot from 'uplot'

declare global {
  const uPlot: typeof Plot
  type uPlot = Plot
  const LightweightCharts: typeof Library
}
