/** What the model hears. */

export type Source = 'pixel' | 'office' | 'import' | 'server' | 'webhook';

export type Kind =
  | 'sale'
  | 'refund'
  | 'correction'
  | 'void'
  | 'decline'
  | 'restore'
  | 'hold'
  | 'release'
  | 'adjustment'
  | 'withdrawal';

/** A message about an order. Everything that it does not say is absent. */
export interface Said {
  id: string;
  source: Source;
  kind: Kind;
  witness: string;
  /** Null: nobody says which shop's it is; it follows from the campaign or the codes. */
  shop: number | null;
  campaign?: number;
  /** Null: the shop sent no number; the order is this report's own. */
  order: string | null;
  /** As they are compared. Null: it does not speak of coupons. */
  codes: string[] | null;
  amount?: string;
  currency?: string;
  receivedAt: number;
  saidAt?: number;
  soldAt?: number;
  soldOn?: string;
  cancelled?: boolean;
  /** The total so far; of a refund: its own amount. */
  refunded?: string;
  refundId?: string;
  refundIds?: string[];
  test?: boolean;
  doubt?: string;
  importId?: number;
  affiliate?: number;
  about?: string;
  /** How many lines the person saw of the commission that their word is about. */
  seenLines?: number;
}

/** A message as it is kept in its order. */
export interface Heard extends Said {
  place: number;
  /** Of the shop's currency; null where none was told, or it is another one. */
  amountMinor: number | null;
  refundedMinor: number | null;
  foreign: boolean;
  /** Something in it cannot be read: it says nothing, and a person looks. */
  unreadable: boolean;
}

/** Corrections > signed webhook > authenticated server > office or file > pixel. */
export function rankOf({ source, kind }: Said): number {
  return kind === 'correction' ? 4 : { pixel: 0, office: 1, import: 1, server: 2, webhook: 3 }[source];
}

export const clockOf = (said: Said): number => said.saidAt ?? said.receivedAt;

/** By the sender's clock, else arrival; of one instant by commit. */
export const newestOf = (heard: Heard[]): Heard | undefined =>
  [...heard].sort((a, b) => clockOf(a) - clockOf(b) || a.place - b.place).at(-1);
