export { type IndicatorSeries, driveBarByBar, driveInBlocks } from './indicator/drive-indicator.ts'
export {
  type AbsentReference,
  type IndicatorContractOptions,
  type IndicatorReference,
  indicatorContract,
} from './indicator/indicator-contract.ts'
export { type RandomBarsOptions, barAt, emptyColumns, randomBars } from './market/random-bars.ts'
