/** Which of these codes are or were some shop's, whatever became of their coupons. */
export async function codesKnown(db: D1Database, codeKeys: string[]): Promise<Set<string>> {
  const { results } = await db
    .prepare(
      `SELECT j.value AS codeKey FROM json_each(?1) j WHERE EXISTS (SELECT 1 FROM coupon_codes k WHERE k.code_key = j.value)`,
    )
    .bind(JSON.stringify(codeKeys))
    .all<{ codeKey: string }>();
  return new Set(results.map(({ codeKey }) => codeKey));
}
