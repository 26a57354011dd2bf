/** Share natures (股份性质): the code list of the register, with labels and what each code implies. */
import { type Kysely, sql } from 'kysely';

type Row = readonly [code: number, zh: string, en: string];

/** Only circulating shares (0) may move by a trade transfer. */
const TRADABLE = 0;

const holders: readonly Row[] = [
  [1, '境内法人', 'domestic legal person'],
  [2, '国家', 'state'],
  [3, '境外法人', 'foreign legal person'],
  [4, '境内自然人', 'domestic natural person'],
  [5, '境外自然人', 'foreign natural person'],
  [6, '境内其他机构', 'other domestic institution'],
  [7, '境外其他机构', 'other foreign institution'],
];

const single: readonly Row[] = [
  [0, '流通股', 'circulating'],
  [1, '优先股', 'preferred'],
  [2, '资格股', 'qualification'],
  [3, '定增股', 'directed issue'],
  [4, '特限股', 'specially restricted'],
  [5, '托管股', 'custody only'],
  [6, '有限公司股', 'limited liability company'],
  [9, '其他股', 'other'],
  [11, '已托管公众股', 'public in custody'],
  [12, '已托管公众股-董监高买入', 'public in custody, bought by officers'],
  [13, '已托管公众股-限售个人', 'public in custody, restricted individual'],
  [14, '已托管公众股-限售机构', 'public in custody, restricted institution'],
  [28, '发起人股-认缴未缴', 'founder, subscribed unpaid'],
  [29, '发起人股-其他', 'founder, other'],
  [31, '定增股-国家', 'directed issue, state'],
  [32, '定增股-境内法人', 'directed issue, domestic legal person'],
  [33, '定增股-境外法人', 'directed issue, foreign legal person'],
  [34, '定增股-境内自然人', 'directed issue, domestic natural person'],
  [35, '定增股-境外自然人', 'directed issue, foreign natural person'],
  [36, '定增股-境内其他机构', 'directed issue, other domestic institution'],
  [37, '定增股-境外其他机构', 'directed issue, other foreign institution'],
  [39, '定增股-其他', 'directed issue, other'],
  [41, '特限股-控股股东及一致行动人', 'restricted, controller and concert parties'],
  [42, '特限股-承诺人', 'restricted, undertaking giver'],
  [43, '特限股-董监高送转', 'restricted, officers, bonus and conversion'],
  [44, '特限股-董监高配售', 'restricted, officers, placement'],
  [45, '特限股-董监高锁定', 'restricted, officers, lock-up'],
  [46, '特限股-股权激励', 'restricted, equity incentive'],
  [49, '特限股-其他', 'restricted, other'],
  [58, '托管股-董监高', 'custody only, officers'],
  [59, '托管股-其他', 'custody only, other'],
  [68, '有限公司股-董监高', 'limited liability company, officers'],
  [69, '有限公司股-其他', 'limited liability company, other'],
  [91, '股份合作制股份', 'stock co-operative'],
  [92, '已退托管-备查', 'left custody, record only'],
  [93, '已退托管-未缴', 'left custody, unpaid'],
  [94, '已退托管-承诺人', 'left custody, undertaking giver'],
  [99, '其他', 'unclassified'],
];

const families: readonly Row[] = [
  [20, '发起人股', 'founder'],
  [50, '托管股', 'custody only'],
  [60, '有限公司股', 'limited liability company'],
];

function rows(): readonly Row[] {
  const combined = families.flatMap(([base, zh, en]) =>
    holders.map(
      ([code, holderZh, holderEn]): Row => [base + code, `${zh}-${holderZh}`, `${en}, ${holderEn}`],
    ),
  );
  return [...single, ...combined];
}

export async function seedNatures(db: Kysely<unknown>): Promise<void> {
  for (const [code, zh, en] of rows()) {
    const group = code < 10 ? code : Math.floor(code / 10);
    await sql`
      insert into registry.share_nature
        (code, label_zh, label_en, group_code, tradable, restricted, money_valued, legal_effect)
      values (${code}, ${zh}, ${en}, ${group}, ${code === TRADABLE},
        ${group === 2 || group === 4 || code === 13 || code === 14},
        ${group === 6}, ${!(code >= 92 && code <= 94)})`.execute(db);
  }
}
