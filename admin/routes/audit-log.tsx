import { Hono } from 'hono';
import { ACTIONS, SUBJECTS } from '../audit-words.ts';
import type { App } from '../env.ts';
import { AuditLogPage } from '../pages/audit-log.tsx';
import { auditPage, auditPeople } from '../queries/audit-log.ts';
import { shopZones } from '../queries/days.ts';
import { placeOf } from '../queries/keyset.ts';
import { pageFor, render } from '../render.tsx';

export const auditLogRoutes = new Hono<App>().get('/admin/audit-log', async (c) => {
  const asked = c.req.query();
  const search = asked.q?.trim().slice(0, 200) ?? '';
  const person = asked.person?.slice(0, 100) ?? '';
  const subject = Object.keys(SUBJECTS).find((one) => one === asked.kind);
  const action = ACTIONS.find((one) => one === asked.action);
  const [log, people, zones] = await Promise.all([
    auditPage(c.var.db, { search, person, subject, action }, placeOf(asked)),
    auditPeople(c.var.db),
    shopZones(c.var.db),
  ]);
  const query = { q: search, person, kind: subject ?? '', action: action ?? '' };
  // By the shop's clock, where all shops share one.
  const timeZone = zones.length === 1 ? zones[0]! : 'UTC';
  return render(c, <AuditLogPage {...pageFor(c)} {...{ log, query, people, timeZone }} />);
});
