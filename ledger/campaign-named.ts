/**
 * The shop of the campaign that a message names, by its id in plain decimal: `03`, `3.0` and `1e0` name none. It is read
 * here and nowhere else, so that all ways into the ledger read it alike.
 */
export function campaignNamed(text: string | null, shopsByCampaign: ReadonlyMap<string, number>): number | null {
  return text === null ? null : (shopsByCampaign.get(text) ?? null);
}
