/** Whatever is said in whatever order, by several at once: the ledger says what an independent model of it says. */
import { promiseHistories } from './histories.ts';

promiseHistories(0);
