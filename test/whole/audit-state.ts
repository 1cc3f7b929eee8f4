/** The audit of a state directory, beside whoever serves it: asked of D1 from Node, each of its questions would take 5 ms. */
import { openReadOnly } from '../../scripts/read-only.ts';
import { auditClean } from '../books.ts';

export async function auditState(stateDir: string): Promise<void> {
  const { db, close } = openReadOnly(stateDir);
  try {
    await auditClean(db);
  } finally {
    close();
  }
}
