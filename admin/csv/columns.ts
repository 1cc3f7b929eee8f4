/** What the columns of a file mean, understood by their names. */

/** By kind of import, in the order in which a file without names has them; a currency has always a name. */
export const COLUMNS = {
  coupons: ['coupon', 'affiliate', 'campaign', 'expires'],
  sales: ['coupon', 'amount', 'order', 'date', 'currency'],
} as const;

export type Kind = keyof typeof COLUMNS;
export type Column = (typeof COLUMNS)[Kind][number];

/** What each is called on our pages, and in the head of a file that had none. */
export const COLUMN_NAMES: Record<Column, string> = {
  coupon: 'Coupon',
  affiliate: 'Affiliate',
  campaign: 'Campaign',
  expires: 'Expiration date',
  amount: 'Sales amount',
  order: 'Order ID',
  date: 'Date',
  currency: 'Currency',
};

// As shops, spreadsheets and our own exports write them, letters and digits only.
const NAMES: Record<Column, string> = {
  coupon:
    'coupon coupons couponcode code voucher vouchercode promocode promo discountcode gutschein gutscheincode cupom cupao codigo codigopromocional codepromo',
  affiliate: 'affiliate affiliateid affiliateemail affiliatename email emailaddress partner partnerid owner afiliado',
  campaign: 'campaign campaignid campaignname program programme kampagne campanha campana campagne',
  expires:
    'expiration expirationdate expires expireson expiry expirydate expire enddate validuntil validto lastday gultigbis validade',
  amount:
    'salesamount saleamount amount orderamount total ordertotal totalamount value ordervalue price sum betrag umsatz importe importo montant valor',
  order:
    'orderid order ordernumber orderno ordernr orderref reference invoice invoicenumber receipt receiptnumber transaction transactionid bestellnummer pedido encomenda commande',
  date: 'date saledate orderdate salesdate soldon soldat day datum data fecha jour',
  currency: 'currency currencycode ordercurrency waehrung wahrung moeda moneda devise valuta',
};

const byName = new Map(
  Object.entries(NAMES).flatMap(([column, names]) => names.split(' ').map((name) => [name, column as Column])),
);

/** Which column has which meaning; a name that says nothing to us ("reason", "line") is passed over. */
export function columnsNamed(names: string[], kind: Kind): Partial<Record<Column, number>> {
  const columns: Partial<Record<Column, number>> = {};
  names.forEach((name, index) => {
    const column = byName.get(plain(name));
    if (column && columns[column] === undefined && (COLUMNS[kind] as readonly Column[]).includes(column))
      columns[column] = index;
  });
  return columns;
}

/** Where nothing is named the order is the manual's. */
export function columnsInOrder(width: number, kind: Kind): Partial<Record<Column, number>> {
  return Object.fromEntries(
    COLUMNS[kind]
      .filter((column) => column !== 'currency')
      .slice(0, width)
      .map((column, index) => [column, index] satisfies [Column, number]),
  );
}

/** "Sales amount", "sales_amount" and " SALES AMOUNT" are one name, and "Gültig bis" is "gultigbis". */
const plain = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
