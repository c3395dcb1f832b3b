import type { VenueOrder } from './venue-order.ts'

/**
 * Links a child to its parent. Its quantity per share of the parent is fixed here: a child of equal size has the
 * parent's filled quantity, one of half the size half of it.
 */
export function adopt(parent: VenueOrder, child: VenueOrder): void {
  child.parentOrder = parent
  child.ratio = parent.sizeAtFill ? 1 : child.quantity / parent.quantity
  child.released = 0
  child.fed = 0
  // At the end of the list: children work in the order in which they were sent.
  if (parent.firstChild === null) parent.firstChild = child
  else {
    let last = parent.firstChild
    while (last.nextSibling !== null) last = last.nextSibling
    last.nextSibling = child
  }
}

/** Takes an ended child out of its parent's list. */
export function disown(child: VenueOrder): void {
  const parent = child.parentOrder!
  child.parentOrder = null
  if (parent.firstChild === child) parent.firstChild = child.nextSibling
  else
    for (let at = parent.firstChild; at !== null; at = at.nextSibling)
      if (at.nextSibling === child) {
        at.nextSibling = child.nextSibling
        break
      }
}
