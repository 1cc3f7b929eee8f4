/** Line icons on a 20 × 20 grid. They never stand alone: a word stands beside each, visible or as the control's label. */
const PATHS = {
  dashboard: 'M3 11h5V3H3zM12 17h5V9h-5zM3 17h5v-3H3zM12 6h5V3h-5z',
  coupon: 'M2.5 5.5h15v3a1.5 1.5 0 0 0 0 3v3h-15v-3a1.5 1.5 0 0 0 0-3zM12.5 6v1.5M12.5 9.2v1.6M12.5 12.5V14',
  till: 'M4 9.5h12V17H4zM6 9.5V3h8v6.5M8 6h4M7 13h6',
  code: 'M7 6 3 10l4 4M13 6l4 4-4 4M11 4.5l-2 11',
  campaign: 'M3 8.5v3h2.5L14 16V4L5.5 8.5zM6 11.5 7.5 16M17 8.5v3',
  people:
    'M7.5 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5M2.5 16.5c0-3 2-5 5-5s5 2 5 5M13 4.3a2.75 2.75 0 0 1 0 5M14.5 11.8c2 .6 3 2.3 3 4.7',
  sale: 'M4.5 2.500h11v15l-2.2-1.5-1.65 1.500L10 16l-1.65 1.500L6.7 16l-2.2 1.500zM7.5 6.500h5M7.5 10h5',
  coins:
    'M8 9.500c3 0 5-1 5-2.500S11 4.5 8 4.5 3 5.5 3 7s2 2.5 5 2.500M3 7v5.500C3 14 5 15 8 15M13 7v2M12.5 16c2.5 0 4.5-.9 4.5-2.200s-2-2.3-4.5-2.300S8 12.5 8 13.8 10 16 12.5 16',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4',
  account: 'M10 10a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.500M3.5 17c.5-3.3 3-5 6.5-5s6 1.7 6.5 5',
  door: 'M11.5 3H4.500v14h7M8.5 10H17M14 7l3 3-3 3',
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  pencil: 'M4 16l.8-3.500L13.5 3.800l2.7 2.7-8.7 8.700zM11.8 5.500l2.7 2.7',
  trash: 'M4 5.500h12M8 5.500V3.500h4v2M5.5 5.500l.8 11h7.400l.8-11M8.5 8.500v5M11.5 8.500v5',
  copy: 'M7 7h9.500v9.500H7zM13 7V3.500H3.500V13H7',
  plus: 'M10 4v12M4 10h12',
  search: 'M9 14.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11M13 13l4 4',
  check: 'M4 10.500l4 4L16 6',
  cross: 'M5 5l10 10M15 5L5 15',
  right: 'M8 5l5 5-5 5',
  left: 'M12 5l-5 5 5 5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A ticket torn from its counterfoil. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 44 32" width="44" height="32" aria-hidden="true" focusable="false">
      <path
        class="logo-stub"
        d="M4 5h9l-1.4 2.75 1.4 2.75-1.4 2.750L13 16l-1.4 2.750L13 21.500l-1.4 2.750L13 27H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z"
      />
      <g transform="rotate(9 30 16)">
        <path
          class="logo-ticket"
          d="M17 5h22a2 2 0 0 1 2 2v6a3 3 0 0 0 0 6v6a2 2 0 0 1-2 2H17l-1.4-2.750L17 21.500l-1.4-2.750L17 16l-1.4-2.750L17 10.500l-1.4-2.750z"
        />
        <path class="logo-print" d="M21.5 12.500h13M21.5 16h9M21.5 19.500h11" />
      </g>
    </svg>
  );
}

/** The logo's ticket alone, in the tab of the browser. */
export const TAB_ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#17593f" d="M5 6h24a2 2 0 0 1 2 2v5a3 3 0 0 0 0 6v5a2 2 0 0 1-2 2H5l-2-2.5 2-2.5-2-2.500 2-2.500-2-2.500 2-2.500-2-2.500z"/><path stroke="#fffdf6" stroke-width="2.500" d="M10 12h14M10 16h9M10 20h12"/></svg>',
)}`;
