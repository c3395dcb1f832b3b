import { defineStrategy, text } from '@onetape/core'

/** Buys fixed quantities at the first close and keeps them. */
export default defineStrategy({
  name: 'buy-at-first-close',
  params: { shares: text('', { description: 'symbol:quantity, separated by spaces' }) },
  create({ params }) {
    const wanted = params.shares.split(' ').map((part) => part.split(':'))
    return {
      onStart({ orders }) {
        for (const [symbol = '', quantity] of wanted) orders.marketOnClose(symbol, Number(quantity))
      },
    }
  },
})
