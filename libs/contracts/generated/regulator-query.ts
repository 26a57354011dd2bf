// Generated from openapi/regulator-query.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/objects/{objectId}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objectId: string;
                version: string;
            };
            cookie?: never;
        };
        /** @description The sealed snapshot, byte for byte what the chain record commits to: canonical JSON with its seal. Only what is final on the chain. The read is audited under the certificate's name. */
        get: operations["getObjectSnapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ProblemError: {
            /** @description JSON pointer into the body, or */
            pointer?: string;
            code: string;
            detail: string;
            /** @description The parameters of the detail, such as a limit and the value observed. */
            params?: {
                [key: string]: string;
            };
        };
        /** @description RFC 9457 problem document; the codes are those of openapi/problems.yaml. */
        Problem: {
            /** Format: uri */
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            code: string;
            traceId: string;
            errors?: components["schemas"]["ProblemError"][];
        };
    };
    responses: {
        /** @description The request was refused, or failed; `code` says why. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getObjectSnapshot: {
        parameters: {
            query?: {
                /** @description Default the latest. */
                revision?: string;
            };
            header?: never;
            path: {
                objectId: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    /** @description SM3 of the bytes. */
                    "Snapshot-Hash"?: string;
                    /** @description The revision that the bytes are. */
                    "Object-Revision"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
