/** Takes a story's steps in the real ledger and in the model, and says where they differ. */
import { changeStatus } from '../../ledger/affiliates.ts';
import type { Actor, Store } from '../../ledger/audit.ts';
import { editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { changeCoupons } from '../../ledger/coupons/many.ts';
import { startUndo } from '../../ledger/imports/job.ts';
import { type Report, reportOf } from '../../ledger/report.ts';
import { moveMoney } from '../../ledger/sales/move-money.ts';
import { type RecordedReport, recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions } from '../../ledger/sales/settle.ts';
import { dayOf } from './arithmetic.ts';
import { Chance } from './chance.ts';
import { codeIn, type House, keyIn } from './house.ts';
import type { Told } from './model.ts';
import { pausing } from './pausing.ts';
import type { Kind, Said } from './said.ts';
import type { Say, Step } from './story.ts';
import { during, last } from './world.ts';

const DAY = 86_400_000;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** One story under way. */
export class Teller {
  store: Store;
  house: House;
  /** What was said so far, for those who say it again. */
  said: Said[] = [];
  imports: number[] = [];
  /** By the model's names of orders: how the ledger calls those without a number. */
  keys = new Map<string, string>();
  #told = 0;

  constructor(store: Store, house: House) {
    this.store = store;
    this.house = house;
  }

  keyOf = (key: string): string => this.keys.get(key) ?? key;

  /** @returns what the model and the ledger answered differently to this step. */
  async take(step: Step, now: number): Promise<string[]> {
    const { house, store } = this;
    const { model } = house;
    const by: Actor = { userId: null, now };
    switch (step.does) {
      case 'wait':
        return [];
      case 'say':
        return this.#hear(this.#saidOf([step.say], now));
      case 'say at once':
        return this.#hearAtOnce(step, now);
      case 'say again': {
        const again = among(this.said, step.pick);
        if (!again) return [];
        const other = again.source !== 'pixel' && step.otherWords ? { amount: again.amount === '7' ? '8' : '7' } : {};
        return this.#hear([{ ...again, ...other }]);
      }
      case 'import': {
        const id = house.number * 100 + this.imports.length + 1;
        await store.db
          .prepare(
            `INSERT INTO imports (id, kind, file_name, status, created_at, moved_at, started_at) VALUES (?1, 'sales', ?2, 'done', ?3, ?3, ?3)`,
          )
          .bind(id, `sales-${id}.csv`, now)
          .run();
        this.imports.push(id);
        return this.#hear(this.#saidOf(step.rows, now).map((row) => ({ ...row, witness: `file:${id}`, importId: id })));
      }
      case 'undo': {
        const id = among(this.imports, step.pick);
        if (id === undefined || model.undoneImports.has(id)) return [];
        await startUndo(store.db, id, by);
        model.undoImport(id);
        return [];
      }
      case 'word on order': {
        const order = among(this.#orders(), step.pick);
        return order ? this.#hear([this.#wordOn(order, step.kind, now)]) : [];
      }
      case 'word on commission': {
        const one = among(this.#commissions(), step.pick);
        if (!one) return [];
        const seenLines = one.lines + (step.stale ? 1 : 0);
        return this.#hear([{ ...this.#wordOn(one.order, step.kind, now), affiliate: one.affiliate, seenLines }]);
      }
      case 'withdraw': {
        const persons = [...model.orders.values()].flatMap(({ reports }) =>
          reports.filter((each) => each.source === 'office'),
        );
        const about = among(persons, step.pick);
        const order = this.#orders().find(({ shop, key }) =>
          model.orders.get(`${shop}/${key}`)!.reports.some((each) => each === about),
        );
        return about && order ? this.#hear([{ ...this.#wordOn(order, 'withdrawal', now), about: about.id }]) : [];
      }
      case 'adjust': {
        const said = this.#blank('office', 'adjustment', now);
        const [shop, affiliate] = [house.shops[step.shop], house.affiliates[step.affiliate]!];
        return this.#hear([
          { ...said, shop, affiliate, campaign: house.campaigns[step.shop * 2]!, amount: step.amount },
        ]);
      }
      case 'approve': {
        const one = among(this.#commissions(), step.pick);
        if (!one) return [];
        const lines = one.lines - (step.stale ? 1 : 0);
        const { done } = await approveCommissions(store.db, [await this.#seen(one, lines)], by);
        const moved = model.approve(one.order.shop, one.order.key, one.affiliate, lines, now);
        model.settle();
        return done === (moved ? 1 : 0) ? [] : [`approved: ledger ${done}, model ${moved} (${nameOf(one)})`];
      }
      case 'move': {
        const one = among(this.#commissions(), step.pick);
        if (!one) return [];
        const lines = one.lines - (step.stale ? 1 : 0);
        const how = { kind: step.how, cause: { cause: 'payout' as const, causeId: 'p' }, by };
        const moved = await moveMoney(store.db, [await this.#seen(one, lines)], how);
        const expected = model.move(one.order.shop, one.order.key, one.affiliate, lines, step.how);
        return moved.length === (expected ? 1 : 0)
          ? []
          : [`${step.how}: ledger ${moved.length}, model ${expected} (${nameOf(one)})`];
      }
      default:
        return this.#change(step, by);
    }
  }

  /** What changes codes, coupons, campaigns and affiliates. */
  async #change(
    step: Extract<Step, { does: 'rename' | 'archive' | 'add' | 'give' | 'expire' | 'terms' | 'pause' | 'suspend' }>,
    by: Actor,
  ) {
    const { house, store } = this;
    const { model } = house;
    const living = [...model.coupons.values()].filter(({ archived }) => !archived);
    const coupon = 'pick' in step ? among(living, step.pick) : undefined;
    const now = by.now;
    if ('pick' in step && !coupon) return [];
    switch (step.does) {
      case 'rename': {
        const key = keyIn(house, step.to);
        const until = now + step.graceDays * DAY;
        const edited = await this.#edit(
          coupon!.id,
          codeIn(house, step.to),
          by,
          step.graceDays === 0 ? undefined : until,
        );
        const free = model.isFree(coupon!.shop, key, now, coupon!.id);
        if (free) model.rename(coupon!.id, key, now, until);
        return free === 'id' in edited ? [] : [`rename: ledger ${JSON.stringify(edited)}, model ${free}`];
      }
      case 'archive':
        await changeCoupons(store, [[coupon!.id]], { what: 'deleted' }, 'checked', by);
        model.archive(coupon!.id, now);
        return [];
      case 'add': {
        const campaign = house.campaigns[step.shop * 2 + (step.second ? 1 : 0)]!;
        const affiliate = step.owner === null ? null : house.affiliates[step.owner]!;
        const terms = { campaignId: campaign, affiliateId: affiliate, expiresOn: null };
        const [added] = await addCoupons(store, [codeIn(house, step.code)], terms, by);
        const [shop, key] = [house.shops[step.shop], keyIn(house, step.code)];
        const free = model.isFree(shop, key, now);
        if (free !== 'id' in added!) return [`add: ledger ${JSON.stringify(added)}, model ${free}`];
        if ('id' in added!) model.addCoupon(added.id, shop, key, { campaign, affiliate, expiresOn: null });
        model.settle();
        return [];
      }
      case 'give': {
        const affiliate = step.owner === null ? null : house.affiliates[step.owner]!;
        const wasFree = last(coupon!.was).value.affiliate === null;
        const earlier = step.earlier && wasFree && affiliate !== null;
        const change = {
          what: 'affiliate' as const,
          affiliateId: affiliate,
          ...(earlier ? { alsoEarlier: true as const } : {}),
        };
        await changeCoupons(store, [[coupon!.id]], change, 'checked', by);
        if (affiliate !== last(coupon!.was).value.affiliate) {
          if (earlier) model.giveEarlier(coupon!.id, affiliate);
          else model.change(coupon!.id, { affiliate }, now);
        }
        model.settle();
        return [];
      }
      case 'expire': {
        const { timeZone } = model.shops.get(coupon!.shop)!;
        const expiresOn = step.inDays === null ? null : dayOf(now + step.inDays * DAY, timeZone);
        await changeCoupons(store, [[coupon!.id]], { what: 'expiry', expiresOn }, 'checked', by);
        if (expiresOn !== last(coupon!.was).value.expiresOn) model.change(coupon!.id, { expiresOn }, now);
        return [];
      }
      case 'terms':
      case 'pause': {
        const id = house.campaigns[step.campaign]!;
        const before = during(model.campaigns.get(id)!.was, FOREVER);
        const { value, automatic, holdDays } = step.does === 'terms' ? step : before;
        const status = step.does === 'pause' ? (step.paused ? 'paused' : 'active') : before.status;
        const after = { ...before, value, automatic, holdDays, status } as const;
        await editCampaign(
          store.db,
          id,
          {
            name: `Campaign ${step.campaign}`,
            status,
            commissionKind: before.kind,
            commissionValue: value,
            approval: automatic ? 'automatic' : 'manual',
            holdDays,
            trustPixel: before.trustPixel,
            requestMode: 'at once',
            requestLimit: null,
          },
          by,
        );
        if (JSON.stringify(after) !== JSON.stringify(before)) model.changeTerms(id, after, now);
        return [];
      }
      case 'suspend': {
        const id = house.affiliates[step.affiliate]!;
        const [from, to] = [
          during(model.affiliates.get(id)!, FOREVER),
          step.suspended ? 'suspended' : 'active',
        ] as const;
        if (from === to) return [];
        await changeStatus(store.db, id, { from, to }, by);
        model.changeState(id, to, now);
        return [];
      }
    }
  }

  async #edit(id: number, code: string, by: Actor, oldCodeUntil?: number) {
    const row = await this.store.db
      .prepare(
        'SELECT revision, campaign_id AS campaignId, affiliate_id AS affiliateId, expires_on AS expiresOn FROM coupons WHERE id = ?',
      )
      .bind(id)
      .first<{ revision: number; campaignId: number; affiliateId: number | null; expiresOn: string | null }>();
    const { revision, ...terms } = row!;
    return editCoupon(this.store, id, revision, { ...terms, code }, by, oldCodeUntil);
  }

  async #hear(all: Said[]): Promise<string[]> {
    const recorded = await recordSales(
      this.store.db,
      all.map((said) => this.#reportOf(said)),
    );
    return all.flatMap((said, index) => this.#agree(said, recorded[index]!));
  }

  /** Whether the model makes of a message what the ledger has made of it. */
  #agree(said: Said, recorded: RecordedReport): string[] {
    if (!this.said.some(({ id }) => id === said.id)) this.said.push(said);
    if (said.order === null) this.keys.set(`report ${said.id}`, recorded.orderKey);
    const became = this.house.model.hear(said);
    const refusals: string[] = ['other contents', 'changed meanwhile', 'not written', 'switched off'];
    const expected = refusals.includes(became) ? recorded.outcome === became : !refusals.includes(recorded.outcome);
    return expected && recorded.outcome !== 'could not be decided'
      ? []
      : [`${said.id} ${said.source} ${said.kind}: ledger "${recorded.outcome}" (${recorded.detail}), model ${became}`];
  }

  /** Several callers at once, with pauses between their calls to D1. The order of commit is read from the places. */
  async #hearAtOnce({ lists, twice, pauses }: Extract<Step, { does: 'say at once' }>, now: number): Promise<string[]> {
    const callers = lists.map((list) => this.#saidOf(list, now));
    if (twice) callers.push(callers[0]!);
    const chance = new Chance(pauses);
    const answers = await Promise.all(
      callers.map((list) =>
        recordSales(
          pausing(this.store.db, chance),
          list.map((said) => this.#reportOf(said)),
        ),
      ),
    );
    const answered = new Map<string, RecordedReport>();
    for (const answer of answers.flat()) {
      const other = answered.get(answer.reportId);
      if (!other || other.outcome === 'already known') answered.set(answer.reportId, answer);
    }
    const all = [...new Map(callers.flat().map((said) => [said.id, said])).values()];
    const { results } = await this.store.db
      .prepare(
        `SELECT id, place FROM reports WHERE id IN (SELECT value FROM json_each(?)) ORDER BY shop_id, order_key, place`,
      )
      .bind(JSON.stringify(all.map(({ id }) => id)))
      .all<{ id: string }>();
    const places = new Map(results.map(({ id }, index) => [id, index]));
    const committed = all.toSorted((a, b) => (places.get(a.id) ?? FOREVER) - (places.get(b.id) ?? FOREVER));
    return committed.flatMap((said) => this.#agree(said, answered.get(said.id)!));
  }

  /** A person corrects an order that is there; other corrections are left out. */
  #saidOf(all: Say[], now: number): Said[] {
    return all
      .map((say) => this.#oneOf(say, now))
      .filter((said) => said.kind !== 'correction' || this.house.model.orders.has(`${said.shop}/${said.order}`));
  }

  #oneOf(say: Say, now: number): Said {
    const { house } = this;
    const shop = house.shops[say.shop];
    const { timeZone } = house.model.shops.get(shop)!;
    const said = this.#blank(say.source, say.kind, now);
    const soldAt = now - say.soldAgo;
    return {
      ...said,
      witness: say.kind === 'correction' ? 'corrections' : `${say.source}-${house.number}-${say.who}`,
      ...(say.source === 'pixel' ? campaignOf(house, say) : { shop }),
      order: say.order === null ? null : `h${house.number}-${say.order}`,
      codes: say.codes && [...new Set(say.codes.map((code) => keyIn(house, code)))],
      ...only({ amount: say.amount, currency: say.currency, cancelled: say.cancelled, refunded: say.refunded }),
      ...only({ refundId: say.refundId === undefined ? undefined : `f${say.refundId}` }),
      ...only({ refundIds: say.refundIds?.map((id) => `f${id}`) }),
      ...only({ saidAt: say.saidAgo === undefined ? undefined : now - say.saidAgo }),
      ...(say.sold === 'at' ? { soldAt } : say.sold === 'on' ? { soldOn: dayOf(soldAt, timeZone) } : {}),
      ...only({ test: say.test, doubt: say.doubt ? 'a bot' : undefined }),
    };
  }

  #blank(source: Said['source'], kind: Kind, now: number): Said {
    const id = `s${this.house.number}-${this.#told++}`;
    return {
      id,
      source,
      kind,
      witness: `person:${this.house.number}`,
      shop: null,
      order: null,
      codes: null,
      receivedAt: now,
    };
  }

  #wordOn(order: Told, kind: Kind, now: number): Said {
    return { ...this.#blank('office', kind, now), shop: order.shop, order: order.key };
  }

  #reportOf(said: Said): Report {
    const isWord = said.source === 'office' && said.kind !== 'sale' && said.kind !== 'adjustment';
    const more = {
      ...only({ refundId: said.refundId, refundIds: said.refundIds }),
      ...(said.seenLines === undefined ? {} : { seen: { lines: said.seenLines } }),
      ...(said.kind === 'adjustment' ? { campaignId: said.campaign! } : {}),
    };
    return reportOf({
      id: said.id,
      source: said.source,
      kind: said.kind,
      ...(said.source === 'pixel' ? { browsers: [said.witness] } : { witness: said.witness }),
      codes: said.codes,
      amount: said.amount ?? null,
      currency: said.currency ?? null,
      ...(isWord ? { order: this.keyOf(said.order!) } : { orderId: said.order }),
      campaign: said.campaign === undefined || said.kind === 'adjustment' ? null : String(said.campaign),
      shopId: said.shop,
      soldAt: said.soldAt ?? null,
      soldOn: said.soldOn ?? null,
      saidAt: said.saidAt ?? null,
      receivedAt: said.receivedAt,
      cancelled: said.cancelled ?? null,
      refunded: said.refunded ?? null,
      more,
      doubt: said.doubt ?? null,
      test: said.test ?? false,
      importId: said.importId ?? null,
      affiliateId: said.affiliate ?? null,
      about: said.about ?? null,
    });
  }

  #orders(): Told[] {
    return this.house.model.standing().filter(({ state }) => state !== 'which shop');
  }

  #commissions() {
    return this.#orders().flatMap((order) => order.commissions.map((each) => ({ order, ...each })));
  }

  async #seen(one: { order: Told; affiliate: number }, lines: number) {
    const saleId = await this.store.db
      .prepare('SELECT id FROM sales WHERE shop_id = ? AND order_key = ?')
      .bind(one.order.shop, this.keyOf(one.order.key))
      .first<number>('id');
    return { saleId: saleId!, affiliateId: one.affiliate, lines };
  }
}

const among = <One>(list: One[], pick: number): One | undefined => list[pick % list.length];

const nameOf = (one: { order: Told; affiliate: number }) => `order ${one.order.key}, affiliate ${one.affiliate}`;

/** What is said; what is undefined is not said at all. */
const only = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };

function campaignOf(house: House, { shop, campaign }: Say): Pick<Said, 'shop' | 'campaign'> {
  if (campaign === 'none') return { shop: null };
  return { shop: null, campaign: house.campaigns[shop * 2 + (campaign === 'second' ? 1 : 0)]! };
}
