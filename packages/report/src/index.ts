export { renderReport } from './render-report.ts'
export type {
  ConfidenceInterval,
  FigureDescriptor,
  ReportCost,
  ReportEquity,
  ReportFigures,
  ReportFill,
  ReportIncome,
  ReportInput,
  ReportOption,
  ReportOrder,
  ReportPosition,
  ReportPrices,
  ReportSessions,
  ReportTrade,
} from './report-input.ts'
export type { CandleColumns } from './series/candles.ts'
