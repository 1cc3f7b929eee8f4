/** The look of each word: a colour and a shape, the word always beside it. */
const LOOKS = {
  good: ['active', 'approved', 'paid', 'recorded', 'confirmed', 'corrected', 'done', 'granted'],
  wait: [
    'pending',
    'unconfirmed',
    'free',
    'paused',
    'waiting',
    'suspicious',
    'unreadable',
    'no amount',
    'other currency',
    'disputed',
    'held',
    'which shop',
    'which day',
    'two affiliates',
    'could not be decided',
    'free coupon',
    'running',
    'previewed',
    'invited',
  ],
  bad: ['declined', 'suspended', 'unknown coupon', 'refused', 'campaign paused', 'affiliate not active', 'deleted'],
} as const;

export type Look = keyof typeof LOOKS | 'plain';

const lookOf = (word: string): Look =>
  (Object.keys(LOOKS) as (keyof typeof LOOKS)[]).find((look) => (LOOKS[look] as readonly string[]).includes(word)) ??
  'plain';

/** A word and a shape: ● good, ◆ waits, ■ refused, ○ over or plain. `look` overrides what the word itself says. */
export function Status({ word, look = lookOf(word) }: { word: string; look?: Look }) {
  return (
    <span class={`status status-${look}`}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false">
        {look === 'good' && <circle cx="5" cy="5" r="4" />}
        {look === 'wait' && <path d="M5 .5 9.5 5 5 9.5.5 5z" />}
        {look === 'bad' && <path d="M1.2 1.200h7.600v7.600H1.200z" />}
        {look === 'plain' && <circle class="status-ring" cx="5" cy="5" r="3.25" />}
      </svg>
      {word.charAt(0).toUpperCase() + word.slice(1)}
    </span>
  );
}
