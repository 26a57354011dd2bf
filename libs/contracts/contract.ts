// What the generated contracts have in common: operations by id, and who may call them.

export type OperationKind = 'read' | 'write' | 'operator';
export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who may call: any one of the alternatives is enough; none at all means public. */
export interface Admission {
  /** Roles, any of which is enough; empty: anyone signed in. Absent: no person. */
  readonly person?: readonly string[];
  /** Names of the calling services. Absent: no service. */
  readonly service?: readonly string[];
}

export interface Operation {
  readonly method: HttpMethod;
  /** As in the contract, with {parameters}. */
  readonly path: string;
  readonly kind: OperationKind;
  readonly public: boolean;
  readonly admission: Admission;
  /** Codes of problems.yaml beside the general ones. */
  readonly problems: readonly string[];
  readonly takesIdempotencyKey: boolean;
  readonly takesIfMatch: boolean;
  /** Media type of the request body; absent when there is none. */
  readonly requestMediaType?: string;
  /** Greatest size of the body, where the contract states one (x-body-bytes-max). */
  readonly bodyBytesMax?: number;
}

/**
 * A service's contract. `Operations` is the generated interface of that name; it exists in types
 * only (`operationTypes` is never set).
 */
export interface Contract<Operations> {
  readonly name: string;
  readonly operations: { readonly [Id in keyof Operations & string]: Operation };
  /** The bundled OpenAPI document (JSON). */
  readonly documentFile: URL;
  readonly operationTypes?: Operations;
}
