import { type FieldCursor, RequestError } from './field-cursor.ts'

/** An order as it came: the text of each field under its name in the protocol, repeated groups as lists. */
export interface PlaceOrder {
  readonly kind: 'placeOrder'
  readonly orderId: number
  readonly text: Readonly<Record<string, string>>
  /** Fields that follow a count or a condition, in the order of the wire, under the name of the field before them. */
  readonly blocks: Readonly<Record<string, readonly string[]>>
}

const CONTRACT =
  'conId symbol secType lastTradeDate strike right multiplier exchange primaryExchange currency localSymbol tradingClass'
const MAIN =
  'secIdType secId action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account openClose origin orderRef ' +
  'transmit parentId blockOrder sweepToFill displaySize triggerMethod outsideRth hidden'
const AFTER_LEGS = 'sharesAllocation discretionaryAmt goodAfterTime goodTillDate faGroup faMethod faPercentage'
const ROUTING =
  'modelCode shortSaleSlot designatedLocation exemptCode ocaType rule80A settlingFirm allOrNone minQty percentOffset ' +
  'eTradeOnly firmQuoteOnly nbboPriceCap auctionStrategy startingPrice stockRefPrice delta stockRangeLower ' +
  'stockRangeUpper overridePercentageConstraints volatility volatilityType deltaNeutralOrderType deltaNeutralAuxPrice'
const DELTA_NEUTRAL =
  'dn.conId dn.settlingFirm dn.clearingAccount dn.clearingIntent dn.openClose dn.shortSale dn.shortSaleSlot ' +
  'dn.designatedLocation'
const TRAILING =
  'continuousUpdate referencePriceType trailStopPrice trailingPercent scaleInitLevelSize scaleSubsLevelSize ' +
  'scalePriceIncrement'
const AFTER_ALGO = 'whatIf orderMiscOptions solicited randomizeSize randomizePrice'
const ADJUSTED =
  'adjustedOrderType triggerPrice lmtPriceOffset adjustedStopPrice adjustedStopLimitPrice adjustedTrailingAmount ' +
  'adjustableTrailingUnit extOperator softDollarTier.name softDollarTier.value cashQty mifid2DecisionMaker ' +
  'mifid2DecisionAlgo mifid2ExecutionTrader mifid2ExecutionAlgo dontUseAutoPriceForHedge isOmsContainer ' +
  'discretionaryUpToLimitPrice usePriceMgmtAlgo'

/** Fields of a condition after its type and its conjunction. */
const CONDITION_FIELDS: Readonly<Record<string, number>> = { '1': 5, '3': 2, '4': 2, '5': 3, '6': 4, '7': 4 }

/**
 * Reads placeOrder by its rules, for server versions 157 to 193. The caller checks that nothing is missing or left.
 * @throws {RequestError} 320
 */
export function readPlaceOrder(r: FieldCursor, serverVersion: number): PlaceOrder {
  const text: Record<string, string> = {}
  const blocks: Record<string, string[]> = {}
  const take = (names: string): void => {
    for (const name of names.split(' ')) text[name] = r.text()
  }
  const block = (name: string, size: number): void => {
    blocks[name] = Array.from({ length: size }, () => r.text())
  }
  const counted = (name: string, perItem: number): void => {
    const n = r.count()
    text[name] = String(n)
    block(name, n * perItem)
  }
  const orderId = r.id()
  take(`${CONTRACT} ${MAIN}`)
  if (text['secType'] === 'BAG') {
    counted('comboLegsCount', 8)
    counted('orderComboLegsCount', 1)
    counted('smartComboRoutingParamsCount', 2)
  }
  take(AFTER_LEGS)
  if (serverVersion < 177) take('faProfile')
  take(ROUTING)
  if (text['deltaNeutralOrderType'] !== '') take(DELTA_NEUTRAL)
  take(TRAILING)
  const increment = Number(text['scalePriceIncrement'])
  if (text['scalePriceIncrement'] !== '' && increment > 0 && increment < 1.797e308) block('scalePriceIncrement', 7)
  take('scaleTable activeStartTime activeStopTime hedgeType')
  if (text['hedgeType'] !== '') block('hedgeType', 1)
  take('optOutSmartRouting clearingAccount clearingIntent notHeld deltaNeutralContract?')
  if (isSet(text['deltaNeutralContract?'])) block('deltaNeutralContract?', 3)
  take('algoStrategy')
  if (text['algoStrategy'] !== '') {
    const n = r.count()
    blocks['algoStrategy'] = [String(n), ...Array.from({ length: n * 2 }, () => r.text())]
  }
  take('algoId')
  take(AFTER_ALGO)
  if (text['orderType'] === 'PEG BENCH' || text['orderType'] === 'PEGBENCH') block('randomizePrice', 5)
  readConditions(r, text, blocks)
  take(ADJUSTED)
  if (serverVersion >= 158) take('duration')
  if (serverVersion >= 160) take('postToAts')
  if (serverVersion >= 162) take('autoCancelParent')
  if (serverVersion >= 166) take('advancedErrorOverride')
  if (serverVersion >= 169) take('manualOrderTime')
  if (serverVersion >= 170) readPegged(text, take)
  if (serverVersion >= 183) take('customerAccount')
  if (serverVersion >= 184) take('professionalCustomer')
  if (serverVersion >= 187 && serverVersion <= 189) take('externalUserId manualOrderIndicator')
  if (serverVersion >= 189) take('includeOvernight')
  if (serverVersion >= 192) take('manualOrderIndicator')
  return { kind: 'placeOrder', orderId, text, blocks }
}

function readConditions(r: FieldCursor, text: Record<string, string>, blocks: Record<string, string[]>): void {
  const n = r.count()
  text['conditionsCount'] = String(n)
  if (n === 0) return
  const found: string[] = []
  for (let i = 0; i < n; i++) {
    const type = r.text()
    const size = CONDITION_FIELDS[type]
    if (size === undefined)
      throw new RequestError(320, `Error reading request. Expected a condition of a known type, found "${type}".`)
    found.push(type, r.text())
    for (let k = 0; k < size; k++) found.push(r.text())
  }
  found.push(r.text(), r.text()) // ignore regular hours, cancel the order
  blocks['conditionsCount'] = found
}

function readPegged(text: Record<string, string>, take: (names: string) => void): void {
  if (text['exchange'] === 'IBKRATS') take('minTradeQty')
  if (text['orderType'] === 'PEG BEST' || text['orderType'] === 'PEGBEST') {
    take('minCompeteSize competeAgainstBestOffset')
    if (/^inf/i.test(text['competeAgainstBestOffset'] ?? '')) take('midOffsetAtWhole midOffsetAtHalf')
  } else if (text['orderType'] === 'PEG MID' || text['orderType'] === 'PEGMID') take('midOffsetAtWhole midOffsetAtHalf')
}

/** A flag of the wire; '' is false. */
export function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== '0' && text.toLowerCase() !== 'false'
}
