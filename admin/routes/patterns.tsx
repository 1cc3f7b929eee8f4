import { Hono } from 'hono';
import type { App } from '../env.ts';
import { PatternsPage } from '../pages/patterns.tsx';
import { pageFor, render } from '../render.tsx';

export const patternsRoutes = new Hono<App>().get('/patterns', (c) => render(c, <PatternsPage {...pageFor(c)} />));
