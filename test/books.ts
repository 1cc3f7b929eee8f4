/** Whether the books are in order: every sum is what it adds up to, and every order stands as its reports say. */
import { audit } from '../ledger/sales/audit.ts';

/** @returns what is wrong, in plain words. */
export async function books(db: D1Database): Promise<string[]> {
  const found: string[] = [];
  for await (const { where, text } of audit(db)) found.push(`${where}: ${text}`);
  return found;
}

/** For the end of every test that writes through a real door. @throws what is wrong. */
export async function auditClean(db: D1Database): Promise<void> {
  const found = await books(db);
  if (found.length > 0) throw new Error(`The audit has found differences: ${found.length}\n${found.join('\n')}`);
}
