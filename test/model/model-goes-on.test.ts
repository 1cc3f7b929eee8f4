/** The other half of the histories of `model.test.ts`, so that both run side by side. */
import { promiseHistories } from './histories.ts';

promiseHistories(1);
