import { Hono } from 'hono';
import { explain } from '../../ledger/sales/explain.ts';
import { csvFile } from '../csv-out.ts';
import type { App } from '../env.ts';
import { SALES_CSV } from '../pages/exports.ts';
import { SalePage } from '../pages/sale.tsx';
import { SalesPage } from '../pages/sales.tsx';
import { affiliateOptions } from '../queries/affiliates.ts';
import { historyOfSale } from '../queries/audit-log.ts';
import { eachOf } from '../queries/batches.ts';
import { campaignOptions } from '../queries/campaigns.ts';
import { commissionsOfSale, linesOfSale } from '../queries/commissions.ts';
import { dayIn } from '../queries/days.ts';
import { idOf, placeOf } from '../queries/keyset.ts';
import { reportNames, saleBatches, saleById, salePage } from '../queries/sales.ts';
import { pageFor, problem, render } from '../render.tsx';

const EVIDENCE = ['unconfirmed', 'confirmed'] as const;
const STATES = ['standing', 'void', 'undone'] as const;

export const salesRoutes = new Hono<App>()
  .get('/admin/sales', async (c) => {
    const asked = c.req.query();
    const filter = filterOf(asked);
    const query = {
      campaign: String(filter.campaignId ?? ''),
      affiliate: String(filter.affiliateId ?? ''),
      coupon: String(filter.couponId ?? ''),
      evidence: filter.evidence ?? '',
      state: filter.state ?? '',
      from: filter.from ?? '',
      until: filter.until ?? '',
    };
    const [sales, campaigns, affiliates] = await Promise.all([
      salePage(c.var.db, filter, placeOf(asked)),
      campaignOptions(c.var.db),
      affiliateOptions(c.var.db),
    ]);
    return render(c, <SalesPage {...pageFor(c)} {...{ sales, query, campaigns, affiliates }} />);
  })

  .get('/admin/sales.csv', (c) => {
    const rows = saleBatches(c.var.db, filterOf(c.req.query()));
    return csvFile('sales.csv', SALES_CSV.head, eachOf(rows, SALES_CSV.cells));
  })

  .get('/admin/sales/:id', async (c) => {
    const id = idOf(c.req.param('id'));
    if (id === undefined) return problem(c, 404);
    const sale = await saleById(c.var.db, id);
    if (!sale) return problem(c, 404);
    const [explained, commissions, lines, history] = await Promise.all([
      explain(c.env.DB, sale.shopId, sale.orderKey),
      commissionsOfSale(c.var.db, id),
      linesOfSale(c.var.db, id),
      historyOfSale(c.var.db, id),
    ]);
    const names = await reportNames(c.var.db, explained?.heard ?? []);
    return render(c, <SalePage {...pageFor(c)} {...{ sale, explained, names, commissions, lines, history }} />);
  });

const filterOf = ({ campaign, affiliate, coupon, evidence, state, from, until }: Record<string, string>) => ({
  campaignId: idOf(campaign),
  affiliateId: idOf(affiliate),
  couponId: idOf(coupon),
  evidence: EVIDENCE.find((one) => one === evidence),
  state: STATES.find((one) => one === state),
  from: dayIn(from),
  until: dayIn(until),
});
