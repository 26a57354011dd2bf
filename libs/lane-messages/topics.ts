// Names and shapes of the lane topics between one business chain and the supervisory side.
export const laneNames = [
  'subject',
  'account',
  'product',
  'transfer',
  'register',
  'settlement',
  'disclosure',
  'supervision',
] as const;
export type LaneName = (typeof laneNames)[number];

export interface LaneTopic {
  name: string;
  /** Fixed for life: order holds inside a lane because a lane never moves. */
  partitions: number;
}

const week = 7 * 24 * 3_600_000;
export const laneRetentionMs = week;

/** Topics that the business side appends to. */
export function upTopics(chainId: string) {
  return {
    header: { name: `xc.header.${chainId}`, partitions: 1 },
    data: { name: `xc.data.${chainId}`, partitions: 6 },
    control: { name: `xc.control.${chainId}`, partitions: 1 },
  } as const satisfies Record<string, LaneTopic>;
}

/** Topics that the supervisory side appends to. */
export function downTopics(chainId: string) {
  return {
    receipt: { name: `xc.receipt.${chainId}`, partitions: 6 },
    reject: { name: `xc.reject.${chainId}`, partitions: 1 },
    control: { name: `xc.control-down.${chainId}`, partitions: 1 },
  } as const satisfies Record<string, LaneTopic>;
}

/** The message key of a lane: one lane keeps to one partition, so its order holds. */
export const laneKey = (chainId: string, lane: LaneName): string => `${chainId}/${lane}`;
