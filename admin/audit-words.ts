/** What the audit log says, in plain words. */
import { formatMinor } from '../ledger/money.ts';
import { plainRate } from '../ledger/rate.ts';
import { dayText } from './ui/when.tsx';

/** A line of the log as it is kept, with the names that its words need. */
export interface AuditLine {
  id: number;
  at: number;
  /** Null where nobody in particular did it. */
  who: string | null;
  action: string;
  subject: string;
  subjectId: string;
  /** The record's name today. */
  record: string | null;
  /** Of a commission: its sale, on whose page it stands. */
  saleId: number | null;
  before: string | null;
  after: string | null;
  /** Of a campaign: what its rate is today, and in which currency. */
  commissionKind: string | null;
  currency: string | null;
}

/** Names by id, as a line's JSON mentions them. */
export interface Names {
  affiliates: Map<number, string>;
  campaigns: Map<number, string>;
  shops: Map<number, string>;
}

/** What was changed: from null where it was not there before, to null where it is not any more. */
export interface Change {
  label: string;
  from: string | null;
  to: string | null;
}

/** The kinds of record, as the filter offers them. */
export const SUBJECTS: Record<string, string> = {
  affiliates: 'affiliate',
  campaigns: 'campaign',
  commissions: 'commission',
  coupons: 'coupon',
  coupon_requests: 'request',
  imports: 'import',
  invitations: 'invitation',
  payouts: 'payout',
  sales: 'sale',
  settings: 'plugin',
  shops: 'shop',
  users: 'account',
};

/** What can be done to a record, as it stands in the log. */
export const ACTIONS = [
  'added',
  'applied',
  'approved',
  'changed',
  'declined',
  'deleted',
  'granted',
  'imported',
  'invited',
  'joined',
  'new backup codes',
  'refused',
  'removed',
  'requested',
  'restored',
  'second factor off',
  'second factor on',
  'switched off',
  'switched on',
  'undone',
  'withdrawn',
];

/** The page of a line's record, or null: not every record has one. */
export function recordPath({ subject, subjectId, saleId }: AuditLine): string | null {
  if (subject === 'commissions' && saleId !== null) return `/admin/sales/${saleId}`;
  if (!/^\d+$/.test(subjectId)) return null;
  if (subject === 'shops') return `/admin/settings/shops/${subjectId}`;
  return ['coupons', 'campaigns', 'affiliates', 'sales', 'imports'].includes(subject)
    ? `/admin/${subject}/${subjectId}`
    : null;
}

type Values = Record<string, unknown>;

/** What a line changed. What was added has no "from", and what was deleted no "to". */
export function changesOf(line: AuditLine, names: Names): Change[] {
  const before = read(line.before);
  const after = read(line.after);
  const keys = Object.keys(after ?? before ?? {}).filter((key) => !HIDDEN.has(key));
  const say = (values: Values | null, key: string) =>
    values && key in values ? words(key, values[key], { ...values, line, names }) : null;
  return keys.flatMap((key) => {
    const was = say(before, key);
    const from = was === NOTHING ? null : was;
    const to = say(after, key);
    return from === to || (from === null && to === NOTHING) ? [] : [{ label: LABELS[key] ?? spaced(key), from, to }];
  });
}

/** The ids that a line's JSON mentions, to be named. */
export function idsIn(line: AuditLine, key: 'affiliateId' | 'campaignId' | 'shopId'): number[] {
  return [read(line.before)?.[key], read(line.after)?.[key]].filter((id) => typeof id === 'number');
}

/** Tables' names and properties' names are one: commission_value is commissionValue. */
function read(json: string | null): Values | null {
  if (json === null) return null;
  const entries = Object.entries(JSON.parse(json) as Values);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}

const spaced = (key: string) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const HIDDEN = new Set(['firstId', 'lastId', 'requestId', 'importId', 'revision']);
const NOTHING = 'nothing';

const LABELS: Record<string, string> = {
  affiliateId: 'affiliate',
  campaignId: 'campaign',
  shopId: 'shop',
  email: 'e-mail address',
  expiresOn: 'last day',
  commissionKind: 'commission is',
  commissionValue: 'commission',
  holdDays: 'hold',
  trustPixel: 'trust the pixel',
  requestMode: 'requests',
  requestLimit: 'coupons by request',
  signUpOpen: 'sign-up page',
  severalAffiliates: 'of two affiliates counts',
  alsoEarlier: 'earlier sales too',
  payoutMethod: 'payout method',
  payoutAccount: 'payout account',
  payoutMinimumMinor: 'smallest payout',
  count: 'how many',
};

type Around = Values & { line: AuditLine; names: Names };

function words(key: string, value: unknown, around: Around): string {
  const { line, names } = around;
  const named = (map: Map<number, string>, none: string) =>
    typeof value === 'number' ? (map.get(value) ?? `no. ${value}`) : none;
  switch (key) {
    case 'affiliateId':
      return named(names.affiliates, 'nobody');
    case 'campaignId':
      return named(names.campaigns, NOTHING);
    case 'shopId':
      return named(names.shops, NOTHING);
    case 'expiresOn':
      return typeof value === 'string' && value !== '' ? dayText(value) : 'never ends';
    case 'commissionKind':
      return value === 'fixed' ? 'a fixed amount' : 'a percentage';
    case 'commissionValue':
      return (around.commissionKind ?? line.commissionKind) === 'fixed'
        ? money(value, line.currency)
        : `${plainRate(Number(value))} %`;
    case 'payoutMinimumMinor':
      return value === 0 ? 'any amount' : money(value, typeof around.currency === 'string' ? around.currency : null);
    case 'holdDays':
      return `${value} ${value === 1 ? 'day' : 'days'}`;
    case 'requestLimit':
      return value === null ? 'any number' : String(value);
    case 'trustPixel':
    case 'alsoEarlier':
      return value ? 'yes' : 'no';
    case 'signUpOpen':
      return value ? 'open' : 'closed';
    default:
      return value === null || value === '' ? NOTHING : String(value);
  }
}

const money = (value: unknown, currency: string | null) =>
  currency === null ? String(value) : formatMinor(Number(value), currency);
