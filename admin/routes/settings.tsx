import { Hono } from 'hono';
import type { App } from '../env.ts';
import { SettingsPage } from '../pages/settings.tsx';
import { pageFor, render } from '../render.tsx';

export const settingsRoutes = new Hono<App>().get('/admin/settings', (c) =>
  render(c, <SettingsPage {...pageFor(c)} />),
);
