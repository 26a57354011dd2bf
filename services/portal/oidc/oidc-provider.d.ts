/** The part of oidc-provider 9 that the portal uses; the package brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  export interface KoaContext {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    type: string;
    body: unknown;
    status: number;
    readonly oidc: OidcContext;
    get(header: string): string;
  }

  export interface OidcContext {
    readonly client: { readonly clientId: string } | undefined;
    readonly account: Account | undefined;
    readonly provider: Provider;
    readonly session: { grantIdFor(clientId: string): string | undefined } | undefined;
    readonly params: Readonly<Record<string, unknown>> | undefined;
  }

  export interface Account {
    readonly accountId: string;
    claims(): Promise<Readonly<Record<string, unknown>>>;
  }

  export interface Token {
    readonly kind: string;
    readonly accountId?: string;
    readonly clientId?: string;
  }

  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
    /** Of the browser, when one stood before this interaction. */
    readonly session?: { uid?: string; readonly cookie: string; readonly accountId?: string };
    readonly exp: number;
    save(ttlSeconds: number): Promise<string>;
  }

  export interface Session {
    destroy(): Promise<void>;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface GrantModel {
    new (properties: { accountId: string; clientId: string }): Grant;
    find(id: string): Promise<Grant | undefined>;
  }

  export interface Adapter {
    upsert(id: string, payload: Record<string, unknown>, expiresIn?: number): Promise<void>;
    find(id: string): Promise<Record<string, unknown> | undefined>;
    findByUserCode(userCode: string): Promise<Record<string, unknown> | undefined>;
    findByUid(uid: string): Promise<Record<string, unknown> | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export interface Configuration {
    readonly adapter: (model: string) => Adapter;
    readonly [option: string]: unknown;
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    readonly issuer: string;
    readonly Grant: GrantModel;
    readonly Session: { find(cookie: string): Promise<Session | undefined> };
    proxy: boolean;
    callback(): RequestListener;
    on(event: string, listener: (...given: readonly unknown[]) => void): this;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<Interaction>;
    interactionFinished(
      req: IncomingMessage,
      res: ServerResponse,
      result: Readonly<Record<string, unknown>>,
      options?: { readonly mergeWithLastSubmission?: boolean },
    ): Promise<void>;
  }

  export const errors: {
    readonly InvalidTarget: new (description?: string) => Error;
    readonly SessionNotFound: new (description?: string) => Error;
  };
}
