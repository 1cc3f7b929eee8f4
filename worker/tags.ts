/**
 * The tags the tracker understands: under which path, and by which names, a shop's page sends what it knows.
 * To understand another system's tag, add a row. Names are looked up per path, for `v` means something else elsewhere.
 */
export interface Tag {
  path: string;
  coupon: string;
  amount: string;
  order: string;
  campaign: string;
  currency: string;
}

export const TAGS: readonly Tag[] = [
  { path: '/track.gif', coupon: 'cc', amount: 'amount', order: 'order', campaign: 'campaign', currency: 'currency' },
  // The tag that shops have from AffiliationSoftware: only the host has to be changed.
  {
    path: '/script/track.php',
    coupon: 'cc',
    amount: 'cost',
    order: 'orderid',
    campaign: 'cid',
    currency: 'order_currency',
  },
];
