/** "Coupons & offline sales" can be switched off (Settings › Plugins): these are its pages, on both panels. */
const PAGES = [
  '/admin/coupons',
  '/admin/offline-sales',
  '/admin/tracking-code',
  '/admin/imports',
  '/affiliate/coupons',
] as const;

/** Whether `path` is a page of the plugin, which is not there while the plugin is off. */
export const isOfCoupons = (path: string): boolean =>
  PAGES.some((page) => path === page || path.startsWith(`${page}/`) || path.startsWith(`${page}.`));
