// The regulator's data object of JR/T 0314 6.2: header and body, as this market writes it.
export const objectClasses = [
  'subject',
  'account',
  'product',
  'transactionreport',
  'registration',
  'settlement',
] as const;

/** Object classes in the order in which one business event reports them. */
export type ObjectClass = (typeof objectClasses)[number];

export type ObjectOperation = 'create' | 'update' | 'overwrite' | 'delete';

export const modelProtocol = '区域性股权市场跨链业务数据模型';
export const modelVersion = '2.0.0';

export const objectIdPrefixes: Readonly<Record<ObjectClass, string>> = {
  subject: 'SUB',
  account: 'ACC',
  product: 'PRD',
  transactionreport: 'TRD',
  registration: 'REG',
  settlement: 'STL',
};

export interface ObjectSeal {
  pub_key: { type: 'SM2'; value: string };
  digest_algo: 'SM3';
  signature: string;
}

export interface ObjectHeader {
  model: { protocol: string; version: string };
  content: {
    type: ObjectClass;
    object_id: string;
    version: number;
    operation: ObjectOperation;
    timestamp: number;
  };
  remark?: string;
  seal?: ObjectSeal[];
  metadata: { salt: string; revision: number; schema: string; corrects?: string };
}

export type ObjectBody = Readonly<Record<string, unknown>>;

export interface RegulatorObject {
  header: ObjectHeader;
  body: ObjectBody;
}
